import Foundation
import Gateway
import IMAP
import Linux
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TLS
import TestSupport
import Upstream

/// A scripted mail server, a store in memory and the mailboxes between them.
struct Fixture {
    static let name = "info@example.com"

    let server: ScriptedMailServer
    let store = InMemoryStore()
    let clock = Clock()
    let log = LogBook()
    let mailboxes: MailboxDirectory

    init(
        _ settings: ScriptedMailServer.Settings = .init(),
        protection: Protection = .plainLoopback,
        host: String = "127.0.0.1",
        trust: TLSContext.Trust = .system,
        authentication: AuthenticationChoice = .automatic,
        configure: (inout UpstreamConfiguration) -> Void = { _ in }
    ) async throws {
        self.server = try await ScriptedMailServer.start(settings)
        var configuration = try UpstreamConfiguration(
            name: "upstream",
            host: host,
            port: self.server.port,
            protection: protection,
            trust: trust,
            authentication: authentication
        )
        configuration.collectsHeaderKeys = false
        // Each lease logs in by itself, and nothing is kept; tests of the pool say otherwise.
        configuration.loginCacheSeconds = 0
        configuration.cache.memory = 0
        // A machine that is busy is no reason to be told that there are too many.
        configuration.connectionWaitSeconds = 300
        configure(&configuration)
        self.mailboxes = try MailboxDirectory(
            configuration: configuration,
            store: self.store,
            records: UpstreamRecords(recorder: self.store, now: { 1_764_000_000_000_000 }),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: self.log.logger,
            seconds: { [clock = self.clock] in clock.seconds.load(ordering: .relaxed) }
        )
    }

    func open(password: String) async -> Result<OpenedMailbox, UpstreamFailure> {
        await self.open(Fixture.name, password)
    }

    func open(
        _ name: String = Fixture.name,
        _ password: String = "secret"
    ) async -> Result<OpenedMailbox, UpstreamFailure> {
        await self.open(Array(name.utf8), Secret(password.utf8))
    }

    func open(token: String) async -> Result<OpenedMailbox, UpstreamFailure> {
        await self.open(Array(Fixture.name.utf8), .token(Secret(token.utf8)))
    }

    func open(
        _ name: [UInt8],
        _ password: Secret,
        isOperators: Bool = false
    ) async -> Result<OpenedMailbox, UpstreamFailure> {
        await self.open(name, .password(password), isOperators: isOperators)
    }

    func open(
        _ name: [UInt8],
        _ secret: LoginSecret,
        isOperators: Bool = false
    ) async -> Result<OpenedMailbox, UpstreamFailure> {
        let login = UpstreamLogin(name: name, secret: secret, isOperators: isOperators, session: SessionID("s1"))
        let answers = AnswerOnce<Result<OpenedMailbox, UpstreamRefusal>>()
        self.mailboxes.open(login) { answers.give($0) }
        return await answers.wait().mapError(\.failure)
    }

    static func login(session: String = "s2") -> UpstreamLogin {
        UpstreamLogin(
            name: Array(Fixture.name.utf8),
            secret: .password(Secret("secret".utf8)),
            isOperators: false,
            session: SessionID(session)
        )
    }

    /// Opens the mailbox, or throws.
    func lease(_ name: String = Fixture.name) async throws -> any MailboxLease { try await self.open(name).get().lease }

    /// Waits until the server has no connection left, then holds it to its list of verbs.
    func stop() async throws {
        await self.server.whenQuiet()
        try await self.server.stop()
    }
}

extension MailboxLease {
    func snapshot() async -> Result<ListedMailbox, UpstreamFailure> {
        let answers = AnswerOnce<Result<ListedMailbox, UpstreamFailure>>()
        self.snapshot { answers.give($0) }
        return await answers.wait()
    }

    /// Fetches a message whole, asking for the next pieces only when those before were taken.
    func fetch(_ uid: UInt32, _ section: Section = .whole) async throws -> Fetched {
        guard let uid = UID(uid) else { throw CancellationError() }
        return try await self.fetch(BodyRequest(uid: uid, section: section))
    }

    func fetch(_ request: BodyRequest) async throws -> Fetched {
        let taker = Taker()
        taker.begin(self.body(request) { taker.hear($0) })
        return await taker.done.wait()
    }
}

extension Result {
    var problem: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}

/// What a fetch brought.
struct Fetched: Sendable {
    var announced: UInt64?
    var octets: [UInt8] = []
    var largest = 0
    var failure: UpstreamFailure?
    var transcript: [String] = []
}

/// Takes a body as a device does, a burst at a time.
final class Taker: Sendable {
    private struct State {
        var source: (any BodySource)?
        var began = false
        var fetched = Fetched()
    }

    private let state = Mutex(State())
    let done = AnswerOnce<Fetched>()

    func begin(_ source: any BodySource) {
        let began = self.state.withLock { state in
            state.source = source
            return state.began
        }
        if began { source.more() }
    }

    func hear(_ event: BodyEvent) {
        var end: Fetched?
        let source = self.state.withLock { state -> (any BodySource)? in
            switch event {
            case .came(let octets, let pieces, let transcript):
                state.fetched.announced = octets
                for piece in pieces { state.fetched.octets += piece.readableBytesView }
                state.fetched.transcript = transcript
                end = state.fetched
            case .began(let octets):
                state.fetched.announced = octets
                state.began = true
                return state.source
            case .pieces(let pieces):
                state.fetched.largest = max(state.fetched.largest, pieces.reduce(0) { $0 + $1.readableBytes })
                for piece in pieces { state.fetched.octets += piece.readableBytesView }
                return state.source
            case .ended(let transcript):
                state.fetched.transcript = transcript
                end = state.fetched
            case .failed(let failure, let transcript):
                state.fetched.failure = failure
                state.fetched.transcript = transcript
                end = state.fetched
            }
            return nil
        }
        if let end { self.done.give(end) }
        source?.more()
    }
}

/// One answer, and no second: what comes twice is a failure of the test.
final class AnswerOnce<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiter: CheckedContinuation<Value, Never>?
        var count = 0
    }

    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.count } }

    func give(_ value: Value) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Value, Never>? in
            state.count += 1
            precondition(state.count == 1, "answered twice")
            state.value = value
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: value)
    }

    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value = self.state.withLock { state -> Value? in
                if state.value == nil { state.waiter = continuation }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}

/// The time of a test: it stands until it is moved.
final class Clock: Sendable {
    let seconds = Atomic<Int64>(1000)
    func advance(_ amount: Int64) { self.seconds.add(amount, ordering: .relaxed) }
}

/// What was logged, as text.
final class LogBook: Sendable {
    private let entries = Mutex<[String]>([])

    var lines: [String] { self.entries.withLock { $0 } }
    func count(_ text: String) -> Int { self.lines.count { $0.contains(text) } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(book: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            let text = all.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            self.book.entries.withLock { $0.append("\(event.level): \(event.message) \(text)") }
        }
    }
}

/// A file with a CA for the time of `body`.
func withAuthorityFile(_ pem: [UInt8], _ body: (String) async throws -> Void) async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("upstream-ca-\(UUID().uuidString).pem")
    try Data(pem).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try await body(file.path)
}
