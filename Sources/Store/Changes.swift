import Foundation
import GRDB
import Gateway
import LibCrypto

/// Makes the changes that belong to records, in their transaction.
enum Changes {
    static func apply(_ change: Change, _ database: Database, _ page: inout Journal.Page) throws {
        switch change {
        case .hide(let device, let mailbox, let numbers):
            try Ranges.hidden(device, mailbox).add(numbers, database)
        case .withhold(let mailbox, let address, let numbers):
            try Ranges.withheld(mailbox, address).add(numbers, database)
        case .size(let mailbox, let number, let octets):
            try database.cachedStatement(sql: "UPDATE message SET size = ? WHERE mailbox = ? AND number = ?")
                .execute(arguments: [Int64(octets), mailbox.value, Int64(number)])
        case .details(let mailbox, let number, let details):
            try self.keep(details, mailbox, number, database, &page)
        }
    }

    /// Octets of salt: nobody can guess a subject and try it against the commitment.
    private static let saltLength = 32

    private static func keep(
        _ details: MessageDetails,
        _ mailbox: MailboxID,
        _ number: UInt32,
        _ database: Database,
        _ page: inout Journal.Page
    ) throws {
        let known = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM detail WHERE mailbox = ? AND number = ?)",
            arguments: [mailbox.value, Int64(number)]
        )
        guard known != true else { return }
        let salt = Random.octets(Self.saltLength)
        try database.cachedStatement(
            sql:
                "INSERT INTO detail (mailbox, number, salt, messageID, sender, subject, date) VALUES (?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            mailbox.value, Int64(number), Data(salt), Data(details.messageID), Data(details.from),
            Data(details.subject),
            Data(details.date),
        ])
        let attempt = Attempt(
            action: .details,
            outcome: .success,
            asked: "",
            answered: "",
            done: "kept what the header of message \(number) of mailbox \(mailbox.value) says",
            numbers: NumberRanges(numbers: [number])
        )
        let record = AuditRecord(time: page.time, origin: .server, attempt: attempt)
        try page.append(record, commitment: self.commitment(to: details, salt: salt))
    }

    /// SHA-256 over the salt and each field behind its length, so that no field can pass for another's end.
    static func commitment(to details: MessageDetails, salt: [UInt8]) -> [UInt8] {
        let fields = [details.messageID, details.from, details.subject, details.date]
        return SHA256.digest(ofPieces: [salt] + fields.flatMap { [Self.length(of: $0), $0] })
    }

    private static func length(of field: [UInt8]) -> [UInt8] {
        let count = UInt32(clamping: field.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }
}

/// A set of row numbers in the database: what a device has hidden, or what is withheld from an address.
enum Ranges {
    case hidden(DeviceID, MailboxID)
    case withheld(MailboxID, IPAddress)

    func read(_ database: Database) throws -> NumberRanges {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT first, last FROM \(self.table) WHERE \(self.condition) ORDER BY first",
            arguments: self.key
        )
        return NumberRanges(
            rows.compactMap { row -> ClosedRange<UInt32>? in
                guard let first = UInt32(exactly: row[0] as Int64), let last = UInt32(exactly: row[1] as Int64),
                    first <= last
                else { return nil }
                return first...last
            }
        )
    }

    func add(_ numbers: NumberRanges, _ database: Database) throws {
        try self.replace(with: try self.read(database).union(numbers), database)
    }

    func replace(with numbers: NumberRanges, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM \(self.table) WHERE \(self.condition)", arguments: self.key)
        let insert = try database.cachedStatement(sql: "INSERT INTO \(self.table) VALUES (?, ?, ?, ?)")
        for range in numbers.ranges {
            try insert.execute(arguments: self.key + [Int64(range.lowerBound), Int64(range.upperBound)])
        }
    }

    private var table: String {
        switch self {
        case .hidden: "hidden"
        case .withheld: "withheld"
        }
    }

    private var condition: String {
        switch self {
        case .hidden: "device = ? AND mailbox = ?"
        case .withheld: "mailbox = ? AND address = ?"
        }
    }

    private var key: StatementArguments {
        switch self {
        case .hidden(let device, let mailbox): [device.value, mailbox.value]
        case .withheld(let mailbox, let address): [mailbox.value, address.description]
        }
    }
}
