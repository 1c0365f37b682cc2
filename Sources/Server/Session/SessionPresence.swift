import Gateway
import Logging

extension SessionHandler {
    /// What goes on record here also tells how this machine behaves; when another one goes by the same name, that is put on
    /// record and into the log.
    func noticeMachine(_ attempts: [Attempt], _ changes: [Change], at time: Int64) {
        guard let place = self.place else { return }
        for attempt in attempts { self.fetched.insert(ofWhole: attempt) }
        guard let deed = self.deed(attempts, changes), let found = place.note(deed, at: time) else { return }
        guard case .device(let device, by: _) = self.machine.origin.speaker else { return }
        self.logger.warning(
            "two PCs on one name",
            metadata: ["device": "\(device.name)", "one": "\(found.first)", "other": "\(found.second)"]
        )
        let alert = Attempt(
            action: .alert,
            outcome: .success,
            asked: "",
            answered: "",
            done: found.sentence(about: device.name),
            reason: Attempt.sharedName
        )
        let record = AuditRecord(time: time, origin: .session(self.machine.origin), attempt: alert)
        self.environment.recorder.write(RecordEntry(records: [record]), .written) { [logger = self.logger] result in
            guard case .failure(let failure) = result else { return }
            logger.error("the record could not be written", metadata: ["reason": "\(failure)"])
        }
    }

    private func deed(_ attempts: [Attempt], _ changes: [Change]) -> Presence.Deed? {
        let deleted = changes.reduce(NumberRanges()) { rows, change in
            if case .hide(_, _, let hidden) = change { rows.union(hidden) } else { rows }
        }
        if deleted.subtracting(self.fetched) != deleted { return .deletes }
        let succeeded = attempts.filter { $0.outcome == .success }.map(\.action)
        if succeeded.contains(.quit) { return self.fetched.isEmpty ? .command : .reads }
        return succeeded.contains { [.retr, .top, .dele, .rset].contains($0) } ? .command : nil
    }
}

extension NumberRanges {
    /// The message that an attempt has brought whole. TOP does so for some mail programs.
    fileprivate mutating func insert(ofWhole attempt: Attempt) {
        guard attempt.outcome == .success, let message = attempt.message?.message else { return }
        let isWhole =
            switch attempt.action {
            case .retr: true
            case .top: attempt.octets.map { $0 >= UInt64(message.size) } ?? false
            case _: false
            }
        if isWhole { self.insert(message.number) }
    }
}
