import GRDB
import Gateway
import IMAP
import POP3

/// The listing of a mailbox, as rows: each message has its number and its unique-id from the first time it was seen.
enum ListingRows {
    /// What a device is told of a message whose size the mail server did not say (I-36).
    private static let placeholderSize: UInt32 = 1_024

    static func read(_ mailbox: MailboxID, _ database: Database) throws -> StoredListing {
        guard
            let row = try Row.fetchOne(
                database,
                sql: "SELECT validity, messages, uidNext FROM mailbox WHERE id = ?",
                arguments: [mailbox.value]
            )
        else { throw StoreFailure.broken(reason: "there is no such mailbox") }
        let validity = (row[0] as Int64?).flatMap { UInt32(exactly: $0) }.flatMap { UIDValidity($0) }
        return StoredListing(
            mailbox: mailbox,
            validity: validity,
            exists: UInt32(clamping: row[1] as Int64),
            uidNext: (row[2] as Int64?).flatMap { UInt32(exactly: $0) }.flatMap { UID($0) },
            snapshot: MailboxSnapshot(validity: validity, messages: try self.messages(mailbox, validity, database))
        )
    }

    private static func messages(
        _ mailbox: MailboxID,
        _ validity: UIDValidity?,
        _ database: Database
    ) throws -> [Message] {
        guard let validity else { return [] }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT number, uid, uidl, size FROM message
                WHERE mailbox = ? AND uidValidity = ? AND gone = 0 ORDER BY uid
                """,
            arguments: [mailbox.value, Int64(validity.value)]
        )
        var messages: [Message] = []
        while let row = try rows.next() {
            guard let number = UInt32(exactly: row[0] as Int64),
                let uid = UInt32(exactly: row[1] as Int64).flatMap({ UID($0) }),
                let uniqueID = UniqueID(row[2])
            else { throw StoreFailure.broken(reason: "a message of the listing cannot be read") }
            let size = (row[3] as Int64?).map { UInt32(clamping: $0) } ?? Self.placeholderSize
            messages.append(Message(number: number, uid: uid, size: max(1, size), uniqueID: uniqueID))
        }
        return messages
    }

    static func update(_ mailbox: MailboxID, with listing: ListingUpdate, _ database: Database) throws {
        let known = try Int64.fetchOne(
            database,
            sql: "SELECT validity FROM mailbox WHERE id = ?",
            arguments: [mailbox.value]
        )
        if let known, known != Int64(listing.validity.value) {
            throw StoreFailure.broken(reason: "a listing of another UIDVALIDITY")
        }
        try database.execute(
            sql: "UPDATE mailbox SET validity = ?, messages = ?, uidNext = ? WHERE id = ?",
            arguments: [
                Int64(listing.validity.value), Int64(listing.exists), listing.uidNext.map { Int64($0.value) },
                mailbox.value,
            ]
        )
        try self.add(listing, mailbox, database)
        if let present = listing.present { try self.compare(present, listing.validity, mailbox, database) }
    }

    private static func add(_ listing: ListingUpdate, _ mailbox: MailboxID, _ database: Database) throws {
        var number =
            try Int64.fetchOne(
                database,
                sql: "SELECT max(number) FROM message WHERE mailbox = ?",
                arguments: [mailbox.value]
            )
            ?? 0
        let validity = Int64(listing.validity.value)
        let find = try database.cachedStatement(
            sql: "SELECT gone FROM message WHERE mailbox = ? AND uidValidity = ? AND uid = ?"
        )
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO message (mailbox, number, uidValidity, uid, uidl, size, internalDate)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        for message in listing.added.sorted(by: { $0.uid < $1.uid }) {
            let uid = Int64(message.uid.value)
            if let gone = try Int64.fetchOne(find, arguments: [mailbox.value, validity, uid]) {
                if gone != 0 { try self.set(gone: false, uid, validity, mailbox, database) }
                continue
            }
            number &+= 1
            let text = try self.uniqueID(UniqueIDFormat.dovecot, message.uid, listing.validity, mailbox, database)
            try insert.execute(arguments: [
                mailbox.value, number, validity, uid, text, message.size.map { Int64($0) }, message.internalDate,
            ])
        }
    }

    /// The text by the format, made unique by a suffix where an older message has it (U-15).
    private static func uniqueID(
        _ format: UniqueIDFormat,
        _ uid: UID,
        _ validity: UIDValidity,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws -> String {
        let text = format.uniqueID(of: uid, validity: validity).text
        var candidate = text
        var suffix = 1
        while try self.isTaken(candidate, mailbox, database) {
            suffix += 1
            candidate = "\(text)-\(suffix)"
        }
        return candidate
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

    /// What is not among `present` has gone; what was gone and is among them is there again.
    private static func compare(
        _ present: [ClosedRange<UInt32>],
        _ validity: UIDValidity,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws {
        let there = NumberRanges(present)
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT uid, gone FROM message WHERE mailbox = ? AND uidValidity = ?",
            arguments: [mailbox.value, Int64(validity.value)]
        )
        for row in rows {
            let uid: Int64 = row[0]
            let isGone = !(UInt32(exactly: uid).map { there.contains($0) } ?? false)
            guard isGone != ((row[1] as Int64) != 0) else { continue }
            try self.set(gone: isGone, uid, Int64(validity.value), mailbox, database)
        }
    }

    private static func set(
        gone: Bool,
        _ uid: Int64,
        _ validity: Int64,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "UPDATE message SET gone = ? WHERE mailbox = ? AND uidValidity = ? AND uid = ?"
        )
        .execute(arguments: [gone ? 1 : 0, mailbox.value, validity, uid])
    }
}
