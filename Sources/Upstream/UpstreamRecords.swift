package import Gateway

/// Where it goes on record what was sent upstream beside the attempts of sessions.
package struct UpstreamRecords: Sendable {
    let recorder: any Recorder
    /// Microseconds since 1970, UTC.
    let now: @Sendable () -> Int64

    package init(recorder: any Recorder, now: @escaping @Sendable () -> Int64) {
        self.recorder = recorder
        self.now = now
    }
}

/// The same for one lease.
struct LeaseRecords: Sendable {
    let records: UpstreamRecords
    /// For people.
    let account: String
    let session: SessionID

    /// Lines that no other record cites.
    func write(_ lines: [String]) {
        let attempt = Attempt(
            action: .upstream,
            outcome: .success,
            asked: "",
            answered: "",
            done: "nothing",
            upstream: lines
        )
        let origin = AuditRecord.Origin.upstream(account: self.account, session: self.session)
        let record = AuditRecord(time: self.records.now(), origin: origin, attempt: attempt)
        self.records.recorder.write(RecordEntry(records: [record]), .written) { _ in }
    }

    /// What headers say, and the lines that went upstream for them.
    func write(_ headers: ReadHeaders, answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void) {
        self.records.recorder.write(RecordEntry(records: [], changes: [.headers(headers)]), .written, answer: answer)
    }
}
