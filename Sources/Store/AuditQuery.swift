import Foundation
import GRDB

import enum Gateway.StoreFailure

/// Which records are wanted; what is nil is not asked. The newest `limit` of them, oldest first.
package struct AuditQuery: Sendable {
    /// The device's name at the time of the record.
    package var device: String?
    package var account: String?
    package var action: String?
    package var session: String?
    /// UTC, as the record writes it: from this time on, and before that one.
    package var since: String?
    package var until: String?
    package var limit: Int

    package init(
        device: String? = nil,
        account: String? = nil,
        action: String? = nil,
        session: String? = nil,
        since: String? = nil,
        until: String? = nil,
        limit: Int = 100
    ) {
        self.device = device
        self.account = account
        self.action = action
        self.session = session
        self.since = since
        self.until = until
        self.limit = limit
    }
}

extension SQLiteStore {
    package func records(_ query: AuditQuery) async throws(StoreError) -> [StoredRecord] {
        do throws(StoreFailure) {
            return try await self.read { try Self.records(query, $0) }
        } catch {
            throw .failed(error)
        }
    }

    static func records(_ query: AuditQuery, _ database: Database) throws -> [StoredRecord] {
        var conditions = ["1"]
        var arguments: StatementArguments = []
        func ask(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        ask("deviceName = ?", query.device)
        ask("account = ?", query.account)
        ask("action = ?", query.action)
        ask("session = ?", query.session)
        ask("time >= ?", query.since)
        ask("time < ?", query.until)
        arguments += [max(0, query.limit)]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT sequence, body FROM record WHERE \(conditions.joined(separator: " AND "))
                ORDER BY sequence DESC LIMIT ?
                """,
            arguments: arguments
        )
        return rows.reversed().map { StoredRecord(sequence: $0[0], body: $0[1]) }
    }
}
