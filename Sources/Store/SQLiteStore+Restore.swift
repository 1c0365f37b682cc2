import GRDB
package import Gateway

/// What is given back to a device.
package enum Restoration: Sendable {
    /// What it deleted; with `earlier` also what it began without.
    case everything(earlier: Bool)
    /// By the row numbers that `device hidden` shows.
    case rows(NumberRanges)
    case message(MessageKey)
    /// By INTERNALDATE, seconds since 1970: from the first on, and before the second.
    case period(since: Int64, until: Int64)
}

extension SQLiteStore {
    /// Shows messages to a device again, at its next login, each under a fresh unique-id: clients that remember the old one
    /// would skip it. How many; the record of it is synced with the change. A window hides them still.
    package func restore(
        _ what: Restoration,
        to entry: DeviceEntry,
        by origin: AuditRecord.Origin
    ) async throws(StoreError) -> Int {
        try await self.change { database, page in
            let device = entry.device.id
            var count = 0
            var shownRows: [(mailbox: MailboxID, rows: NumberRanges)] = []
            for mailbox in try DeviceRows.mailboxes(of: device, database) {
                let given = try Self.rows(what, in: mailbox, database)
                var shown = try Self.give(given, of: Ranges.hidden(device, mailbox), database)
                if Self.includesSkipped(what) {
                    shown = shown.union(try Self.give(given, of: Ranges.skipped(device, mailbox), database))
                }
                // What was in both is one message.
                for range in shown.ranges {
                    for row in range { try Self.renew(row, device, mailbox, database) }
                }
                count += shown.count
                if !shown.isEmpty { shownRows.append((mailbox, shown)) }
            }
            let only = shownRows.count == 1 ? shownRows.first : nil
            let attempt = Attempt(
                action: .deviceRestore,
                outcome: .success,
                asked: "device restore \(entry.device.name)",
                answered: "",
                done: "shown again to \(entry.device.name): \(count) messages",
                numbers: only?.rows,
                mailbox: only?.mailbox
            )
            try page.append(AuditRecord(time: page.time, origin: origin, attempt: attempt))
            return count
        }
    }

    private static func includesSkipped(_ what: Restoration) -> Bool {
        switch what {
        case .everything(let earlier): earlier
        case .rows, .message, .period: true
        }
    }

    /// Takes `rows`, or all of them, out of `ranges`, and says which were in it.
    private static func give(
        _ rows: NumberRanges?,
        of ranges: Ranges,
        _ database: Database
    ) throws -> NumberRanges {
        let before = try ranges.read(database)
        let after = rows.map { before.subtracting($0) } ?? NumberRanges()
        guard before != after else { return NumberRanges() }
        try ranges.replace(with: after, database)
        return before.subtracting(after)
    }

    /// Nil: all rows.
    private static func rows(_ what: Restoration, in mailbox: MailboxID, _ database: Database) throws -> NumberRanges? {
        switch what {
        case .everything: return nil
        case .rows(let rows): return rows
        case .message(let key): return key.mailbox == mailbox ? NumberRanges([key.number...key.number]) : NumberRanges()
        case .period(let since, let until):
            let numbers = try Int64.fetchAll(
                database,
                sql: "SELECT number FROM message WHERE mailbox = ? AND internalDate >= ? AND internalDate < ?",
                arguments: [mailbox.value, since, until]
            )
            return NumberRanges(numbers: numbers.compactMap { UInt32(exactly: $0) })
        }
    }

    private static func renew(_ row: UInt32, _ device: DeviceID, _ mailbox: MailboxID, _ database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT uidl FROM message WHERE mailbox = ? AND number = ?")
        guard let base = try String.fetchOne(find, arguments: [mailbox.value, Int64(row)]) else { return }
        let last = try database.cachedStatement(
            sql: "SELECT max(generation) FROM deviceUIDL WHERE device = ? AND mailbox = ? AND number = ?"
        )
        let before = try Int64.fetchOne(last, arguments: [device.value, mailbox.value, Int64(row)])
        var generation = max(0, before ?? 0)
        var text: String
        repeat {
            generation += 1
            text = "\(base.prefix(58))r\(generation)"
        } while try ListingRows.isTaken(text, mailbox, database)
        let insert = try database.cachedStatement(
            sql: "INSERT INTO deviceUIDL (device, mailbox, number, generation, uidl) VALUES (?, ?, ?, ?, ?)"
        )
        try insert.execute(arguments: [device.value, mailbox.value, Int64(row), generation, text])
    }
}
