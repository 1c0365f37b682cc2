import Gateway
import NIOConcurrencyHelpers
import Store

/// Who reads is on record: which page, with which filter. A page that is loaded again, or turned, is the same reading.
final class ReadingLog: Sendable {
    /// Microseconds. After this time the same page is a reading of its own.
    private static let window: Int64 = 10 * 60 * 1_000_000
    private static let most = 2_000
    /// What says where in the same list somebody is.
    private static let places = ["size", "before", "trail"]

    private struct Reading: Hashable {
        let token: Int64
        let what: String
    }

    private let recent = NIOLockedValueBox<[Reading: Int64]>([:])

    /// The words of the record, or nil when it stands there already.
    func words(_ path: String, _ fields: FormFields, _ visitor: Visitor, now: Int64) -> String? {
        var query = fields
        for name in Self.places { query.set(name, nil) }
        let filter = query.fields.filter { !$0.value.isEmpty }.map { "\($0.name)=\($0.value)" }
        let what = String((["read \(path)"] + filter).joined(separator: " ").unicodeScalars.prefix(500))
        let reading = Reading(token: visitor.token, what: what)
        return self.recent.withLockedValue { recent in
            if let last = recent[reading], now &- last < Self.window { return nil }
            recent = recent.filter { now &- $0.value < Self.window }
            if recent.count >= Self.most, let oldest = recent.min(by: { $0.value < $1.value }) {
                recent[oldest.key] = nil
            }
            recent[reading] = now
            return what
        }
    }
}

extension PageFrame {
    /// Before a page that was made is shown: what cannot be recorded is not shown.
    func recordReading(_ visit: Visit) async throws {
        let visitor = try visit.person()
        guard let words = self.readings.words(visit.path, visit.query, visitor, now: self.now) else { return }
        let attempt = Attempt(action: .recordRead, outcome: .success, asked: words, answered: "", done: "shown")
        try await self.store.put(
            AuditRecord(time: self.now, origin: .reviewer(visitor.reviewer), attempt: attempt),
            .written
        )
    }
}
