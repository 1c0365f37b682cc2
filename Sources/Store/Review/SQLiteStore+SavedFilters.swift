import Foundation
import GRDB

import enum Gateway.StoreFailure

extension SQLiteStore {
    /// Of one token.
    private static let mostFilters = 20

    /// In the order of their names.
    package func savedFilters(of token: Int64) async throws(StoreError) -> [SavedFilter] {
        do throws(StoreFailure) {
            return try await self.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT name, query FROM savedFilter WHERE token = ? ORDER BY name",
                    arguments: [token]
                ).map { SavedFilter(name: $0[0], query: $0[1]) }
            }
        } catch {
            throw .failed(error)
        }
    }

    /// Keeps a filter, in place of one of the same name. False when there are too many, or a text is too long.
    package func save(_ filter: SavedFilter, of token: Int64) async throws(StoreError) -> Bool {
        guard (1...64).contains(filter.name.count), filter.query.count <= 4_096 else { return false }
        do throws(StoreFailure) {
            return try await self.write { database in
                let others = try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM savedFilter WHERE token = ? AND name <> ?",
                    arguments: [token, filter.name]
                )
                guard let others, others < Self.mostFilters else { return false }
                try database.execute(
                    sql: """
                        INSERT INTO savedFilter (token, name, query) SELECT id, ?, ? FROM reviewToken WHERE id = ?
                        ON CONFLICT (token, name) DO UPDATE SET query = excluded.query
                        """,
                    arguments: [filter.name, filter.query, token]
                )
                return true
            }
        } catch {
            throw .failed(error)
        }
    }

    package func removeSavedFilter(_ name: String, of token: Int64) async throws(StoreError) {
        do throws(StoreFailure) {
            try await self.write { database in
                try database.execute(
                    sql: "DELETE FROM savedFilter WHERE token = ? AND name = ?",
                    arguments: [token, name]
                )
            }
        } catch {
            throw .failed(error)
        }
    }
}
