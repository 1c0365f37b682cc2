import GRDB

extension SQLiteStore {
    /// Sessions on record whose id begins with `prefix`, at most `limit`; one that is exactly that stands alone.
    package func sessions(beginningWith prefix: String, limit: Int) async throws(StoreError) -> [String] {
        guard !prefix.isEmpty else { return [] }
        return try await self.ask { database in
            let found = try String.fetchAll(
                database,
                sql: "SELECT DISTINCT session FROM record WHERE session >= ? AND session < ? LIMIT ?",
                arguments: [prefix, prefix + "\u{7F}", max(0, limit)]
            )
            return found.contains(prefix) ? [prefix] : found
        }
    }

    /// Messages that some device knows, or knew, under this unique-id.
    package func messages(uniqueID: String) async throws(StoreError) -> [MessageSummary] {
        try await self.ask { database in
            try MessageRows.summaries(
                where: """
                    message.uidl = ?1 OR EXISTS (
                      SELECT 1 FROM deviceUIDL WHERE deviceUIDL.mailbox = message.mailbox
                        AND deviceUIDL.number = message.number AND deviceUIDL.uidl = ?1
                    )
                    """,
                [uniqueID],
                database
            )
        }
    }
}
