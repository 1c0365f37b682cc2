import Foundation
import GRDB
package import Gateway
package import IMAP

// What messages are known by beside their UIDs, and the change of these.
extension SQLiteStore {
    package func withoutKey(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        limit: Int
    ) async throws(StoreFailure) -> [UID] {
        try self.lookUp { database in
            // The conditions are those of the index messageWithoutKey: where every message has a key it is empty.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT uid FROM message WHERE mailbox = ? AND uidValidity = ?
                      AND gone = 0 AND serverID IS NULL AND headerKey IS NULL AND givesNoKey = 0
                    ORDER BY uid DESC LIMIT ?
                    """
            )
            return try Int64.fetchAll(statement, arguments: [mailbox.value, Int64(validity.value), limit]).compactMap {
                UInt32(exactly: $0).flatMap { UID($0) }
            }
        }
    }

    package func keep(
        _ keys: [UID: [UInt8]?],
        _ validity: UIDValidity,
        in mailbox: MailboxID
    ) async throws(StoreFailure) {
        guard !keys.isEmpty else { return }
        try await self.write { try MessageKeys.keep(keys, validity, mailbox, $0) }
    }

    package func remembered(_ mailbox: MailboxID) async throws(StoreFailure) -> [RememberedMessage] {
        try await self.read { try MessageKeys.remembered(mailbox, $0) }
    }

    package func renumber(
        _ mailbox: MailboxID,
        _ renumbering: Renumbering
    ) async throws(StoreFailure) -> RenumberingVerdict {
        do {
            return try await self.change { database, page in
                try RenumberingRows(mailbox, renumbering, database).carryOut(&page)
            }
        } catch {
            if case .failed(let failure) = error { throw failure }
            throw .broken(reason: "\(error)")
        }
    }

    package func awaitsOperator(_ mailbox: MailboxID) async throws(StoreFailure) -> Bool {
        try await self.read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM doubt WHERE mailbox = ? AND isAccepted = 0)",
                arguments: [mailbox.value]
            ) ?? false
        }
    }

    /// Lets the next login to `account` go on with mailboxes that have changed so much that they were refused: what is not
    /// recognised there is new. How many mailboxes; throws when none waits for it. Synced, with its record.
    package func acceptRenumbering(of account: String, by user: String) async throws(StoreError) -> Int {
        try await self.change { database, page in
            try database.execute(
                sql: """
                    UPDATE doubt SET isAccepted = 1 WHERE mailbox IN
                      (SELECT mailbox.id FROM mailbox JOIN account ON account.id = mailbox.account WHERE account.login = ?)
                    """,
                arguments: [LoginName(account).normalised]
            )
            let count = database.changesCount
            guard count > 0 else { throw StoreError.nothingToAccept(account) }
            let attempt = Attempt(
                action: .listingChanged,
                outcome: .success,
                asked: "uidl accept --account \(account)",
                answered: "",
                done: "the next login goes on with what the mail server has now"
            )
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
            return count
        }
    }
}

/// Keys of messages, as rows.
enum MessageKeys {
    static func keep(
        _ keys: [UID: [UInt8]?],
        _ validity: UIDValidity,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE message SET headerKey = ?, givesNoKey = ?
                WHERE mailbox = ? AND uidValidity = ? AND uid = ? AND headerKey IS NULL
                """
        )
        for (uid, key) in keys {
            try statement.execute(arguments: [
                key.map { Data($0) }, key == nil ? 1 : 0, mailbox.value, Int64(validity.value), Int64(uid.value),
            ])
        }
    }

    static func remembered(_ mailbox: MailboxID, _ database: Database) throws -> [RememberedMessage] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT message.number, message.uid, coalesce(listedSize, size), coalesce(listedDate, internalDate),
                  serverID, headerKey
                FROM message JOIN mailbox ON mailbox.id = message.mailbox AND mailbox.validity = message.uidValidity
                WHERE message.mailbox = ? AND gone = 0 ORDER BY message.uid
                """,
            arguments: [mailbox.value]
        )
        var messages: [RememberedMessage] = []
        while let row = try rows.next() {
            guard let number = UInt32(exactly: row[0] as Int64),
                let uid = UInt32(exactly: row[1] as Int64).flatMap({ UID($0) })
            else { throw StoreFailure.broken(reason: "a message of the listing cannot be read") }
            messages.append(
                RememberedMessage(
                    number: number,
                    uid: uid,
                    size: (row[2] as Int64?).flatMap { UInt32(exactly: $0) },
                    internalDate: row[3],
                    serverID: (row[4] as String?).flatMap { ServerMessageID($0) },
                    headerKey: (row[5] as Data?).map { [UInt8]($0) }
                )
            )
        }
        return messages
    }
}
