import GRDB
import Gateway
import IMAP
import POP3

/// The listing of a mailbox, as rows: each message has its number and its unique-id from the first time it was seen.
enum ListingRows {
    /// What a device is told of a message whose size the mail server did not say (I-36).
    private static let placeholderSize: UInt32 = 1_024

    static func read(_ mailbox: MailboxID, _ database: Database) throws -> StoredListing {
        try self.read(mailbox, database) { validity in
            MailboxSnapshot(validity: validity, messages: try self.messages(mailbox, validity, database))
        }
    }

    /// What is stored beside the messages, with a snapshot of them.
    private static func read(
        _ mailbox: MailboxID,
        _ database: Database,
        snapshot: (UIDValidity?) throws -> MailboxSnapshot
    ) throws -> StoredListing {
        let statement = try database.cachedStatement(
            sql: """
                SELECT validity, messages, uidNext, EXISTS (SELECT 1 FROM doubt WHERE mailbox = mailbox.id),
                  EXISTS (SELECT 1 FROM missing WHERE mailbox = mailbox.id), changes
                FROM mailbox WHERE id = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [mailbox.value]) else {
            throw StoreFailure.broken(reason: "there is no such mailbox")
        }
        let validity = (row[0] as Int64?).flatMap { UInt32(exactly: $0) }.flatMap { UIDValidity($0) }
        return StoredListing(
            mailbox: mailbox,
            validity: validity,
            exists: UInt32(clamping: row[1] as Int64),
            uidNext: (row[2] as Int64?).flatMap { UInt32(exactly: $0) }.flatMap { UID($0) },
            snapshot: try snapshot(validity),
            isDoubted: row[3],
            hasMissing: row[4],
            changes: row[5]
        )
    }

    /// The count of a mailbox's changes; nil where there is no such mailbox.
    static func changes(_ mailbox: MailboxID, _ database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT changes FROM mailbox WHERE id = ?")
        return try Int64.fetchOne(statement, arguments: [mailbox.value])
    }

    private static func messages(
        _ mailbox: MailboxID,
        _ validity: UIDValidity?,
        _ database: Database
    ) throws -> [Message] {
        guard let validity else { return [] }
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, uid, uidl, size FROM message
                WHERE mailbox = ? AND uidValidity = ? AND gone = 0 ORDER BY uid
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [mailbox.value, Int64(validity.value)])
        var messages: [Message] = []
        while let row = try rows.next() {
            guard let number = UInt32(exactly: row[0] as Int64),
                let uid = UInt32(exactly: row[1] as Int64).flatMap({ UID($0) }),
                let uniqueID = UniqueID(row[2])
            else { throw StoreFailure.broken(reason: "a message of the listing cannot be read") }
            let size = self.shown((row[3] as Int64?).map { UInt32(clamping: $0) })
            messages.append(Message(number: number, uid: uid, size: size, uniqueID: uniqueID))
        }
        return messages
    }

    /// Brings `stored` up to date. Where it is what is stored, and all that has changed stands behind it, no other message is
    /// read.
    static func update(
        _ stored: StoredListing,
        with listing: ListingUpdate,
        seen: String? = nil,
        _ database: Database,
        _ page: inout Journal.Page
    ) throws -> StoredListing {
        let isCurrent = try self.changes(stored.mailbox, database) == stored.changes
        let moved = try self.update(stored.mailbox, with: listing, seen: seen, database, &page)
        guard isCurrent, moved.gone.isEmpty, moved.back.isEmpty,
            moved.new.first.map({ stored.snapshot.isBehind($0.uid) }) ?? true
        else { return try self.read(stored.mailbox, database) }
        return try self.read(stored.mailbox, database) { stored.snapshot.appending(moved.new, validity: $0) }
    }

    static func shown(_ size: UInt32?) -> UInt32 { max(1, size ?? self.placeholderSize) }

    /// `seen` is when a listing agreed with the mail server last, where that is known beside the database.
    @discardableResult
    static func update(
        _ mailbox: MailboxID,
        with listing: ListingUpdate,
        seen: String? = nil,
        _ database: Database,
        _ page: inout Journal.Page
    ) throws -> Moved {
        let find = try database.cachedStatement(sql: "SELECT validity, listed FROM mailbox WHERE id = ?")
        let row = try Row.fetchOne(find, arguments: [mailbox.value])
        if let known = row?[0] as Int64?, known != Int64(listing.validity.value) {
            throw StoreFailure.broken(reason: "a listing of another UIDVALIDITY")
        }
        let now = Timestamp.text(page.time)
        try database.cachedStatement(sql: "DELETE FROM doubt WHERE mailbox = ?").execute(arguments: [mailbox.value])
        var moved = Moved()
        try self.add(listing, mailbox, now, &moved, database)
        // Counted here once, and not by a trigger for each: a first listing adds hundreds of thousands.
        let statement = try database.cachedStatement(
            sql: """
                UPDATE mailbox SET validity = ?, messages = ?, uidNext = ?, listed = coalesce(?, listed),
                  changes = changes + ? WHERE id = ?
                """
        )
        try statement.execute(arguments: [
            Int64(listing.validity.value), Int64(listing.exists), listing.uidNext.map { Int64($0.value) },
            listing.sighting == nil ? nil : now, moved.new.isEmpty ? 0 : 1, mailbox.value,
        ])
        if let present = listing.present { try self.compare(present, listing.validity, mailbox, &moved, database) }
        let missing = MissingRows(mailbox: mailbox, database: database)
        try missing.found(NumberRanges(numbers: moved.back), listing.sighting, &page)
        guard let sighting = listing.sighting else { return moved }
        try missing.confirm(sighting, &page)
        let since = [row?[1] as String?, seen].compactMap { $0 }.max()
        try missing.note(NumberRanges(numbers: moved.gone), Between(from: since, until: now), sighting)
        return moved
    }

    /// Messages that a listing has for the first time, in order of UID; rows that it no longer has, and that it has again.
    struct Moved {
        var new: [Message] = []
        var gone: [UInt32] = []
        var back: [UInt32] = []
    }

    /// What is not among `present` has gone; what was gone and is among them is there again.
    private static func compare(
        _ present: [ClosedRange<UInt32>],
        _ validity: UIDValidity,
        _ mailbox: MailboxID,
        _ moved: inout Moved,
        _ database: Database
    ) throws {
        let there = NumberRanges(present)
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT uid, gone, number FROM message WHERE mailbox = ? AND uidValidity = ?",
            arguments: [mailbox.value, Int64(validity.value)]
        )
        for row in rows {
            let uid: Int64 = row[0]
            let isGone = !(UInt32(exactly: uid).map { there.contains($0) } ?? false)
            guard isGone != ((row[1] as Int64) != 0) else { continue }
            try self.set("gone", isGone ? 1 : 0, uid, Int64(validity.value), mailbox, database)
            guard let number = UInt32(exactly: row[2] as Int64) else { continue }
            if isGone { moved.gone.append(number) } else { moved.back.append(number) }
        }
    }

    /// `column` is one of ours.
    static func set(
        _ column: String,
        _ value: some DatabaseValueConvertible,
        _ uid: Int64,
        _ validity: Int64,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "UPDATE message SET \(column) = ? WHERE mailbox = ? AND uidValidity = ? AND uid = ?"
        )
        .execute(arguments: [value, mailbox.value, validity, uid])
    }
}

extension MailboxSnapshot {
    /// Whether a message of that UID stands behind all of these.
    fileprivate func isBehind(_ uid: UID) -> Bool { self.uid(at: self.count - 1).map { $0 < uid } ?? true }
}
