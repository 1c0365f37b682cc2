import GRDB
import Gateway

/// Messages that are no longer upstream, as rows: those that one session has not found, until another says the same, and
/// what goes on record then.
struct MissingRows {
    let mailbox: MailboxID
    let database: Database

    /// What one session did not find, in one listing.
    private struct Note {
        let rows: NumberRanges
        let between: Between
        let session: String
    }

    /// These were there when a listing agreed last, and `sighting` does not find them.
    func note(_ rows: NumberRanges, _ between: Between, _ sighting: Sighting) throws {
        let insert = try self.database.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO missing (mailbox, first, last, seen, missed, session) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for range in rows.ranges {
            try insert.execute(arguments: [
                self.mailbox.value, Int64(range.lowerBound), Int64(range.upperBound), between.from, between.until,
                sighting.session.text,
            ])
        }
    }

    /// Another session does not find them either: one record for each listing that first missed some.
    func confirm(_ sighting: Sighting, _ page: inout Journal.Page) throws {
        let notes = try self.notes().filter { $0.session != sighting.session.text }
        guard !notes.isEmpty else { return }
        for note in notes {
            for range in note.rows.ranges {
                try self.database.cachedStatement(
                    sql: "UPDATE message SET vanished = ? WHERE mailbox = ? AND number BETWEEN ? AND ? AND gone = 1"
                )
                .execute(arguments: [
                    note.between.until, self.mailbox.value, Int64(range.lowerBound), Int64(range.upperBound),
                ])
            }
            try self.record(note, sighting, &page)
            try self.forget(note)
        }
        try WantedDetailRows.giveUpGone(self.mailbox, self.database)
    }

    /// These are there again. What was only missed once was a mistake of the mail server's, and is forgotten.
    func found(_ rows: NumberRanges, _ sighting: Sighting?, _ page: inout Journal.Page) throws {
        guard !rows.isEmpty else { return }
        for note in try self.notes() {
            let left = note.rows.subtracting(rows)
            guard left != note.rows else { continue }
            try self.forget(note)
            let again = Sighting(session: SessionID(note.session), account: "", upstream: [])
            try self.note(left, note.between, again)
        }
        try WantedDetailRows.wantAgain(rows, self.mailbox, self.database)
        let returned = try self.takeBack(rows)
        guard !returned.isEmpty else { return }
        let attempt = Attempt(
            action: .listingChanged,
            outcome: .success,
            asked: "",
            answered: "",
            done:
                "\(Self.counted(returned)) that had vanished upstream \(returned.count == 1 ? "is" : "are") there again",
            numbers: returned,
            mailbox: self.mailbox,
            upstream: sighting?.upstream ?? [],
            counts: ["messages": returned.count]
        )
        try page.append(AuditRecord(time: page.time, origin: try self.origin(sighting), attempt: attempt))
    }

    /// UIDs have changed: whether what was missing is under another UID now, nobody can tell.
    func forgetAll() throws {
        try self.database.execute(sql: "DELETE FROM missing WHERE mailbox = ?", arguments: [self.mailbox.value])
        try WantedDetailRows.giveUpGone(self.mailbox, self.database)
    }

    private func notes() throws -> [Note] {
        let statement = try self.database.cachedStatement(
            sql: "SELECT first, last, seen, missed, session FROM missing WHERE mailbox = ? ORDER BY missed, first"
        )
        let rows = try Row.fetchAll(statement, arguments: [self.mailbox.value])
        var notes: [(key: [String?], ranges: [ClosedRange<UInt32>])] = []
        for row in rows {
            guard let first = UInt32(exactly: row[0] as Int64), let last = UInt32(exactly: row[1] as Int64),
                first <= last
            else { continue }
            let key: [String?] = [row[2], row[3], row[4]]
            if let place = notes.firstIndex(where: { $0.key == key }) {
                notes[place].ranges.append(first...last)
            } else {
                notes.append((key, [first...last]))
            }
        }
        return notes.compactMap { note in
            guard let missed = note.key[1], let session = note.key[2] else { return nil }
            return Note(
                rows: NumberRanges(note.ranges),
                between: Between(from: note.key[0], until: missed),
                session: session
            )
        }
    }

    private func forget(_ note: Note) throws {
        // Ranges that touch are one here, and may be several rows there.
        let delete = try self.database.cachedStatement(
            sql: "DELETE FROM missing WHERE mailbox = ? AND first BETWEEN ? AND ?"
        )
        for range in note.rows.ranges {
            try delete.execute(arguments: [self.mailbox.value, Int64(range.lowerBound), Int64(range.upperBound)])
        }
    }

    private func takeBack(_ rows: NumberRanges) throws -> NumberRanges {
        let find = try self.database.cachedStatement(
            sql: "SELECT number FROM message WHERE mailbox = ? AND number BETWEEN ? AND ? AND vanished IS NOT NULL"
        )
        let numbers = try rows.ranges.flatMap { range in
            try Int64.fetchAll(
                find,
                arguments: [self.mailbox.value, Int64(range.lowerBound), Int64(range.upperBound)]
            )
        }
        let returned = NumberRanges(numbers: numbers.compactMap { UInt32(exactly: $0) })
        for range in returned.ranges {
            try self.database.execute(
                sql: "UPDATE message SET vanished = NULL WHERE mailbox = ? AND number BETWEEN ? AND ?",
                arguments: [self.mailbox.value, Int64(range.lowerBound), Int64(range.upperBound)]
            )
        }
        return returned
    }

    private func record(_ note: Note, _ sighting: Sighting, _ page: inout Journal.Page) throws {
        let attempt = Attempt(
            action: .vanished,
            outcome: .unknown,
            asked: "",
            answered: "",
            done:
                "nothing was done by us: \(Self.counted(note.rows)) \(note.rows.count == 1 ? "is" : "are") no longer on the mail server",
            numbers: note.rows,
            mailbox: self.mailbox,
            between: note.between,
            reason:
                "missed by the sessions \(note.session) and \(sighting.session.text); no device can delete upstream",
            upstream: sighting.upstream,
            counts: ["messages": note.rows.count]
        )
        try page.append(AuditRecord(time: page.time, origin: try self.origin(sighting), attempt: attempt))
    }

    private static func counted(_ rows: NumberRanges) -> String {
        rows.count == 1 ? "1 message" : "\(rows.count) messages"
    }

    private func origin(_ sighting: Sighting?) throws -> AuditRecord.Origin {
        if let sighting { return .upstream(account: sighting.account, session: sighting.session) }
        let login = try String.fetchOne(
            self.database,
            sql: "SELECT login FROM account WHERE id = (SELECT account FROM mailbox WHERE id = ?)",
            arguments: [self.mailbox.value]
        )
        return .upstream(account: login ?? "", session: nil)
    }
}
