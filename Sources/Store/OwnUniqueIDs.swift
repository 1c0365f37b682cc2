import GRDB
import Gateway
import IMAP
import POP3

/// Where a unique-id that a device has for itself comes from: the `generation` of its row. Of two of one message the
/// greater counts; those of a restore are 1 and above.
enum UniqueIDGeneration {
    /// By a format of the device's own.
    static let ownFormat: Int64 = -1
    /// What the device knew when the account's unique-ids were learned.
    static let known: Int64 = 0
}

/// Gives messages unique-ids by a format that one device has for itself, where they have none of its own yet. A message
/// that gave its UID up (`RenumberingRows`) has gone for good and needs none.
struct OwnUniqueIDs {
    let device: DeviceID
    let mailbox: MailboxID
    let format: UniqueIDFormat

    func make(after row: Int64, _ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT number, uid, uidValidity, serverID FROM message
                WHERE mailbox = ? AND number > ? AND uidValidity > 0 AND NOT EXISTS (
                  SELECT 1 FROM deviceUIDL
                  WHERE device = ? AND deviceUIDL.mailbox = message.mailbox AND deviceUIDL.number = message.number
                ) ORDER BY number
                """,
            arguments: [self.mailbox.value, row, self.device.value]
        )
        let insert = try database.cachedStatement(
            sql: "INSERT INTO deviceUIDL (device, mailbox, number, generation, uidl) VALUES (?, ?, ?, ?, ?)"
        )
        while let row = try rows.next() {
            guard let uid = UInt32(exactly: row[1] as Int64).flatMap({ UID($0) }),
                let validity = UInt32(exactly: row[2] as Int64).flatMap({ UIDValidity($0) })
            else { throw StoreFailure.broken(reason: "a message of the listing cannot be read") }
            let serverID = (row[3] as String?).flatMap { ServerMessageID($0) }
            let message = ListedMessage(uid: uid, size: nil, internalDate: nil, serverID: serverID)
            let number: Int64 = row[0]
            let text = try self.unused(self.format.uniqueID(of: message, validity: validity).text, number, database)
            try insert.execute(arguments: [
                self.device.value, self.mailbox.value, number, UniqueIDGeneration.ownFormat, text,
            ])
        }
    }

    /// Gives what `source` has to `target`, of `rows` or of all, where `target` has none of its own.
    static func move(
        from source: DeviceID,
        to target: DeviceID,
        _ mailbox: MailboxID,
        rows: NumberRanges?,
        _ database: Database
    ) throws {
        let move = try database.cachedStatement(
            sql: """
                UPDATE OR IGNORE deviceUIDL SET device = :target
                WHERE device = :source AND mailbox = :mailbox AND number BETWEEN :first AND :last
                  AND number NOT IN (SELECT number FROM deviceUIDL WHERE device = :target AND mailbox = :mailbox)
                """
        )
        for range in rows?.ranges ?? [1...UInt32.max] {
            try move.execute(arguments: [
                "target": target.value, "source": source.value, "mailbox": mailbox.value,
                "first": Int64(range.lowerBound), "last": Int64(range.upperBound),
            ])
        }
    }

    /// `text`, or with a suffix (U-15) where the device knows another message by it. Other devices may have the same.
    private func unused(_ text: String, _ number: Int64, _ database: Database) throws -> String {
        let isTaken = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM message WHERE mailbox = ? AND uidl = ? AND number <> ?)
                  OR EXISTS (SELECT 1 FROM deviceUIDL WHERE device = ? AND mailbox = ? AND uidl = ?)
                """
        )
        var candidate = text
        var copy = 1
        while try Bool.fetchOne(
            isTaken,
            arguments: [
                self.mailbox.value, candidate, number, self.device.value, self.mailbox.value, candidate,
            ]
        ) ?? false {
            copy += 1
            candidate = "\(text)-\(copy)"
        }
        return candidate
    }
}
