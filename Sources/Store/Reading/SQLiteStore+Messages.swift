import GRDB
package import Gateway

extension SQLiteStore {
    /// Messages whose Subject, From or Message-ID have `text` in them, newest first; where only hashes are kept, those of which
    /// one is `text`.
    package func messages(
        matching text: String,
        account: String? = nil,
        limit: Int
    ) async throws(StoreError) -> [MessageSummary] {
        let hashed = HashedText(text, self.journal.details)
        let text = FoldedText(text)
        return try await self.ask { database in
            let mailboxes = try Int64.fetchAll(
                database,
                sql: """
                    SELECT mailbox.id FROM mailbox JOIN account ON account.id = mailbox.account
                    WHERE ?1 IS NULL OR account.login = ?1
                    """,
                arguments: [account?.lowercased()]
            )
            let found = try mailboxes.map { MailboxID($0) }.flatMap { mailbox in
                try TextMatches.messages(text, in: mailbox, limit: max(0, limit), database)
                    + (hashed?.messages(in: mailbox, limit: max(0, limit), database) ?? [])
            }
            return Self.newestFirst(try MessageRows.summaries(found, database), limit: limit)
        }
    }

    /// Nil when there is no such message.
    package func life(of message: MessageKey) async throws(StoreError) -> MessageLife? {
        try await self.ask { try LifeRows(message, $0)?.read() }
    }

    /// What is upstream and shown to the device, and it has not got yet; newest first, and how many in all.
    package func unfetched(
        by device: DeviceID,
        limit: Int
    ) async throws(StoreError) -> (messages: [MessageSummary], count: Int) {
        try await self.ask { database in
            let got = try Self.got(by: device, database)
            var newest: [Int64] = []
            var count = 0
            for mailbox in try DeviceRows.mailboxes(of: device, database) {
                let unseen = try Ranges.hidden(device, mailbox).read(database)
                    .union(try Ranges.skipped(device, mailbox).read(database))
                let waiting = try Self.shown(in: mailbox, database).filter {
                    !unseen.contains($0.number) && !got.contains($0)
                }
                count += waiting.count
                newest += waiting.suffix(max(0, limit)).compactMap(\.stored)
            }
            return (Self.newestFirst(try MessageRows.summaries(newest, database), limit: limit), count)
        }
    }

    /// What is upstream, in order.
    private static func shown(in mailbox: MailboxID, _ database: Database) throws -> [MessageKey] {
        let numbers = try Int64.fetchAll(
            database,
            sql: """
                SELECT number FROM message WHERE mailbox = ?1 AND gone = 0
                  AND uidValidity = (SELECT validity FROM mailbox WHERE id = ?1) ORDER BY number
                """,
            arguments: [mailbox.value]
        )
        return numbers.compactMap { UInt32(exactly: $0) }.map { MessageKey(mailbox, $0) }
    }

    /// What the device, or one that was merged into it, has retrieved whole.
    private static func got(by device: DeviceID, _ database: Database) throws -> Set<MessageKey> {
        var got: Set<MessageKey> = []
        for part in [device] + (try Successors(database).predecessors(of: device)) {
            for found in try RecordClass.all(of: part, upTo: .max, database) where found.isWholeDelivery {
                let keys = try Int64.fetchCursor(
                    database,
                    sql: "SELECT messageKey FROM record WHERE class = ? AND messageKey IS NOT NULL",
                    arguments: [found.stored]
                )
                while let key = try keys.next() { if let key = MessageKey(stored: key) { got.insert(key) } }
            }
        }
        return got
    }

    private static func newestFirst(_ messages: [MessageSummary], limit: Int) -> [MessageSummary] {
        let sorted = messages.sorted {
            ($0.internalDate ?? .min, $0.key.number) > ($1.internalDate ?? .min, $1.key.number)
        }
        return Array(sorted.prefix(max(0, limit)))
    }
}
