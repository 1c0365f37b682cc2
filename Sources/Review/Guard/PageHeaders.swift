import HTTPTypes
import Hummingbird

/// What every response says to the browser.
enum PageHeaders {
    /// Nothing from elsewhere, nothing written into a page, no frame around it.
    private static let policy =
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"

    static func set(in response: inout Response, _ visit: Visit, _ settings: ReviewSettings) {
        response.headers[.contentSecurityPolicy] = self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[Self.referrerPolicy] = "no-referrer"
        response.headers[Self.openerPolicy] = "same-origin"
        response.headers[Self.resourcePolicy] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers[Self.serverTiming] = visit.timing.header
    }

    private static let referrerPolicy = Self.name("Referrer-Policy")
    private static let openerPolicy = Self.name("Cross-Origin-Opener-Policy")
    private static let resourcePolicy = Self.name("Cross-Origin-Resource-Policy")
    private static let serverTiming = Self.name("Server-Timing")

    static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a name of a header") }
        return name
    }
}
