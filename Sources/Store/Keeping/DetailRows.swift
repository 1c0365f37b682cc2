import Foundation
import GRDB
import Gateway
import LibCrypto

/// The details of messages, as rows beside the record, which only commits to them.
enum DetailRows {
    /// Octets of salt: nobody can guess a subject and try it against the commitment.
    private static let saltLength = 32

    /// Keeps them, with a record that commits to what was kept; nothing where they are known, were erased, or none are to
    /// be kept.
    static func keep(
        _ details: MessageDetails,
        _ mailbox: MailboxID,
        _ number: UInt32,
        _ database: Database,
        _ page: inout Journal.Page
    ) throws {
        guard try !self.isSettled(mailbox, number, database) else { return }
        let keeping = page.details
        switch try keeping.kept(of: mailbox, database) {
        case .none: return
        case .full:
            try self.insert(details, into: "detail", mailbox, number, database, &page)
            try MessageTexts.add(details, MessageKey(mailbox, number), database)
        case .hashed:
            guard let hashed = keeping.hashed(details) else { return }
            try self.insert(hashed, into: "hashedDetail", mailbox, number, database, &page)
        }
    }

    private static func isSettled(_ mailbox: MailboxID, _ number: UInt32, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM detail WHERE mailbox = ?1 AND number = ?2)
                  OR EXISTS (SELECT 1 FROM hashedDetail WHERE mailbox = ?1 AND number = ?2)
                  OR EXISTS (SELECT 1 FROM wantedDetail WHERE mailbox = ?1 AND number = ?2 AND state = 'erased')
                """
        )
        return try Bool.fetchOne(statement, arguments: [mailbox.value, Int64(number)]) == true
    }

    private static func insert(
        _ details: MessageDetails,
        into table: String,
        _ mailbox: MailboxID,
        _ number: UInt32,
        _ database: Database,
        _ page: inout Journal.Page
    ) throws {
        let salt = Random.octets(Self.saltLength)
        try database.cachedStatement(
            sql: """
                INSERT INTO \(table) (mailbox, number, salt, messageID, sender, subject, date)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            mailbox.value, Int64(number), Data(salt), Data(details.messageID), Data(details.from),
            Data(details.subject), Data(details.date),
        ])
        let what = table == "detail" ? "what" : "hashes of what"
        let attempt = Attempt(
            action: .details,
            outcome: .success,
            asked: "",
            answered: "",
            done: "kept \(what) the header of message \(number) of mailbox \(mailbox.value) says",
            numbers: NumberRanges(numbers: [number]),
            mailbox: mailbox
        )
        let record = AuditRecord(time: page.time, origin: .server, attempt: attempt)
        try page.append(record, commitment: self.commitment(salt, details))
    }

    /// SHA-256 over the salt and each field behind its length, so that no field can pass for another's end.
    private static func commitment(_ salt: [UInt8], _ details: MessageDetails) -> [UInt8] {
        let fields = [details.messageID, details.from, details.subject, details.date]
        return SHA256.digest(ofPieces: [salt] + fields.flatMap { [Self.length(of: $0), $0] })
    }

    private static func length(of field: [UInt8]) -> [UInt8] {
        let count = UInt32(clamping: field.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }
}

extension DetailRows {
    /// Removes what is known of a message, and remembers that it must not come back.
    static func erase(_ mailbox: MailboxID, _ number: UInt32, _ database: Database) throws {
        try self.remove(mailbox, number, database)
        try database.cachedStatement(
            sql: """
                INSERT INTO wantedDetail (mailbox, number, state) VALUES (?, ?, 'erased')
                ON CONFLICT (mailbox, number) DO UPDATE SET state = 'erased'
                """
        ).execute(arguments: [mailbox.value, Int64(number)])
    }

    static func remove(_ mailbox: MailboxID, _ number: UInt32, _ database: Database) throws {
        for table in ["detail", "hashedDetail"] {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE mailbox = ? AND number = ?")
                .execute(arguments: [mailbox.value, Int64(number)])
        }
    }
}
