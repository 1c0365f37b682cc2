import Foundation
import GRDB
import Gateway
import IMAP

/// A change of UIDVALIDITY in the database, in one transaction with its record.
struct RenumberingRows {
    private let mailbox: MailboxID
    private let renumbering: Renumbering
    private let database: Database
    private let old: Int64
    private let new: Int64

    init(_ mailbox: MailboxID, _ renumbering: Renumbering, _ database: Database) {
        self.mailbox = mailbox
        self.renumbering = renumbering
        self.database = database
        self.old = Int64(renumbering.from.value)
        self.new = Int64(renumbering.listing.validity.value)
    }

    func carryOut(_ page: inout Journal.Page) throws -> RenumberingVerdict {
        let known = try Int64.fetchOne(
            self.database,
            sql: "SELECT validity FROM mailbox WHERE id = ?",
            arguments: [self.mailbox.value]
        )
        // Another session was first, and saw what we see.
        if known == self.new { return .done(try ListingRows.read(self.mailbox, self.database)) }
        guard known == self.old else { throw StoreFailure.broken(reason: "UIDVALIDITY has changed again") }
        let remembered =
            try Int.fetchOne(
                self.database,
                sql: "SELECT count(*) FROM message WHERE mailbox = ? AND uidValidity = ? AND gone = 0",
                arguments: [self.mailbox.value, self.old]
            ) ?? 0
        if self.renumbering.isDoubtful(remembered: remembered), try !self.isAccepted() {
            return try self.doubt(remembered, &page)
        }
        try self.freeUIDs()
        try self.renumber()
        try self.database.execute(
            sql: "UPDATE message SET gone = 1 WHERE mailbox = ? AND uidValidity = ? AND gone = 0",
            arguments: [self.mailbox.value, self.old]
        )
        try self.database.execute(
            sql: "UPDATE mailbox SET validity = ? WHERE id = ?",
            arguments: [self.new, self.mailbox.value]
        )
        try MissingRows(mailbox: self.mailbox, database: self.database).forgetAll()
        let listing = self.renumbering.listing
        try ListingRows.update(self.mailbox, with: listing, self.database, &page)
        try MessageKeys.keep(
            self.renumbering.keys.mapValues { $0 },
            listing.validity,
            self.mailbox,
            self.database
        )
        try self.record(remembered, isDone: true, &page)
        return .done(try ListingRows.read(self.mailbox, self.database))
    }

    private func isAccepted() throws -> Bool {
        try Bool.fetchOne(
            self.database,
            sql: "SELECT isAccepted FROM doubt WHERE mailbox = ?",
            arguments: [self.mailbox.value]
        ) ?? false
    }

    private func doubt(_ remembered: Int, _ page: inout Journal.Page) throws -> RenumberingVerdict {
        try self.database.execute(
            sql: "INSERT INTO doubt (mailbox) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [self.mailbox.value]
        )
        let isNew = self.database.changesCount > 0
        if isNew { try self.record(remembered, isDone: false, &page) }
        return .doubtful(matched: self.renumbering.pairs.count, of: remembered, isNew: isNew)
    }

    /// A UIDVALIDITY that comes back brings UIDs back that rows of its first time have. One that is listed and still fits
    /// is the same message; any other gives its UID up, lest a message that comes later and has it be taken for the old
    /// one and hidden: its number, negative, stands where no UIDVALIDITY can.
    private func freeUIDs() throws {
        let rows = try Row.fetchAll(
            self.database,
            sql: "SELECT uid, number, coalesce(listedSize, size) FROM message WHERE mailbox = ? AND uidValidity = ?",
            arguments: [self.mailbox.value, self.new]
        )
        guard !rows.isEmpty else { return }
        let matched = Set(self.renumbering.pairs.map { Int64($0.uid.value) })
        let sizes = Dictionary(self.renumbering.listing.added.map { (Int64($0.uid.value), $0.size) }) { first, _ in
            first
        }
        for row in rows {
            let uid: Int64 = row[0]
            let size = (row[2] as Int64?).flatMap { UInt32(exactly: $0) }
            guard matched.contains(uid) || sizes[uid].map({ $0 == size }) != true else { continue }
            try self.database.cachedStatement(
                sql: "UPDATE message SET uidValidity = -number WHERE mailbox = ? AND number = ?"
            ).execute(arguments: [self.mailbox.value, row[1] as Int64])
        }
    }

    private func renumber() throws {
        let listed = Dictionary(self.renumbering.listing.added.map { ($0.uid, $0) }) { first, _ in first }
        let statement = try self.database.cachedStatement(
            sql: """
                UPDATE message SET uidValidity = ?, uid = ?, gone = 0, listedSize = coalesce(?, listedSize),
                  listedDate = coalesce(?, listedDate), serverID = coalesce(?, serverID)
                WHERE mailbox = ? AND number = ? AND uidValidity = ?
                """
        )
        for pair in self.renumbering.pairs {
            let message = listed[pair.uid]
            try statement.execute(arguments: [
                self.new, Int64(pair.uid.value), message?.size.map { Int64($0) }, message?.internalDate,
                message?.serverID?.text, self.mailbox.value, Int64(pair.number), self.old,
            ])
        }
    }

    private func record(_ remembered: Int, isDone: Bool, _ page: inout Journal.Page) throws {
        let login = try String.fetchOne(
            self.database,
            sql: "SELECT login FROM account WHERE id = (SELECT account FROM mailbox WHERE id = ?)",
            arguments: [self.mailbox.value]
        )
        let pairs = self.renumbering.pairs
        var counts = [
            "recognised": pairs.count, "gone": remembered - pairs.count,
            "new": self.renumbering.listing.added.count - pairs.count,
        ]
        for means in Rematch.Means.allCases {
            let count = pairs.count { $0.means == means }
            if count > 0 { counts[means.rawValue] = count }
        }
        let attempt = Attempt(
            action: .listingChanged,
            outcome: isDone ? .success : .failure,
            asked: "",
            answered: "",
            done: isDone
                ? "\(login ?? ""): UIDVALIDITY \(self.old) became \(self.new), messages have new UIDs" : "nothing",
            reason: isDone ? nil : "\(login ?? ""): UIDVALIDITY changed, and too few messages are recognised",
            counts: counts
        )
        try page.append(AuditRecord(time: page.time, origin: .server, attempt: attempt))
    }
}
