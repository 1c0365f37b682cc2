import Store

/// Checks the whole record when somebody asks: one check at a time, however many ask.
actor RecordChecks {
    struct Check: Sendable {
        /// As the record writes it.
        let time: String
        let findings: Int
    }

    private(set) var newest: Check?
    private var running: Task<Check, any Error>?

    func check(_ store: SQLiteStore, at time: String) async throws -> Check {
        if let running = self.running { return try await running.value }
        let task = Task { Check(time: time, findings: try await store.verify().findings.count) }
        self.running = task
        defer { self.running = nil }
        let check = try await task.value
        self.newest = check
        return check
    }
}
