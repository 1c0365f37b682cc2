import GRDB
import Gateway

extension SQLiteStore {
    /// A read for a command.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await self.pool.read(body) } catch { throw StoreError(error) }
    }

    /// A change by an operator and its record, synced in one transaction.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (Database, inout Journal.Page) throws -> Value
    ) async throws(StoreError) -> Value {
        let journal = self.journal
        do {
            return try await self.withRoom {
                try await self.inTransaction(.synced) { database in
                    var page = try journal.open(database)
                    let value = try body(database, &page)
                    try page.close(sealing: true)
                    return value
                }
            }
        } catch {
            throw StoreError(error)
        }
    }
}
