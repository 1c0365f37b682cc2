import Gateway
import Logging
import Report
import Store
import Synchronization

/// Tells an operator of the alerts that are on record: in the log, and by a command. It follows the record like a stream,
/// so that an alert that was written just before a kill is told after the next start.
final class AlertCaller: Sendable {
    /// Commands at one time.
    private static let maximumCommands = 4
    static let follower = "on-alert"
    /// Records without an alert after which the position is kept all the same.
    private static let stride: Int64 = 10_000

    private struct State {
        var position: Int64?
        var kept: Int64 = 0
        /// Told without a record, and when.
        var unrecorded: [AlertKey: Int64] = [:]
    }

    private let command: [String]?
    private let runner: any CommandRunner
    private let store: SQLiteStore
    private let language: Language
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let state = Mutex(State())

    init(
        command: [String]?,
        runner: any CommandRunner,
        store: SQLiteStore,
        language: Language,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.command = command
        self.runner = runner
        self.store = store
        self.language = language
        self.now = now
        self.logger = logger
    }

    /// Until `sizes` ends, or the task is cancelled. What fails is tried again with the next size.
    func run(_ sizes: AsyncStream<Int64>) async {
        for await size in sizes { try? await self.catchUp(to: size) }
    }

    private func catchUp(to size: Int64) async throws {
        let position: Int64
        if let known = self.state.withLock({ $0.position }) {
            position = known
        } else {
            position = try await self.store.position(of: Self.follower) ?? size
            self.state.withLock { state in
                state.position = position
                state.kept = position
            }
        }
        if position < size {
            var filter = RecordFilter()
            filter.action = Attempt.Action.alert.rawValue
            try await self.store.forEach(filter, size: size, after: position) { alerts in
                await self.call(alerts)
                if let last = alerts.last { try await self.keep(last.sequence) }
            }
        }
        self.state.withLock { $0.position = size }
        let kept = self.state.withLock { $0.kept }
        if size < kept || size - kept >= Self.stride { try await self.keep(size) }
    }

    private func keep(_ position: Int64) async throws {
        try await self.store.keep(position: position, of: Self.follower)
        self.state.withLock { state in
            state.position = position
            state.kept = position
        }
    }

    private func call(_ alerts: [StoredRecord]) async {
        await withDiscardingTaskGroup { group in
            // Each of these takes the next alert when it is free.
            let waiting = Waiting(alerts)
            for _ in 0..<min(Self.maximumCommands, alerts.count) {
                group.addTask {
                    while let alert = waiting.next() {
                        if await self.isToBeTold(alert) { await self.call(alert) }
                    }
                }
            }
        }
    }

    /// Of two PCs on one name sessions tell, which forget at a restart that they have; and what could not be recorded when it
    /// was told comes on record later.
    private func isToBeTold(_ alert: StoredRecord) async -> Bool {
        guard let kind = AlertKind(rawValue: alert.reason), let time = alert.microseconds else { return true }
        let since = time - AlertEngine.day
        let isKnown = self.state.withLock { state in
            state.unrecorded.contains { $0.key.kind == kind && $0.value > since }
        }
        guard !isKnown else { return false }
        guard kind == .sharedName, let device = alert.deviceID else { return true }
        let key = AlertKey(kind, "device \(device.value)")
        // Where that cannot be kept, once too often is better than never.
        return (try? await self.store.tell(key, unlessToldSince: since, at: time)) ?? true
    }

    /// Tells what could not be recorded: once a day, as long as this server runs.
    func callUnrecorded(_ alert: AuditRecord, _ key: AlertKey) async {
        let isTold = self.state.withLock { state in
            let last = state.unrecorded[key]
            let isTold = last.map { $0 > alert.time - AlertEngine.day } ?? false
            if !isTold { state.unrecorded[key] = alert.time }
            return isTold
        }
        if !isTold { await self.call(self.store.draft(alert)) }
    }

    private func call(_ alert: StoredRecord) async {
        self.log(alert)
        guard let command = self.command else { return }
        let outcome = await self.runner.run(
            command,
            input: alert.line + [0x0A],
            variables: Self.variables(alert, self.language)
        )
        guard let trouble = outcome.trouble else { return }
        self.logger.error(
            "the command of on-alert failed",
            metadata: ["command": "\(command.first ?? "")", "alert": "\(alert.reason)", "reason": "\(trouble)"]
        )
    }

    /// Those that notice it themselves have said so already.
    private func log(_ alert: StoredRecord) {
        switch AlertKind(rawValue: alert.reason) {
        case .sharedName, .mailboxNearlyFull, .stoppedWrite: return
        case .massDeletion, .unidentifiedDevice, .repeatedFailures, .recordBroken, .diskFull, .diskNearlyFull, nil:
            self.logger.warning("alert", metadata: ["alert": "\(alert.reason)", "what": "\(alert.done)"])
        }
    }

    private static func variables(_ alert: StoredRecord, _ language: Language) -> [String: String] {
        let all = [
            "ALERT": alert.reason, "TEXT": AlertText.advice(on: alert)[language], "DEVICE": alert.device,
            "ACCOUNT": alert.account, "ADDRESS": alert.address, "SESSION": alert.session, "NODE": alert.node,
            "TIME": alert.time, "SEQUENCE": String(alert.sequence),
        ]
        var variables: [String: String] = [:]
        for (name, value) in all { variables["LEAVECOPY_\(name)"] = value.filter { $0 != "\0" } }
        return variables
    }

    /// Handed out one by one.
    private final class Waiting: Sendable {
        private let alerts: Mutex<ArraySlice<StoredRecord>>

        init(_ alerts: [StoredRecord]) { self.alerts = Mutex(alerts[...]) }

        func next() -> StoredRecord? { self.alerts.withLock { $0.popFirst() } }
    }
}
