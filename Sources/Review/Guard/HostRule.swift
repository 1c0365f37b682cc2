import Gateway
import HTTPTypes

/// By which names a browser may call us. A page of somebody else whose name was made to lead here (DNS rebinding) would
/// otherwise be the same origin as ours, and could read it.
struct HostRule {
    let settings: ReviewSettings

    /// `authority` is the header Host. Addresses are nobody's names: the one the browser reached us at is always right.
    func allows(_ authority: String?, _ visit: Visit) -> Bool {
        guard let host = authority.map(Self.host) else { return false }
        if let address = IPAddress(host) { return address == visit.local || address == self.settings.address }
        if host == "localhost" { return visit.remote?.isLoopback == true }
        return self.settings.names.contains(host)
    }

    /// Whether the headers of a form say that it is ours; those of an old browser say nothing, and the token alone holds
    /// it. From a page that sends no referrer, as ours, the origin of our own forms is `null`.
    static func isOwn(_ headers: HTTPFields, authority: String?) -> Bool {
        if let site = headers[self.fetchSite], site != "same-origin", site != "none" { return false }
        guard let origin = headers[.origin], origin != "null" else { return true }
        guard let authority else { return false }
        return origin.lowercased() == "http://\(authority.lowercased())"
            || origin.lowercased() == "https://\(authority.lowercased())"
    }

    /// Whether the browser came here from a page of somebody else.
    static func isCrossSite(_ headers: HTTPFields) -> Bool {
        guard let site = headers[self.fetchSite] else { return false }
        return site == "cross-site" || site == "same-site"
    }

    private static let fetchSite = PageHeaders.name("Sec-Fetch-Site")

    /// Without the port, brackets and case.
    private static func host(_ authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }).lowercased() }
        return String(authority.prefix { $0 != ":" }).lowercased()
    }
}
