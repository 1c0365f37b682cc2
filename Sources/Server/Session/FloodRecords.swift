import Gateway
import Logging
import NIOCore

extension SessionEnvironment {
    /// Whether this refusal is one too many of its second: then one record for all of them follows when it is over.
    func isCountedAway(_ attempt: Attempt, of arrival: Arrival, at time: Int64, on loop: any EventLoop) -> Bool {
        guard attempt.action == .refusal || attempt.action == .connectionRefused else { return false }
        switch self.floods.refusal(from: arrival.source.address, at: time) {
        case .write: return false
        case .count(let isFirst):
            if isFirst {
                let record: @Sendable () -> Void = { self.recordFlood(of: arrival, like: attempt) }
                self.floods.owe(arrival.source.address, record)
                loop.scheduleTask(in: .seconds(1)) { record() }
            }
            return true
        }
    }

    /// Records what happened to a connection that never had a session.
    func record(_ attempt: Attempt, of arrival: Arrival, on loop: any EventLoop) {
        let time = self.now()
        guard !self.isCountedAway(attempt, of: arrival, at: time, on: loop) else { return }
        self.write(attempt, of: arrival, at: time)
    }

    private func recordFlood(of arrival: Arrival, like attempt: Attempt) {
        let count = self.floods.take(arrival.source.address)
        guard count > 0 else { return }
        let summary = Attempt(
            action: attempt.action,
            outcome: .failure,
            asked: attempt.asked,
            answered: attempt.answered,
            done: "nothing",
            reason: "\(count) more refusals from this address in one second",
            counts: ["refusals": count]
        )
        self.write(summary, of: arrival, at: self.now())
    }

    private func write(_ attempt: Attempt, of arrival: Arrival, at time: Int64) {
        let origin = SessionOrigin(arrival: arrival, account: nil, speaker: nil)
        let record = AuditRecord(time: time, origin: .session(origin), attempt: attempt)
        self.recorder.write(RecordEntry(records: [record]), .written) { result in
            guard case .failure(let failure) = result else { return }
            self.logger.error("the record could not be written", metadata: ["reason": "\(failure)"])
        }
    }
}
