import GRDB
import Gateway
import IMAP
import POP3

extension ListingRows {
    /// Gives messages that are new their numbers and unique-ids, in order of UID.
    static func add(
        _ listing: ListingUpdate,
        _ mailbox: MailboxID,
        _ now: String,
        _ moved: inout Moved,
        _ database: Database
    ) throws {
        var number = try self.lastNumber(mailbox, database)
        let validity = Int64(listing.validity.value)
        let find = try database.cachedStatement(
            sql: "SELECT gone, serverID IS NULL, number FROM message WHERE mailbox = ? AND uidValidity = ? AND uid = ?"
        )
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO message (mailbox, number, uidValidity, uid, uidl, size, internalDate, serverID, firstSeen)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for message in listing.added.sorted(by: { $0.uid < $1.uid }) {
            let uid = Int64(message.uid.value)
            if let known = try Row.fetchOne(find, arguments: [mailbox.value, validity, uid]) {
                if (known[0] as Int64) != 0 {
                    try self.set("gone", 0, uid, validity, mailbox, database)
                    if let number = UInt32(exactly: known[2] as Int64) { moved.back.append(number) }
                }
                if known[1] as Bool, let id = message.serverID {
                    try self.set("serverID", id.text, uid, validity, mailbox, database)
                }
                continue
            }
            number &+= 1
            let text = try self.uniqueID(listing.uniqueIDs, message, listing.validity, mailbox, database)
            try insert.execute(arguments: [
                mailbox.value, number, validity, uid, text, message.size.map { Int64($0) }, message.internalDate,
                message.serverID?.text, now,
            ])
            guard let row = UInt32(exactly: number), let uniqueID = UniqueID(text) else {
                throw StoreFailure.broken(reason: "a message of the listing cannot be kept")
            }
            moved.new.append(Message(number: row, uid: message.uid, size: self.shown(message.size), uniqueID: uniqueID))
        }
    }

    /// The text by the format, made unique by a suffix where an older message has it (U-15).
    private static func uniqueID(
        _ format: UniqueIDFormat,
        _ message: ListedMessage,
        _ validity: UIDValidity,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws -> String {
        let text = format.uniqueID(of: message, validity: validity).text
        var candidate = text
        var suffix = 1
        while try self.isTaken(candidate, mailbox, database) {
            suffix += 1
            candidate = "\(text)-\(suffix)"
        }
        return candidate
    }

    /// The newest row; 0 when there is none.
    static func lastNumber(_ mailbox: MailboxID, _ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT max(number) FROM message WHERE mailbox = ?")
        return try Int64.fetchOne(statement, arguments: [mailbox.value]) ?? 0
    }

    static func isTaken(_ text: String, _ mailbox: MailboxID, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM message WHERE mailbox = ? AND uidl = ?)
                  OR EXISTS (SELECT 1 FROM deviceUIDL WHERE mailbox = ? AND uidl = ?)
                """
        )
        return try Bool.fetchOne(statement, arguments: [mailbox.value, text, mailbox.value, text]) ?? false
    }
}
