import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

import class Linux.Secret

/// Login by a token, and logout.
struct LoginPage: Page {
    static let path = "/login"

    let frame: PageFrame

    struct Content {
        /// Where to go afterwards.
        let next: String
        /// Nil at first.
        let complaint: String?
    }

    func add(to routes: PageRoutes) {
        routes.get("login", for: .everybody) { visit in
            let next = Self.ownAddress(visit.query["next"])
            if visit.visitor != nil { return self.frame.redirect(to: next) }
            return self.form(next: next, complaint: nil, visit)
        }
        routes.post("login", for: .everybody, self.login)
        routes.post("logout", for: .everybody, self.logout)
    }

    private func form(
        next: String,
        complaint: String?,
        _ visit: Visit,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let content = Content(next: next, complaint: complaint)
        return self.frame.page("login", content, title: "page.login.title", for: visit, status: status)
    }

    private func login(_ visit: Visit) async throws -> Response {
        guard let remote = visit.remote else { throw PageProblem.badRequest }
        switch self.frame.limiter.verdict(on: remote, now: self.frame.now) {
        case .mayTry: break
        case .firstRefusal:
            try await self.record(.stranger(remote), .failure, reason: "too many wrong tokens: none is looked at now")
            throw PageProblem.tooManyTries
        case .refused: throw PageProblem.tooManyTries
        }
        // What a person copies may have a space or a line end at its ends.
        let secret = Secret(Array((visit.form.text("token") ?? "").utf8))
        let next = Self.ownAddress(visit.form["next"])
        guard let token = try await self.frame.store.reviewToken(of: secret) else {
            self.frame.limiter.failed(remote, now: self.frame.now)
            try await self.record(.stranger(remote), .failure, reason: "wrong token")
            return self.form(next: next, complaint: visit.texts("page.login.wrong"), visit, status: .forbidden)
        }
        let reviewer = Reviewer(name: token.name, role: token.role, address: remote)
        // Nobody reads the record without being on it: what cannot be recorded is not opened.
        try await self.record(.reviewer(reviewer), .success)
        let cookie = self.frame.sessions.open(token: token.id, now: self.frame.now)
        var response = self.frame.redirect(to: next)
        response.headers.append(
            HTTPField(name: .setCookie, value: PageCookies.session(cookie, self.frame.settings))
        )
        return response
    }

    private func record(
        _ origin: AuditRecord.Origin,
        _ outcome: Attempt.Outcome,
        reason: String? = nil
    ) async throws {
        let attempt = Attempt(
            action: .reviewLogin,
            outcome: outcome,
            asked: "log in to the review page",
            answered: outcome == .success ? "logged in" : "refused",
            done: outcome == .success ? "opened a session of the review page" : "nothing",
            reason: reason
        )
        try await self.frame.store.put(
            AuditRecord(time: self.frame.now, origin: origin, attempt: attempt),
            .written
        )
    }

    private func logout(_ visit: Visit) async throws -> Response {
        if let cookie = PageCookies.session(visit.headers, self.frame.settings) { self.frame.sessions.end(cookie) }
        var response = self.frame.redirect(to: Self.path)
        response.headers.append(
            HTTPField(name: .setCookie, value: PageCookies.noSession(self.frame.settings))
        )
        return response
    }

    /// An address of this page's own; whatever else is asked for becomes the first page.
    static func ownAddress(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 4_096,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return text
    }
}
