import Linux
import Logging
import Server
import Synchronization

/// Plays a command: answers in the order of a script, at once or when the test lets it.
final class FakeRunner: CommandRunner {
    private struct State {
        var outcomes: [CommandOutcome] = []
        var runs: [[String]] = []
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The last one is given again and again.
    init(_ outcomes: CommandOutcome..., isHeld: Bool = false) {
        self.state.withLock {
            $0.outcomes = outcomes
            $0.isHeld = isHeld
        }
    }

    var runs: [[String]] { self.state.withLock { $0.runs } }

    func run(_ arguments: [String], input: [UInt8], variables: [String: String]) async -> CommandOutcome {
        let outcome = self.state.withLock { state in
            state.runs.append(arguments)
            return state.outcomes.count > 1 ? state.outcomes.removeFirst() : state.outcomes.first ?? .notStarted
        }
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return outcome
    }

    func letGo() {
        let waiting = self.state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension CommandOutcome {
    static func prints(_ text: String) -> CommandOutcome { .printed(Secret(Array(text.utf8))) }
}

/// Keeps what is logged, with all its metadata.
final class LogBook: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { self.kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            self.book.kept.withLock { $0.append("\(event.level): \(event.message)\(fields.joined())") }
        }
    }
}
