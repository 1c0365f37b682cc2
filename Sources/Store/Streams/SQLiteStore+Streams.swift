import Foundation
import GRDB
package import Gateway

// How far those have come who follow the record: streams out of it, alerts. A position is the number of the last record
// that was dealt with.
extension SQLiteStore {
    /// Nil for a follower that is new.
    package func position(of follower: String) async throws(StoreError) -> Int64? {
        try await self.ask { try FollowerRows.position(of: follower, $0) }
    }

    /// Kept without waiting for the disk: what a power cut takes back is dealt with twice.
    package func keep(position: Int64, of follower: String) async throws(StoreError) {
        try await self.changeUnsynced { try FollowerRows.keep(position, of: follower, $0) }
    }

    /// Nil when there is no such record, or no more.
    package func record(_ sequence: Int64) async throws(StoreError) -> StoredRecord? {
        try await self.ask { database in
            guard let record = try Self.record(sequence, database) else { return nil }
            return try MessageRows.withTexts([record], database).first
        }
    }

    /// A record as it would be read back, for one that cannot be written: without a number.
    package func draft(_ record: AuditRecord) -> StoredRecord {
        let body = RecordEncoder.encode(record, sequence: 0, node: self.journal.node)
        return StoredRecord(sequence: 0, body: Data(body))
    }

    /// A change of the server's own that survives kill -9.
    func changeUnsynced<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await self.withRoom { try await self.inTransaction(.written, body) }
        } catch {
            throw StoreError(error)
        }
    }
}

/// The SQL of positions.
enum FollowerRows {
    static func position(of follower: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT position FROM stream WHERE name = ?", arguments: [follower])
    }

    static func keep(_ position: Int64, of follower: String, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO stream VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position"
        ).execute(arguments: [follower, position])
    }
}
