import Foundation
import GRDB
package import Gateway

/// Whose details, or those of which messages, are to be erased. What is nil is not asked; all that is asked must hold.
package struct Erasure: Hashable, Sendable {
    /// An address in From, in any case.
    package var sender: String?
    package var account: LoginName?
    /// A row of the account's mailboxes.
    package var row: UInt32?
    /// By INTERNALDATE, seconds since 1970: from the first on, and before the second.
    package var since: Int64?
    package var until: Int64?

    package init() {}

    /// What is asked, by class: the record must not keep what is being erased.
    var asked: String {
        var words = ["audit erase"]
        if self.sender != nil { words.append("--from ADDRESS") }
        if let account { words.append("--account \(account.display)") }
        if let row { words.append("--message \(row)") }
        if let since { words.append("--since \(Self.time(since))") }
        if let until { words.append("--until \(Self.time(until))") }
        return words.joined(separator: " ")
    }

    private static func time(_ seconds: Int64) -> String {
        let (microseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? String(seconds) : Timestamp.text(microseconds)
    }
}

/// What an erasure came to.
package struct Erased: Hashable, Sendable {
    /// Messages that had details and have none any more.
    package let messages: Int
    /// Whether nothing of them is left in the database's files. False when others kept reading an older state; the server
    /// clears it away with its next checkpoints.
    package let isGoneFromDisk: Bool

    package init(messages: Int, isGoneFromDisk: Bool) {
        self.messages = messages
        self.isGoneFromDisk = isGoneFromDisk
    }
}

extension SQLiteStore {
    /// How many messages have details that would be erased.
    package func erasable(_ erasure: Erasure) async throws(StoreError) -> Int {
        let keeping = self.journal.details
        return try await self.ask { try Self.found(erasure, keeping, $0).reduce(0) { $0 + $1.value.count } }
    }

    /// Removes the details, their salts and what was made of them, and never takes them again; the commitments stay on
    /// record. The record of it is synced with the change.
    package func erase(_ erasure: Erasure, by origin: AuditRecord.Origin) async throws(StoreError) -> Erased {
        let keeping = self.journal.details
        let messages = try await self.change { database, page in
            let found = try Self.found(erasure, keeping, database).sorted { $0.key.value < $1.key.value }
            for (mailbox, numbers) in found {
                for number in numbers { try DetailRows.erase(mailbox, number, database) }
            }
            if !found.isEmpty { try Scrubbing.run(database) }
            if erasure.sender == nil { try Self.stopFetching(erasure, database) }
            for (mailbox, numbers) in found {
                try page.append(
                    Self.record(erasure, mailbox, NumberRanges(numbers: numbers), by: origin, at: page.time)
                )
            }
            return found.reduce(0) { $0 + $1.value.count }
        }
        return Erased(messages: messages, isGoneFromDisk: await self.emptyWriteAheadLog())
    }

    private static func record(
        _ erasure: Erasure,
        _ mailbox: MailboxID,
        _ rows: NumberRanges,
        by origin: AuditRecord.Origin,
        at time: Int64
    ) -> AuditRecord {
        let attempt = Attempt(
            action: .detailsErased,
            outcome: .success,
            asked: erasure.asked,
            answered: "",
            done: "erased what the headers of \(rows.count) messages of mailbox \(mailbox.value) say",
            numbers: rows,
            mailbox: mailbox
        )
        return AuditRecord(time: time, origin: origin, attempt: attempt)
    }

    private static func found(
        _ erasure: Erasure,
        _ keeping: DetailKeeping,
        _ database: Database
    ) throws -> [MailboxID: [UInt32]] {
        let (condition, arguments) = self.condition(erasure)
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT source.mailbox, source.number, source.sender, source.isHashed FROM
                  (SELECT mailbox, number, sender, 0 AS isHashed FROM detail
                   UNION ALL SELECT mailbox, number, sender, 1 FROM hashedDetail) AS source
                  \(condition)
                """,
            arguments: arguments
        )
        let sender = erasure.sender.map { HeaderAddress.normalised($0) }
        let hash = sender.flatMap { keeping.hash(of: $0, .sender) }
        var found: [MailboxID: [UInt32]] = [:]
        while let row = try rows.next() {
            if let sender {
                let octets = [UInt8](row[2] as Data)
                let isHashed: Bool = row[3]
                guard isHashed ? octets == hash : HeaderAddress.addresses(in: octets).contains(sender) else { continue }
            }
            guard let number = UInt32(exactly: row[1] as Int64) else { continue }
            found[MailboxID(row[0]), default: []].append(number)
        }
        return found
    }

    /// What is still to be fetched of these messages never is.
    private static func stopFetching(_ erasure: Erasure, _ database: Database) throws {
        let (condition, arguments) = self.condition(erasure)
        try database.execute(
            sql: """
                UPDATE wantedDetail SET state = 'erased' WHERE state = 'wanted'
                  AND id IN (SELECT source.id FROM wantedDetail AS source \(condition))
                """,
            arguments: arguments
        )
    }

    /// All but the sender, for rows that are named `source`.
    private static func condition(_ erasure: Erasure) -> (String, StatementArguments) {
        var conditions = ["1"]
        var arguments: StatementArguments = []
        func ask(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        ask("account.login = ?", erasure.account?.normalised)
        ask("source.number = ?", erasure.row.map { Int64($0) })
        ask("message.internalDate >= ?", erasure.since)
        ask("message.internalDate < ?", erasure.until)
        let joins = """
            JOIN message ON message.mailbox = source.mailbox AND message.number = source.number
            JOIN mailbox ON mailbox.id = source.mailbox JOIN account ON account.id = mailbox.account
            """
        return ("\(joins) WHERE \(conditions.joined(separator: " AND "))", arguments)
    }

    /// Moves what the log holds into the database and cuts it to nothing, so that no older page stays in it. False when
    /// somebody reads an older state all the while.
    func emptyWriteAheadLog() async -> Bool {
        for _ in 0..<Self.emptyings {
            let isEmpty = try? await self.pool.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
                return true
            }
            if isEmpty == true { return true }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    /// Each waits 2 seconds for readers.
    private static let emptyings = 5
}
