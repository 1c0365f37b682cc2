import GRDB
import Gateway
import Synchronization

/// The rows of a mailbox that were received before a moment. A window begins at the same moment for a whole day, and a
/// date never changes, so what was found is kept in memory: a poll reads the rows that are new since the last.
final class ReceivedBefore: Sendable {
    private struct Key: Hashable {
        let mailbox: MailboxID
        let moment: Int64
    }

    private struct Found {
        /// The last row that was looked at.
        let last: Int64
        let rows: NumberRanges
    }

    /// Windows that are kept; beyond it all are found anew.
    private static let limit = 1_000

    private let found = Mutex<[Key: Found]>([:])

    func rows(of mailbox: MailboxID, before moment: Int64, _ database: Database) throws -> NumberRanges {
        let key = Key(mailbox: mailbox, moment: moment)
        let known = self.found.withLock { $0[key] } ?? Found(last: 0, rows: NumberRanges())
        let last = try ListingRows.lastNumber(mailbox, database)
        // A reader that began before another may be behind what that one has found.
        guard last > known.last else { return known.rows }
        let newer = try Self.rows(of: mailbox, before: moment, after: known.last, database)
        let all = Found(last: last, rows: newer.isEmpty ? known.rows : known.rows.union(newer))
        self.found.withLock { found in
            if found[key] == nil, found.count >= Self.limit { found = [:] }
            if (found[key]?.last ?? 0) < last { found[key] = all }
        }
        return all.rows
    }

    /// INTERNALDATE before `moment`, in seconds since 1970; a message without a date is never among them.
    static func rows(
        of mailbox: MailboxID,
        before moment: Int64,
        after row: Int64,
        _ database: Database
    ) throws -> NumberRanges {
        let numbers = try Int64.fetchCursor(
            database,
            sql: "SELECT number FROM message WHERE mailbox = ? AND number > ? AND internalDate < ? ORDER BY number",
            arguments: [mailbox.value, row, moment]
        )
        var rows = NumberRanges()
        while let number = try numbers.next() {
            if let number = UInt32(exactly: number) { rows.insert(number) }
        }
        return rows
    }
}
