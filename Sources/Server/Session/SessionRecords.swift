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
            self.logger.error("the record could not be written", metadata: ["reason": "\(failure)"])
        }
        for _ in 0..<count {
            self.records.underway -= 1
            self.perform(self.machine.recorded(result))
        }
        self.drive()
    }

    /// Whether this refusal is one too many of its second: then one record for all of them follows when it is over.
    private func isCountedAway(_ attempt: Attempt, at time: Int64) -> Bool {
        guard attempt.action == .refusal || attempt.action == .connectionRefused else { return false }
        let arrival = self.machine.origin.arrival
        switch self.environment.floods.refusal(from: arrival.source.address, at: time) {
        case .write: return false
        case .count(let isFirst):
            if isFirst, let loop = self.loop {
                Self.recordFlood(arrival, like: attempt, environment: self.environment, on: loop)
            }
            return true
        }
    }

    private static func recordFlood(
        _ arrival: Arrival,
        like attempt: Attempt,
        environment: SessionEnvironment,
        on loop: any EventLoop
    ) {
        loop.scheduleTask(in: .seconds(1)) {
            let count = environment.floods.take(arrival.source.address)
            guard count > 0 else { return }
            let summary = Attempt(
                action: attempt.action,
                outcome: .failure,
                asked: attempt.asked,
                answered: attempt.answered,
                done: "nothing",
                reason: "\(count) refusals in one second, the latest of them here",
                counts: ["refusals": count]
            )
            let origin = SessionOrigin(arrival: arrival, account: nil, speaker: nil)
            let record = AuditRecord(time: environment.now(), origin: .session(origin), attempt: summary)
            environment.recorder.write(RecordEntry(records: [record]), .written) { result in
                guard case .failure(let failure) = result else { return }
                environment.logger.error("the record could not be written", metadata: ["reason": "\(failure)"])
            }
        }
    }
}
