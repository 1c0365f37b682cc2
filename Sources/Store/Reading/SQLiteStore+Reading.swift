import Foundation
import GRDB
package import Gateway

// Reading the record and what it tells. Each call is one snapshot of the database.
extension SQLiteStore {
    /// The newest `limit` records that fit, newest first. A later page of the same search gives `size` of the first and, as
    /// `before`, the number of the last record seen.
    package func page(
        _ filter: RecordFilter,
        size: Int64? = nil,
        before: Int64? = nil,
        limit: Int
    ) async throws(StoreError) -> RecordPage {
        let details = self.journal.details
        return try await self.ask { database in
            let newest = try Self.recordSize(database)
            let size = min(size ?? newest, newest)
            let last = before.map { $0 > 0 ? min($0 - 1, size) : 0 } ?? size
            let search = try RecordSearch(filter, details: details, database)
            let limit = min(max(0, limit), .max - 1)
            let found = try search.newest(limit + 1, upTo: last)
            return RecordPage(records: Array(found.prefix(limit)), size: size, hasMore: found.count > limit)
        }
    }

    /// How many fit, counted up to `limit`.
    package func count(_ filter: RecordFilter, size: Int64? = nil, limit: Int) async throws(StoreError) -> Int {
        let details = self.journal.details
        return try await self.ask { database in
            let newest = try Self.recordSize(database)
            return try RecordSearch(filter, details: details, database).count(limit, upTo: min(size ?? newest, newest))
        }
    }

    /// All that fit, oldest first, in portions, however many there are: for exports and streams. `after` is a number from
    /// which to go on. Memory stays bounded; what `body` throws ends it. Each portion is a snapshot of its own: a detail that
    /// is erased meanwhile is gone from the next one on. Without texts, what the headers of messages say is not looked up.
    package func forEach(
        _ filter: RecordFilter,
        size: Int64? = nil,
        after: Int64 = 0,
        withTexts: Bool = true,
        _ body: @escaping @Sendable ([StoredRecord]) async throws -> Void
    ) async throws {
        let details = self.journal.details
        var course = try await self.ask { database in
            let newest = try Self.recordSize(database)
            let stretch = RecordStretch(after == .max ? .max : after + 1, min(size ?? newest, newest))
            return try RecordSearch(filter, details: details, database).course(in: stretch, withTexts: withTexts)
        }
        while !course.isOver {
            let before = course
            let (records, next) = try await self.ask { database in
                var course = before
                return (try RecordSearch(before, database).portion(of: &course), course)
            }
            course = next
            if !records.isEmpty { try await body(records) }
        }
    }

    /// How many records there are: the number of the newest.
    package func recordSize() async throws(StoreError) -> Int64 {
        try await self.ask { try Self.recordSize($0) }
    }

    static func recordSize(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) FROM record") ?? 0
    }

    /// Nil when there is no such record, or no more.
    static func record(_ sequence: Int64, _ database: Database) throws -> StoredRecord? {
        let statement = try database.cachedStatement(sql: "SELECT body FROM record WHERE sequence = ?")
        return try Data.fetchOne(statement, arguments: [sequence]).map { StoredRecord(sequence: sequence, body: $0) }
    }

    /// Puts something on record that is no session's: who read the page, that the settings changed.
    package func put(_ record: AuditRecord, _ durability: Durability) async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            self.write(RecordEntry(records: [record]), durability) { continuation.resume(returning: $0) }
        }
        if case .failure(let failure) = result { throw .failed(failure) }
    }
}
