import Gateway
import Logging
import Store
import Synchronization
import Upstream

/// Follows the record for the alert engine, looks after the disk, and hears what others notice. Each alert is a record of
/// its own, written together with the fact that it was told; `AlertCaller` finds it there.
final class AlertWatch: Sendable {
    /// How often the disk is looked at when nobody says that it is full.
    private static let diskInterval = Duration.seconds(60)

    private struct Notice {
        let subject: AlertSubject
        let sentence: String
        let time: Int64
    }

    private struct State {
        /// Nil before the record was read, and when something could not be kept: then what the store has counts.
        var engine: AlertEngine?
        /// What waits to be put on record.
        var notices: [AlertKey: Notice] = [:]
        var lookedAtDisk: ContinuousClock.Instant?
        var engineMade = Int64.min
        var hasFailed = false
    }

    private let rules: Configuration.Alerts
    private let store: SQLiteStore
    private let caller: AlertCaller
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let state = Mutex(State())

    init(
        rules: Configuration.Alerts,
        store: SQLiteStore,
        caller: AlertCaller,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.rules = rules
        self.store = store
        self.caller = caller
        self.now = now
        self.logger = logger
        store.observeHealth { [weak self] _ in self?.state.withLock { $0.lookedAtDisk = nil } }
    }

    /// From any thread.
    func hear(_ notice: UpstreamNotice) {
        switch notice {
        case .mailboxIsFull(let account, let percent):
            self.notice(
                .mailboxNearlyFull,
                about: AlertSubject(account: account),
                name: account,
                "the mailbox of \(account) is \(percent)% full"
            )
        case .guardStopped(let reason):
            let sentence = "a command to the mail server was stopped before it left: \(reason)"
            self.notice(.stoppedWrite, name: "guard", sentence)
        case .openedForWriting(let account):
            self.notice(
                .stoppedWrite,
                about: AlertSubject(account: account),
                name: account,
                "the mail server opened the mailbox of \(account) for writing; the connection was closed unused"
            )
        }
    }

    private func notice(
        _ kind: AlertKind,
        about subject: AlertSubject = AlertSubject(),
        name: String,
        _ sentence: String
    ) {
        let (key, notice) = (AlertKey(kind, name), Notice(subject: subject, sentence: sentence, time: self.now()))
        self.state.withLock { state in state.notices[key] = state.notices[key] ?? notice }
    }

    /// Until `sizes` ends, or the task is cancelled.
    func run(_ sizes: AsyncStream<Int64>) async {
        for await size in sizes {
            do {
                try await self.catchUp(to: size)
                self.state.withLock { $0.hasFailed = false }
            } catch {
                self.forgetEngine(error)
            }
            self.lookAtDisk()
            for (key, notice) in self.state.withLock({ $0.notices }) { await self.tell(key, notice) }
        }
    }

    private func forgetEngine(_ error: any Error) {
        let isFirst = self.state.withLock { state in
            state.engine = nil
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        guard isFirst, !(error is CancellationError) else { return }
        self.logger.error("alerts wait for the store", metadata: ["reason": "\(error)"])
    }

    private func catchUp(to size: Int64) async throws {
        try await self.begin()
        let position = self.state.withLock { $0.engine?.position } ?? size
        guard position < size else {
            // Another state was put in the place of this one.
            if position > size { try await self.keep { $0.finish(position: size) } }
            return
        }
        try await self.store.forEach(RecordFilter(), size: size, after: position, withTexts: false) { records in
            guard let last = records.last else { return }
            try await self.keep { engine in
                for record in records { engine.take(record) }
                return engine.finish(position: last.sequence)
            }
        }
    }

    /// Once a day anew, which forgets what is old.
    private func begin() async throws {
        let now = self.now()
        guard self.state.withLock({ $0.engine == nil || $0.engineMade < now - AlertEngine.day }) else { return }
        let memory = try await self.store.alertMemory(
            minutesFrom: now / AlertEngine.minute - AlertEngine.day / AlertEngine.minute,
            toldFrom: now - AlertEngine.day,
            daysFrom: now / AlertEngine.day - AlertEngine.rememberedDays
        )
        let engine = AlertEngine(rules: self.rules, memory: memory)
        self.state.withLock { state in
            state.engine = engine
            state.engineMade = now
        }
    }

    /// Nothing is kept where nothing happened.
    @discardableResult
    private func keep(_ change: (inout AlertEngine) -> AlertStep) async throws -> AlertStep {
        let step = self.state.withLock { state in
            guard var engine = state.engine else { return AlertStep() }
            // The only one while it changes: what it counts is not copied.
            state.engine = nil
            defer { state.engine = engine }
            return change(&engine)
        }
        if !step.isEmpty { try await self.store.keep(step) }
        return step
    }

    private func lookAtDisk() {
        let isDue = self.state.withLock { state in
            if let last = state.lookedAtDisk, last.duration(to: .now) < Self.diskInterval { return false }
            state.lookedAtDisk = .now
            return true
        }
        guard isDue else { return }
        let health = self.store.health
        switch health.state {
        case .full:
            self.notice(.diskFull, name: "disk", "the disk of the state folder is full: nothing can be recorded")
        case .broken: self.notice(.recordBroken, name: "record", "nothing can be recorded: \(health.reason)")
        case .writable:
            guard let free = health.freeOctets, free < self.rules.freeOctets else { return }
            self.notice(.diskNearlyFull, name: "disk", "\(free >> 20) MiB are free on the disk of the state folder")
        }
    }

    /// What cannot be put on record is told all the same, and put there once that is possible.
    private func tell(_ key: AlertKey, _ notice: Notice) async {
        do {
            try await self.begin()
            try await self.keep { engine in
                engine.notice(key, about: notice.subject, notice.sentence, at: notice.time)
            }
            self.state.withLock { $0.notices[key] = nil }
        } catch {
            self.forgetEngine(error)
            await self.caller.callUnrecorded(
                .alert(key.kind, about: notice.subject, sentence: notice.sentence, at: notice.time),
                key
            )
        }
    }
}
