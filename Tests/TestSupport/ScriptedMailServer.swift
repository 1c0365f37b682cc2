import NIOCore
import NIOPosix
import Synchronization
package import TLS

/// A real IMAP server on a loopback port, for faults and attacks that real servers will not do. It behaves well unless
/// its script says otherwise, records every command it got, and knows the whole list of verbs that may reach it: `stop`
/// throws when anything else did (M-20, M-21).
package final class ScriptedMailServer: Sendable {
    package enum Encryption: Sendable {
        case none
        case implicitTLS(TLSContext)
        case startTLS(TLSContext)
    }

    /// One command as it arrived, literals and all.
    package struct Request: Sendable {
        /// Numbered from 1, in the order of arrival.
        package let connection: Int
        package let tag: String
        /// Upper case; `UID` with the word behind it.
        package let verb: String
        /// Behind the verb, octets above 0x7F as Latin-1.
        package let arguments: String
    }

    package enum Step: Sendable {
        /// CRLF is added.
        case line(String)
        case octets([UInt8])
        /// What the server does unless told otherwise.
        case standard
        case startTLS
        case close
    }

    /// Answers a command, or nil to let the server do what it does.
    package typealias Script = @Sendable (Request) -> [Step]?

    package struct Settings: Sendable {
        package var encryption = Encryption.none
        /// Sent in place of the usual greeting, as it stands.
        package var greeting: [Step] = [.line("* OK ready")]
        package var capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR ID ESEARCH LITERAL+ QUOTA"
        /// By login name.
        package var passwords: [String: String] = ["info@example.com": "secret"]
        /// Access tokens, by login name.
        package var tokens: [String: String] = [:]
        package var scramIterations = 4_096
        /// The signature that SCRAM ends with is not that of the password.
        package var liesInSCRAM = false
        package var mailboxes: [String: ScriptedMailbox] = ["info@example.com": .sample(3)]
        package var script: Script?
        /// A literal that waits for `+` is answered NO.
        package var refusesLiterals = false
        /// How many octets a connection sends before it is cut, TLS apart.
        package var cutAfter: Int?

        package init() {}
    }

    package struct OutsideVocabulary: Error, Sendable {
        package let commands: [String]
    }

    struct State: Sendable {
        var settings: Settings
        var requests: [Request] = []
        var violations: [String] = []
        var connections = 0
        var channels: [Int: any Channel] = [:]
        var received: [UInt8] = []
        var sent = 0
        var listener: (any Channel)?
        var quietWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let state: Mutex<State>

    private init(settings: Settings) { self.state = Mutex(State(settings: settings)) }

    package static func start(_ settings: Settings = Settings()) async throws -> ScriptedMailServer {
        let server = ScriptedMailServer(settings: settings)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = ScriptedMailConnection(server: server, number: server.register(channel))
                    try channel.pipeline.syncOperations.addHandlers(
                        try server.tlsFromTheStart() + [connection as any ChannelHandler]
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.state.withLock { $0.listener = listener }
        return server
    }

    package var port: Int { self.state.withLock { $0.listener?.localAddress?.port ?? 0 } }
    package var requests: [Request] { self.state.withLock { $0.requests } }
    /// How many connections there have been.
    package var connections: Int { self.state.withLock { $0.connections } }
    /// How many are open now.
    package var openConnections: Int { self.state.withLock { $0.channels.count } }
    /// How many octets were sent, of all connections.
    package var sent: Int { self.state.withLock { $0.sent } }
    /// Everything that arrived, in clear, of all connections.
    package var received: [UInt8] { self.state.withLock { $0.received } }
    /// Commands outside M-20 and fetch items outside M-21.
    package var violations: [String] { self.state.withLock { $0.violations } }

    package func count(of verb: String) -> Int { self.requests.filter { $0.verb == verb }.count }

    /// Changes a mailbox as another IMAP client would, or a password, or the script.
    package func change(_ body: @Sendable (inout Settings) -> Void) { self.state.withLock { body(&$0.settings) } }

    /// Cuts every connection that is open, without a word.
    package func dropConnections() {
        let channels = self.state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Cuts the connection of this number.
    package func drop(connection number: Int) {
        self.state.withLock { $0.channels[number] }?.close(promise: nil)
    }

    /// Waits until no connection is open.
    package func whenQuiet() async {
        await withCheckedContinuation { continuation in
            let isQuiet = self.state.withLock { state in
                if !state.channels.isEmpty { state.quietWaiters.append(continuation) }
                return state.channels.isEmpty
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// Closes everything, and throws when a command came that must never be sent.
    package func stop() async throws {
        let listener = self.state.withLock { $0.listener }
        try? await listener?.close().get()
        self.dropConnections()
        let violations = self.violations
        if !violations.isEmpty { throw OutsideVocabulary(commands: violations) }
    }

    private func register(_ channel: any Channel) -> Int {
        let number = self.state.withLock { state in
            state.connections += 1
            state.channels[state.connections] = channel
            return state.connections
        }
        channel.closeFuture.whenComplete { _ in
            let waiters = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.channels[number] = nil
                guard state.channels.isEmpty else { return [] }
                defer { state.quietWaiters = [] }
                return state.quietWaiters
            }
            for waiter in waiters { waiter.resume() }
        }
        return number
    }

    private func tlsFromTheStart() throws -> [any ChannelHandler] {
        switch self.state.withLock({ $0.settings.encryption }) {
        case .implicitTLS(let context): [TLSHandler(server: context)]
        case .startTLS, .none: []
        }
    }

    /// Records a command, and gives its script's answer.
    func heard(_ request: Request) -> [Step]? {
        let script = self.state.withLock { state in
            state.requests.append(request)
            if !request.isReadOnly { state.violations.append("\(request.verb) \(request.arguments)") }
            return state.settings.script
        }
        return script?(request)
    }
}

extension ScriptedMailServer.Request {
    private static let verbs: Set<String> = [
        "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ID", "EXAMINE", "UNSELECT", "UID FETCH",
        "UID SEARCH", "GETQUOTAROOT", "NAMESPACE", "LIST", "STATUS",
    ]
    private static let items: Set<Substring> = [
        "UID", "RFC822.SIZE", "INTERNALDATE", "FLAGS", "EMAILID", "X-GM-MSGID", "MODSEQ",
    ]

    /// M-20 and M-21, written a second time and apart from the product's guard.
    var isReadOnly: Bool {
        guard Self.verbs.contains(self.verb) else { return false }
        if self.verb == "UID SEARCH" { return !self.arguments.uppercased().contains("SAVE") }
        guard self.verb == "UID FETCH" else { return true }
        // A list of header fields is one item, whatever stands in it, as long as nothing is quoted.
        var items = Substring(self.arguments.uppercased()).drop { $0 != "(" }
        if let start = items.firstRange(of: "HEADER.FIELDS ("),
            let end = items[start.upperBound...].firstRange(of: ")]")
        {
            guard items[start.upperBound..<end.lowerBound].allSatisfy({ $0.isLetter || " -".contains($0) }) else {
                return false
            }
            items.replaceSubrange(start.lowerBound..<end.upperBound, with: "HEADER.FIELDS]")
        }
        let words = items.filter { $0 != "(" && $0 != ")" }.split(separator: " ")
        return !words.isEmpty && words.allSatisfy { Self.items.contains($0) || $0.hasPrefix("BODY.PEEK[") }
    }
}
