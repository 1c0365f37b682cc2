import Gateway
import HTTPTypes
import Hummingbird
import LibCrypto
import Logging
import NIOCore
import NIOHTTP1
import Report
import Store

/// Before every page: finds out who asks and in which language, and turns away what no page should see. After every page:
/// the headers that keep a browser from being used against us, and a page for what went wrong.
struct PageReception: RouterMiddleware {
    typealias Context = Visit

    /// No form of ours comes near it.
    private static let maximumForm = 64 * 1_024
    /// How long a form may take to arrive.
    private static let formTimeout = TimeAmount.seconds(20)
    private static let maximumAddress = 8 * 1_024

    let frame: PageFrame

    func handle(
        _ request: Request,
        context: Visit,
        next: (Request, Visit) async throws -> Response
    ) async throws -> Response {
        var visit = context
        visit.headers = request.headers
        let (path, query) = Self.split(request.head.path ?? "/")
        // It stands in links again: one that leads elsewhere is nobody's path.
        visit.path = LoginPage.ownAddress(path)
        visit.query = query
        let chosen = visit.query["language"]
        visit.query.set("language", nil)
        visit.texts = LanguageChoice.texts(chosen: chosen, request.headers, standard: self.frame.settings.language)
        var cookies: [String] = []
        if chosen != nil { cookies.append(PageCookies.language(visit.texts.code, self.frame.settings)) }
        var response: Response
        do {
            try await self.receive(request, &visit, &cookies)
            response = try await next(request, visit)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            response = self.response(to: error, visit)
        }
        for cookie in cookies { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        PageHeaders.set(in: &response, visit, self.frame.settings)
        return response
    }

    private func receive(_ request: Request, _ visit: inout Visit, _ cookies: inout [String]) async throws {
        guard HostRule(settings: self.frame.settings).allows(request.head.authority, visit) else {
            throw PageProblem.foreignHost
        }
        guard (request.head.path ?? "").utf8.count <= Self.maximumAddress else { throw PageProblem.tooLarge }
        try await self.identify(&visit, &cookies)
        switch request.method {
        case .get, .head: if request.hasBody { throw PageProblem.badRequest }
        case .post: try await self.take(request, &visit)
        default: throw PageProblem.badMethod
        }
    }

    /// Whose session it is. A token that was taken away ends the sessions it opened.
    private func identify(_ visit: inout Visit, _ cookies: inout [String]) async throws {
        if let cookie = PageCookies.session(visit.headers, self.frame.settings),
            let session = self.frame.sessions.session(cookie, now: self.frame.now), let remote = visit.remote
        {
            if let token = try await self.frame.store.reviewToken(session.token) {
                visit.formToken = self.frame.sessions.formToken(of: cookie)
                let reviewer = Reviewer(name: token.name, role: token.role, address: remote)
                visit.visitor = Visitor(token: token.id, reviewer: reviewer)
                return
            }
            self.frame.sessions.end(cookie)
        }
        // The login is a form too, so a stranger's browser gets something for its token to hang on.
        let kept = PageCookies.form(visit.headers, self.frame.settings)
        let cookie = kept ?? self.frame.sessions.newCookie()
        if kept == nil { cookies.append(PageCookies.form(cookie, self.frame.settings)) }
        visit.formToken = self.frame.sessions.formToken(of: cookie)
    }

    private func take(_ request: Request, _ visit: inout Visit) async throws {
        guard HostRule.isOwn(request.headers, authority: request.head.authority) else { throw PageProblem.foreignForm }
        let channel = visit.channel
        let cut = channel.eventLoop.scheduleTask(in: Self.formTimeout) { channel.close(promise: nil) }
        defer { cut.cancel() }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.maximumForm)
        } catch is NIOTooManyBytesError {
            throw PageProblem.tooLarge
        }
        visit.form = FormFields(String(buffer: body))
        let given = Array((visit.form["token-of-form"] ?? "").utf8)
        guard ConstantTime.equal(given, Array(visit.formToken.utf8)) else { throw PageProblem.foreignForm }
    }

    private func response(to error: any Error, _ visit: Visit) -> Response {
        let problem: PageProblem
        switch error {
        case let known as PageProblem: problem = known
        case let known as HTTPError: problem = known.status == .notFound ? .notFound : .badRequest
        case let known as StoreError: problem = Self.problem(known)
        default: problem = .ourselves
        }
        if problem == .store || problem == .ourselves {
            self.frame.logger.error("a page failed", metadata: ["path": "\(visit.path)", "reason": "\(error)"])
        }
        if problem == .notLoggedIn, visit.headers[.accept]?.contains("text/html") == true {
            let here = visit.query.address(visit.path)
            // From a link in a mail or on another site a browser comes without the cookie, which it sends to ourselves.
            if HostRule.isCrossSite(visit.headers) { return self.frame.onward(to: here, visit) }
            let fields = here == "/" ? FormFields() : FormFields().setting("next", here)
            return self.frame.redirect(to: fields.address(LoginPage.path))
        }
        return self.frame.page(about: problem, for: visit)
    }

    private static func problem(_ error: StoreError) -> PageProblem {
        switch error {
        case .unknownRecord, .recordDropped: .notFound
        case _: .store
        }
    }

    private static func split(_ address: String) -> (path: String, query: FormFields) {
        let halves = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves.first.map(String.init) ?? "/"
        return (path, halves.count > 1 ? FormFields(halves[1]) : FormFields())
    }
}
