import Gateway
import Logging
import NIOCore

/// Records on their way: what one pass brought goes to the recorder as one job, so that a burst of DELE shares a commit.
struct SessionRecords {
    fileprivate var gathered: [RecordEntry] = []
    fileprivate var gatheredDurability = Durability.written
    fileprivate var underway = 0

    var isEmpty: Bool { self.gathered.isEmpty && self.underway == 0 }
}

extension SessionHandler {
    func record(_ attempts: [Attempt], changes: [Change], _ durability: Durability) {
        if durability != self.records.gatheredDurability { self.submitRecords() }
        self.records.gatheredDurability = durability
        let time = self.environment.now()
        let milliseconds = UInt64(clamping: (time - self.commandStarted) / 1_000)
        var entry = RecordEntry(records: [], changes: changes)
        for attempt in attempts where !self.isCountedAway(attempt, at: time) {
            var attempt = attempt
            attempt.milliseconds = attempt.milliseconds ?? milliseconds
            entry.records.append(AuditRecord(time: time, origin: .session(self.machine.origin), attempt: attempt))
        }
        self.records.gathered.append(entry)
        self.noticeMachine(attempts, changes, at: time)
    }

    /// Hands over what was gathered. The machine hears `recorded` once for each of its actions, in their order.
    func submitRecords() {
        guard let loop = self.loop, !self.records.gathered.isEmpty else { return }
        let count = self.records.gathered.count
        let durability = self.records.gatheredDurability
        let entry = RecordEntry(
            records: self.records.gathered.flatMap(\.records),
            changes: self.records.gathered.flatMap(\.changes)
        )
        self.records.gathered = []
        self.records.underway += count
        let me = NIOLoopBound(self, eventLoop: loop)
        guard !entry.records.isEmpty || !entry.changes.isEmpty else {
            loop.execute { me.value.recorded(count, .success(())) }
            return
        }
        self.environment.recorder.write(entry, durability) { result in
            loop.execute { me.value.recorded(count, result) }
        }
    }

    private func recorded(_ count: Int, _ result: Result<Void, StoreFailure>) {
        if case .failure(let failure) = result {
            // A full disk is told of once, by the store, and not for each attempt.
            let level: Logger.Level = failure == .full ? .debug : .error
            self.logger.log(level: level, "the record could not be written", metadata: ["reason": "\(failure)"])
        }
        for _ in 0..<count {
            self.records.underway -= 1
            self.perform(self.machine.recorded(result))
        }
        self.drive()
    }

    private func isCountedAway(_ attempt: Attempt, at time: Int64) -> Bool {
        guard let loop = self.loop else { return false }
        return self.environment.isCountedAway(attempt, of: self.machine.origin.arrival, at: time, on: loop)
    }
}
