import GRDB
package import Gateway
package import IMAP

/// Messages that somebody asked to delete and whose header nobody has read, as rows.
enum WantedDetailRows {
    /// A DELE that was marked makes its message one of them, unless its details are known.
    static func note(_ attempt: Attempt, _ database: Database) throws {
        guard attempt.action == .dele, attempt.outcome == .success, let message = attempt.message else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO wantedDetail (mailbox, number) SELECT mailbox, number FROM message
                WHERE mailbox = ?1 AND number = ?2
                  AND NOT EXISTS (SELECT 1 FROM detail WHERE mailbox = ?1 AND number = ?2)
                  AND NOT EXISTS (SELECT 1 FROM hashedDetail WHERE mailbox = ?1 AND number = ?2)
                ON CONFLICT DO NOTHING
                """
        )
        .execute(arguments: [message.mailbox.value, Int64(message.message.number)])
    }

    static func fulfil(_ mailbox: MailboxID, _ number: UInt32, _ database: Database) throws {
        try database.cachedStatement(
            sql: "DELETE FROM wantedDetail WHERE mailbox = ? AND number = ? AND state != 'erased'"
        )
        .execute(arguments: [mailbox.value, Int64(number)])
    }

    /// What the mail server does not give will not be asked for again.
    static func giveUp(_ mailbox: MailboxID, _ number: UInt32, _ database: Database) throws {
        try database.cachedStatement(
            sql: "UPDATE wantedDetail SET state = 'unobtainable' WHERE mailbox = ? AND number = ? AND state = 'wanted'"
        )
        .execute(arguments: [mailbox.value, Int64(number)])
    }

    /// Nobody can read the header of a message that has gone.
    static func giveUpGone(_ mailbox: MailboxID, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE wantedDetail SET state = 'unobtainable' WHERE mailbox = ?1 AND state = 'wanted'
                  AND number IN (SELECT number FROM message WHERE mailbox = ?1 AND gone = 1)
                """,
            arguments: [mailbox.value]
        )
    }

    /// It is there again.
    static func wantAgain(_ rows: NumberRanges, _ mailbox: MailboxID, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE wantedDetail SET state = 'wanted'
                WHERE mailbox = ? AND number BETWEEN ? AND ? AND state = 'unobtainable'
                """
        )
        for range in rows.ranges {
            try statement.execute(arguments: [mailbox.value, Int64(range.lowerBound), Int64(range.upperBound)])
        }
    }

    /// The row of a message that is still wanted.
    static func number(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        _ uid: UID,
        _ database: Database
    ) throws -> UInt32? {
        try Int64.fetchOne(
            try database.cachedStatement(
                sql: """
                    SELECT message.number FROM message JOIN wantedDetail
                      ON wantedDetail.mailbox = message.mailbox AND wantedDetail.number = message.number
                    WHERE message.mailbox = ? AND uidValidity = ? AND uid = ? AND state = 'wanted'
                    """
            ),
            arguments: [mailbox.value, Int64(validity.value), Int64(uid.value)]
        ).flatMap { UInt32(exactly: $0) }
    }

    /// Puts on record what was read, with the lines that went upstream for it, and keeps it.
    static func keep(_ headers: ReadHeaders, _ database: Database, _ page: inout Journal.Page) throws {
        var known: [(number: UInt32, details: MessageDetails)] = []
        var unknown: [UInt32] = []
        for (uid, details) in headers.details.sorted(by: { $0.key < $1.key }) {
            guard let number = try self.number(headers.mailbox, headers.validity, uid, database) else { continue }
            if let details { known.append((number, details)) } else { unknown.append(number) }
        }
        let rows = known.map(\.number) + unknown
        guard !rows.isEmpty || !headers.upstream.isEmpty else { return }
        let attempt = Attempt(
            action: .details,
            outcome: unknown.isEmpty ? .success : .unknown,
            asked: "",
            answered: "",
            done: self.done(known: known.count, unknown: unknown.count),
            numbers: rows.isEmpty ? nil : NumberRanges(numbers: rows),
            mailbox: headers.mailbox,
            upstream: headers.upstream
        )
        let origin = AuditRecord.Origin.upstream(account: headers.account, session: headers.session)
        try page.append(AuditRecord(time: page.time, origin: origin, attempt: attempt))
        for message in known {
            try Changes.apply(
                .details(headers.mailbox, number: message.number, message.details),
                database,
                &page
            )
        }
        for number in unknown { try self.giveUp(headers.mailbox, number, database) }
    }

    private static func done(known: Int, unknown: Int) -> String {
        let kept = "read the \(known == 1 ? "header" : "headers") of \(known) \(known == 1 ? "message" : "messages")"
        return unknown == 0 ? kept : "\(kept); \(unknown) could not be had"
    }
}

extension SQLiteStore: DetailMemory {
    package func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        after order: Int64,
        limit: Int
    ) async throws(StoreFailure) -> [WantedDetails] {
        // Mostly nobody has asked for any.
        let areWanted = try self.lookUp { database in
            let statement = try database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM wantedDetail WHERE mailbox = ? AND id > ? AND state = 'wanted')"
            )
            return try Bool.fetchOne(statement, arguments: [mailbox.value, order]) ?? false
        }
        guard areWanted else { return [] }
        let keeping = self.journal.details
        return try await self.read { database in
            // What may not be kept is not asked for.
            if case .none = try keeping.kept(of: mailbox, database) { return [] }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT wantedDetail.id, message.uid FROM wantedDetail JOIN message
                      ON message.mailbox = wantedDetail.mailbox AND message.number = wantedDetail.number
                    WHERE wantedDetail.mailbox = ? AND wantedDetail.id > ? AND state = 'wanted'
                      AND message.uidValidity = ? AND message.gone = 0
                    ORDER BY wantedDetail.id LIMIT ?
                    """,
                arguments: [mailbox.value, order, Int64(validity.value), limit]
            ).compactMap { row in
                UInt32(exactly: row[1] as Int64).flatMap { UID($0) }.map { WantedDetails(order: row[0], uid: $0) }
            }
        }
    }

    package func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        among uids: [UID]
    ) async throws(StoreFailure) -> Set<UID> {
        let keeping = self.journal.details
        return try await self.read { database in
            if case .none = try keeping.kept(of: mailbox, database) { return [] }
            return Set(try uids.filter { try WantedDetailRows.number(mailbox, validity, $0, database) != nil })
        }
    }
}
