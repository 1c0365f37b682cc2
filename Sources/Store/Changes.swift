import GRDB
import Gateway

/// Makes the changes that belong to records, in their transaction.
enum Changes {
    static func apply(_ change: Change, _ database: Database, _ page: inout Journal.Page) throws {
        switch change {
        case .hide(let device, let mailbox, let numbers):
            try Ranges.hidden(try DeviceRows.current(device, database), mailbox).add(numbers, database)
        case .withhold(let mailbox, let address, let numbers):
            try Ranges.withheld(mailbox, address).add(numbers, database)
        case .size(let mailbox, let number, let octets):
            try database.cachedStatement(
                sql: """
                    UPDATE message SET listedSize = coalesce(listedSize, size), size = ? WHERE mailbox = ? AND number = ?
                    """
            )
            .execute(arguments: [Int64(octets), mailbox.value, Int64(number)])
        case .details(let mailbox, let number, let details):
            try DetailRows.keep(details, mailbox, number, database, &page)
            try WantedDetailRows.fulfil(mailbox, number, database)
        case .headers(let headers): try WantedDetailRows.keep(headers, database, &page)
        case .endNotice(let uniqueID): try NoticeRows.end(uniqueID, at: page.time, database)
        }
    }
}

/// A set of row numbers in the database: what a device has hidden, what it began without, or what is withheld from an
/// address.
enum Ranges {
    case hidden(DeviceID, MailboxID)
    case skipped(DeviceID, MailboxID)
    case withheld(MailboxID, IPAddress)

    func read(_ database: Database) throws -> NumberRanges {
        let statement = try database.cachedStatement(
            sql: "SELECT first, last FROM \(self.table) WHERE \(self.condition) ORDER BY first"
        )
        let rows = try Row.fetchAll(statement, arguments: self.key)
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
        case .skipped: "skipped"
        case .withheld: "withheld"
        }
    }

    private var condition: String {
        switch self {
        case .hidden, .skipped: "device = ? AND mailbox = ?"
        case .withheld: "mailbox = ? AND address = ?"
        }
    }

    private var key: StatementArguments {
        switch self {
        case .hidden(let device, let mailbox), .skipped(let device, let mailbox): [device.value, mailbox.value]
        case .withheld(let mailbox, let address): [mailbox.value, address.description]
        }
    }
}
