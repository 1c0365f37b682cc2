import Foundation
import GRDB
package import Gateway
import POP3

/// A device as an operator sees it.
package struct DeviceEntry: Sendable {
    package let device: Device
    package let account: String
    /// `tag frontdesk`, `neighbour 02:00:00:aa:bb:cc`.
    package let identifiers: [String]
    /// Messages hidden from it.
    package let hidden: Int
    /// UTC; empty when it was not on record yet.
    package let lastSeen: String
}

/// A message that is hidden from a device, with what is known of it.
package struct HiddenMessage: Sendable {
    package let row: UInt32
    package let uniqueID: String
    package let size: UInt32?
    /// Seconds since 1970 of INTERNALDATE.
    package let internalDate: Int64?
    /// Header fields as they stand in the message; empty when it was never retrieved.
    package let subject: [UInt8]
    package let from: [UInt8]
    package let isGone: Bool
}

/// What is given back to a device.
package enum Restoration: Sendable {
    case everything
    /// By the row numbers that `device hidden` shows.
    case rows(NumberRanges)
    /// By INTERNALDATE, seconds since 1970: from the first on, and before the second.
    case period(since: Int64, until: Int64)
}

extension SQLiteStore {
    package func devices() async throws(StoreError) -> [DeviceEntry] {
        try await self.ask { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT device.id, device.name, account.login,
                      (SELECT coalesce(sum(last - first + 1), 0) FROM hidden WHERE hidden.device = device.id),
                      (SELECT time FROM record WHERE record.device = device.id ORDER BY sequence DESC LIMIT 1)
                    FROM device JOIN account ON account.id = device.account ORDER BY account.login, device.name
                    """
            )
            return try rows.map { row in
                let identifiers = try Row.fetchAll(
                    database,
                    sql: "SELECT kind, value FROM identifier WHERE device = ? ORDER BY kind, value",
                    arguments: [row[0] as Int64]
                )
                return DeviceEntry(
                    device: Device(id: DeviceID(row[0]), name: row[1]),
                    account: row[2],
                    identifiers: identifiers.map { "\($0[0] as String) \($0[1] as String)" },
                    hidden: row[3],
                    lastSeen: row[4] ?? ""
                )
            }
        }
    }

    /// The device of that name; with `account` only in that one. Throws when there is none, or more than one.
    package func device(named name: String, account: String?) async throws(StoreError) -> DeviceEntry {
        let found = try await self.devices().filter {
            $0.device.name.lowercased() == name.lowercased() && (account == nil || $0.account == account?.lowercased())
        }
        guard let entry = found.first, found.count == 1 else {
            throw found.isEmpty ? .unknownDevice(name) : .ambiguousDevice(name)
        }
        return entry
    }

    package func hidden(from device: DeviceID) async throws(StoreError) -> [HiddenMessage] {
        try await self.ask { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT message.number, message.uidl, message.size, message.internalDate, detail.subject, detail.sender,
                      message.gone
                    FROM hidden JOIN message ON message.mailbox = hidden.mailbox
                      AND message.number BETWEEN hidden.first AND hidden.last
                    LEFT JOIN detail ON detail.mailbox = message.mailbox AND detail.number = message.number
                    WHERE hidden.device = ? ORDER BY message.mailbox, message.number
                    """,
                arguments: [device.value]
            )
            return rows.map { row in
                HiddenMessage(
                    row: UInt32(clamping: row[0] as Int64),
                    uniqueID: row[1],
                    size: (row[2] as Int64?).map { UInt32(clamping: $0) },
                    internalDate: row[3],
                    subject: [UInt8](row[4] as Data? ?? Data()),
                    from: [UInt8](row[5] as Data? ?? Data()),
                    isGone: (row[6] as Int64) != 0
                )
            }
        }
    }

    /// Shows messages to a device again, at its next login, each under a fresh unique-id: clients that remember the old one
    /// would skip it. How many; the record of it is synced with the change.
    package func restore(
        _ what: Restoration,
        to entry: DeviceEntry,
        by user: String
    ) async throws(StoreError) -> Int {
        try await self.change { database, page in
            var count = 0
            let mailboxes = try Int64.fetchAll(
                database,
                sql: "SELECT DISTINCT mailbox FROM hidden WHERE device = ?",
                arguments: [entry.device.id.value]
            )
            for mailbox in mailboxes.map(MailboxID.init) {
                let hidden = Ranges.hidden(entry.device.id, mailbox)
                let before = try hidden.read(database)
                let given = try Self.rows(what, in: mailbox, database)
                let after = given.map { before.subtracting($0) } ?? NumberRanges()
                try hidden.replace(with: after, database)
                let shown = before.subtracting(after)
                for range in shown.ranges {
                    for row in range { try Self.renew(row, entry.device.id, mailbox, database) }
                }
                count += shown.count
            }
            let attempt = Attempt(
                action: .deviceRestore,
                outcome: .success,
                asked: "device restore \(entry.device.name)",
                answered: "",
                done: "shown again to \(entry.device.name): \(count) messages"
            )
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
            return count
        }
    }

    /// Nil: all rows.
    private static func rows(_ what: Restoration, in mailbox: MailboxID, _ database: Database) throws -> NumberRanges? {
        switch what {
        case .everything: return nil
        case .rows(let rows): return rows
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
        guard
            let base = try String.fetchOne(
                database,
                sql: "SELECT uidl FROM message WHERE mailbox = ? AND number = ?",
                arguments: [mailbox.value, Int64(row)]
            )
        else { return }
        var generation =
            try Int64.fetchOne(
                database,
                sql: "SELECT max(generation) FROM deviceUIDL WHERE device = ? AND mailbox = ? AND number = ?",
                arguments: [device.value, mailbox.value, Int64(row)]
            ) ?? 0
        var text: String
        repeat {
            generation += 1
            text = "\(base.prefix(58))r\(generation)"
        } while try ListingRows.isTaken(text, mailbox, database)
        try database.execute(
            sql: "INSERT INTO deviceUIDL (device, mailbox, number, generation, uidl) VALUES (?, ?, ?, ?, ?)",
            arguments: [device.value, mailbox.value, Int64(row), generation, text]
        )
    }
}

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
            return try await self.pool.writeWithoutTransaction { database in
                try Self.set(.synced, on: database)
                var value: Value?
                try database.inTransaction(.immediate) {
                    var page = try journal.open(database)
                    value = try body(database, &page)
                    try page.close(sealing: true)
                    return .commit
                }
                guard let value else { throw StoreFailure.broken(reason: "a change without a result") }
                return value
            }
        } catch {
            throw StoreError(error)
        }
    }
}
