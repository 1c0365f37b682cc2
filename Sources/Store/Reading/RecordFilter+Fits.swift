import Gateway

extension RecordFilter {
    /// With what is asked as records have it.
    var canonical: RecordFilter {
        var filter = self
        filter.address = self.address.map { IPAddress($0)?.description ?? $0 }
        if self.text == "" { filter.text = nil }
        if self.action != nil { filter.leavesOutOwnWork = false }
        return filter
    }

    /// Whether all that is asked holds, but for the text.
    func fitsWithoutText(_ record: StoredRecord) -> Bool {
        func isSame(_ asked: String?, _ text: String) -> Bool { asked.map { $0 == text } ?? true }
        func isAlike(_ asked: String?, _ text: String) -> Bool {
            asked.map { $0.lowercased() == text.lowercased() } ?? true
        }
        guard isAlike(self.device, record.device), isAlike(self.account, record.account) else { return false }
        guard isSame(self.action, record.action), isSame(self.outcome, record.outcome) else { return false }
        guard isSame(self.session, record.session), isSame(self.address, record.address) else { return false }
        if self.leavesOutOwnWork, Self.ownWork.contains(record.action) { return false }
        if let since = self.since, record.time < since { return false }
        if let until = self.until, record.time.isEmpty || record.time >= until { return false }
        if let done = self.done, record.action.isEmpty || record.effect != done { return false }
        if let message = self.message, record.key != message { return false }
        return self.identifiedBy.map { $0 == record.identification } ?? true
    }
}

extension StoredRecord {
    /// As the column `record.identifiedBy` has it.
    fileprivate var identification: String {
        if !self.identifierKind.isEmpty { return self.identifierKind }
        return self.unidentified.isEmpty ? "" : RecordFilter.nobody
    }
}
