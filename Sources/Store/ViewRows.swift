import GRDB
import Gateway
import IMAP
import POP3

/// How a device sees a mailbox, as rows: what it has hidden, what it began without, and the unique-ids of its own.
enum ViewRows {
    /// That a device has begun with a mailbox.
    private struct Beginning {
        /// While the device has a format of its own: the row up to which it was followed.
        let ownUIDLs: Int64?

        static func read(_ device: DeviceID, _ mailbox: MailboxID, _ database: Database) throws -> Beginning? {
            let statement = try database.cachedStatement(
                sql: "SELECT ownUIDLs FROM beginning WHERE device = ? AND mailbox = ?"
            )
            return try Row.fetchOne(statement, arguments: [device.value, mailbox.value]).map {
                Beginning(ownUIDLs: $0[0])
            }
        }
    }

    /// Whether there is nothing to write before the view can be read.
    static func isSettled(
        _ device: DeviceID,
        _ mailbox: MailboxID,
        _ terms: ViewTerms,
        _ database: Database
    ) throws -> Bool {
        guard let beginning = try Beginning.read(device, mailbox, database) else { return false }
        guard terms.uniqueIDs != nil else { return beginning.ownUIDLs == nil }
        guard let own = beginning.ownUIDLs else { return false }
        return try own >= ListingRows.lastNumber(mailbox, database)
    }

    static func read(
        _ device: DeviceID,
        _ mailbox: MailboxID,
        _ terms: ViewTerms,
        _ windows: ReceivedBefore,
        _ database: Database
    ) throws -> DeviceView {
        var unseen = try Ranges.hidden(device, mailbox).read(database)
        let skipped = try Ranges.skipped(device, mailbox).read(database)
        if !skipped.isEmpty { unseen = unseen.union(skipped) }
        if let begins = terms.windowBegins {
            unseen = unseen.union(try windows.rows(of: mailbox, before: begins, database))
        }
        return DeviceView(hidden: unseen, ownUniqueIDs: try self.ownUniqueIDs(device, mailbox, database))
    }

    private static func ownUniqueIDs(
        _ device: DeviceID,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws -> [UInt32: UniqueID] {
        // In order of generation: the last one counts.
        let statement = try database.cachedStatement(
            sql: "SELECT number, uidl FROM deviceUIDL WHERE device = ? AND mailbox = ? ORDER BY number, generation"
        )
        let rows = try Row.fetchCursor(statement, arguments: [device.value, mailbox.value])
        var own: [UInt32: UniqueID] = [:]
        while let row = try rows.next() {
            guard let number = UInt32(exactly: row[0] as Int64), let text = UniqueID(row[1]) else { continue }
            own[number] = text
        }
        return own
    }

    /// At the first time: where the device begins. At each time: the unique-ids by a format of its own for what is new. A
    /// format that comes later counts from then on, because what was seen under one unique-id must never get another.
    static func settle(
        _ device: DeviceID,
        _ mailbox: MailboxID,
        _ terms: ViewTerms,
        _ database: Database
    ) throws {
        let last = try ListingRows.lastNumber(mailbox, database)
        let beginning = try Beginning.read(device, mailbox, database)
        if beginning == nil {
            try self.begin(device, mailbox, database)
            try Ranges.skipped(device, mailbox).replace(
                with: try self.skipped(terms, mailbox, last, database),
                database
            )
        }
        if let format = terms.uniqueIDs {
            let followed = beginning.map { $0.ownUIDLs ?? last } ?? 0
            try OwnUniqueIDs(device: device, mailbox: mailbox, format: format).make(after: followed, database)
        }
        try database.execute(
            sql: "UPDATE beginning SET ownUIDLs = ? WHERE device = ? AND mailbox = ?",
            arguments: [terms.uniqueIDs == nil ? nil : last, device.value, mailbox.value]
        )
    }

    static func hasBegun(_ device: DeviceID, _ mailbox: MailboxID, _ database: Database) throws -> Bool {
        try Beginning.read(device, mailbox, database) != nil
    }

    /// Settles that the device sees what is in the mailbox, but for what it skips or has hidden already.
    static func begin(_ device: DeviceID, _ mailbox: MailboxID, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO beginning (device, mailbox) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [device.value, mailbox.value]
        )
    }

    private static func skipped(
        _ terms: ViewTerms,
        _ mailbox: MailboxID,
        _ last: Int64,
        _ database: Database
    ) throws -> NumberRanges {
        switch terms.firstSees {
        case .everything: NumberRanges()
        case .since(let moment): try ReceivedBefore.rows(of: mailbox, before: moment, after: 0, database)
        case .nothing: last > 0 ? NumberRanges([1...UInt32(clamping: last)]) : NumberRanges()
        }
    }
}
