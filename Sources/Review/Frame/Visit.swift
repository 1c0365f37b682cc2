import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Report

/// One request, with what the frame found out about it: who asks, for what, in which language. A page's handler takes
/// nothing else.
struct Visit: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Nil when the browser was gone before we looked.
    let remote: IPAddress?
    /// Our side of the connection.
    let local: IPAddress?
    let channel: any Channel
    let timing = Timing()
    /// With the leading slash, without the query.
    var path = ""
    /// What stands behind the question mark.
    var query = FormFields()
    /// What a POST carried.
    var form = FormFields()
    var headers = HTTPFields()
    var texts = Texts.of(.english)
    /// Nil before the login.
    var visitor: Visitor?
    /// What a form of this visit must carry, so that no other site can send it.
    var formToken = ""

    init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
        self.remote = source.channel.remoteAddress.flatMap(IPAddress.init)
        self.local = source.channel.localAddress.flatMap(IPAddress.init)
    }

    /// A part of the path, as the route names it, that must be a number.
    func number(_ name: String) throws(PageProblem) -> Int64 {
        guard let text = self.parameters.get(name), text.utf8.count <= 19,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text)
        else { throw .notFound }
        return number
    }

    /// Whoever is logged in; routes that ask for a role let nobody else in.
    func person() throws(PageProblem) -> Visitor {
        guard let visitor = self.visitor else { throw .notLoggedIn }
        return visitor
    }
}

/// Somebody who is logged in.
struct Visitor: Hashable, Sendable {
    /// The number of the token, under which saved filters stand.
    let token: Int64
    let reviewer: Reviewer

    var isOperator: Bool { self.reviewer.role == .operator }
}

extension Request {
    var hasBody: Bool {
        self.headers[.transferEncoding] != nil || (self.headers[.contentLength] ?? "0") != "0"
    }
}
