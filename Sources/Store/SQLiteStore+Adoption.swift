import Foundation
import GRDB
package import Gateway
import POP3

/// How far a mailbox has come in taking over the unique-ids of the provider's own POP3 service.
package enum AdoptionState: String, Hashable, Sendable {
    /// Never begun, or not finished yet; what was learned so far is kept.
    case open
    case finished
    /// The operator said to go on without it.
    case givenUp = "given-up"
}

/// A unique-id of the provider's own POP3 service, and what is known of its message.
package struct LearnedUniqueID: Hashable, Sendable {
    /// 1 to 255 octets of 0x21 to 0x7E.
    package let text: String
    package let key: [UInt8]?
    /// The row of our message, once it was found.
    package let row: UInt32?

    package init(text: String, key: [UInt8]?, row: UInt32?) {
        self.text = text
        self.key = key
        self.row = row
    }
}

/// What was matched, as the record and the report tell it.
package struct AdoptionCounts: Hashable, Sendable {
    package var bySize = 0
    package var byHeader = 0
    /// Known from an earlier run.
    package var before = 0
    package var unmatchedTheirs = 0
    package var unmatchedOurs = 0
    package var collisions = 0

    package init() {}

    package var matched: Int { self.bySize + self.byHeader + self.before }
}

/// What the last step has done.
package struct AdoptionResult: Hashable, Sendable {
    /// Messages whose unique-id is another now.
    package var changed = 0
    /// Texts that no device could be shown: longer than 70 octets, in use for another message of a device, or two for
    /// one message.
    package var unusable = 0
    /// Devices that go on with the unique-ids they know.
    package var unchangedDevices = 0
}

extension SQLiteStore {
    package func adoptionState(_ account: AccountID, mailbox: String) async throws(StoreFailure) -> AdoptionState {
        try await self.read { database in
            let text = try String.fetchOne(
                database,
                sql: """
                    SELECT adoption.state FROM adoption JOIN mailbox ON mailbox.id = adoption.mailbox
                    WHERE mailbox.account = ? AND mailbox.name = ?
                    """,
                arguments: [account.value, mailbox]
            )
            return text.flatMap(AdoptionState.init) ?? .open
        }
    }

    /// All that was learned of this mailbox, in earlier runs too.
    package func learned(_ mailbox: MailboxID) async throws(StoreFailure) -> [LearnedUniqueID] {
        try await self.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT uidl, headerKey, number FROM learned WHERE mailbox = ?",
                arguments: [mailbox.value]
            )
            return rows.map { row in
                LearnedUniqueID(
                    text: row[0],
                    key: (row[1] as Data?).map { [UInt8]($0) },
                    row: (row[2] as Int64?).flatMap { UInt32(exactly: $0) }
                )
            }
        }
    }

    /// What each message is recognised by, where it is known, and when it was received (seconds since 1970).
    package func recognition(
        _ mailbox: MailboxID
    ) async throws(StoreFailure) -> [UInt32: (key: [UInt8]?, received: Int64?)] {
        try await self.read { database in
            var found: [UInt32: (key: [UInt8]?, received: Int64?)] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT number, headerKey, internalDate FROM message WHERE mailbox = ? AND gone = 0",
                arguments: [mailbox.value]
            )
            while let row = try rows.next() {
                guard let number = UInt32(exactly: row[0] as Int64) else { continue }
                found[number] = ((row[1] as Data?).map { [UInt8]($0) }, row[2])
            }
            return found
        }
    }

    /// Keeps progress: it is there for the next run, whatever becomes of this one.
    package func keep(
        _ learned: [LearnedUniqueID],
        keys: [UInt32: [UInt8]],
        of mailbox: MailboxID
    ) async throws(StoreFailure) {
        try await self.write { database in
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO learned (mailbox, uidl, headerKey, number) VALUES (?, ?, ?, ?)
                    ON CONFLICT (mailbox, uidl) DO UPDATE SET
                      headerKey = coalesce(excluded.headerKey, headerKey), number = coalesce(excluded.number, number)
                    """
            )
            for one in learned {
                try insert.execute(arguments: [
                    mailbox.value, one.text, one.key.map { Data($0) }, one.row.map { Int64($0) },
                ])
            }
            let update = try database.cachedStatement(
                sql: "UPDATE message SET headerKey = ? WHERE mailbox = ? AND number = ?"
            )
            for (row, key) in keys { try update.execute(arguments: [Data(key), mailbox.value, Int64(row)]) }
        }
    }

    /// Gives the messages that were found their learned unique-ids, with its record, in one transaction.
    ///
    /// `paired` are the texts that stand for a message now: what was learned of any other, e.g. of one that the service
    /// no longer lists, stands for none. A device that has been shown this mailbox before knows other texts: it keeps
    /// them, unless `replacing`.
    package func finishAdoption(
        of mailbox: MailboxID,
        _ counts: AdoptionCounts,
        paired: Set<String>,
        replacing: Bool,
        asked: String,
        origin: AuditRecord.Origin,
        upstream: [String]
    ) async throws(StoreError) -> AdoptionResult {
        try await self.change { database, page in
            let rows = LearnedRows(mailbox: mailbox, database: database)
            try rows.retire(except: paired)
            let result = try rows.apply(replacing: replacing)
            try AdoptionRows.set(.finished, mailbox, counts, time: page.time, database)
            var all = [
                "matched-by-size": counts.bySize, "matched-by-header": counts.byHeader, "matched-before": counts.before,
                "unmatched-pop3": counts.unmatchedTheirs, "unmatched-imap": counts.unmatchedOurs,
                "collisions": counts.collisions, "changed": result.changed, "unusable": result.unusable,
            ]
            all = all.filter { $0.value > 0 }
            let attempt = Attempt(
                action: .uidlLearned,
                outcome: .success,
                asked: asked,
                answered: "",
                done: "\(result.changed) messages have the unique-ids of the provider's POP3 service now",
                upstream: upstream,
                counts: all
            )
            try page.append(AuditRecord(time: page.time, origin: origin, attempt: attempt))
            return result
        }
    }

    /// Lets the account's devices in without the provider's unique-ids. False when there is no mailbox of this account that
    /// waits for them.
    package func giveUpAdoption(login: String, by user: String) async throws(StoreError) -> Bool {
        try await self.change { database, page in
            let mailboxes = try Int64.fetchAll(
                database,
                sql: """
                    SELECT mailbox.id FROM mailbox JOIN account ON account.id = mailbox.account
                    WHERE account.login = ? AND mailbox.id NOT IN (SELECT mailbox FROM adoption)
                    """,
                arguments: [login]
            )
            for mailbox in mailboxes {
                try AdoptionRows.set(.givenUp, MailboxID(mailbox), AdoptionCounts(), time: page.time, database)
            }
            guard !mailboxes.isEmpty else { return false }
            let attempt = Attempt(
                action: .uidlLearned,
                outcome: .failure,
                asked: "uidl learn --give-up --account \(LoginName(login).display)",
                answered: "",
                done: "nothing is learned: the account goes on with unique-ids of Leavecopy's own",
                reason: "given up by the operator"
            )
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
            return true
        }
    }
}
