import GRDB
package import Gateway
import IMAP
import POP3

extension SQLiteStore: Store {
    /// Devices that an account may have (DESIGN section 3).
    static let maximumDevices = 200

    package func account(upstream: String, login: String) async throws(StoreFailure) -> AccountID {
        let find = "SELECT id FROM account WHERE upstream = ? AND login = ?"
        if let id = try await self.read({ try Int64.fetchOne($0, sql: find, arguments: [upstream, login]) }) {
            return AccountID(id)
        }
        return try await self.write { database in
            try database.execute(
                sql: "INSERT INTO account (upstream, login) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [upstream, login]
            )
            guard let id = try Int64.fetchOne(database, sql: find, arguments: [upstream, login]) else {
                throw StoreFailure.broken(reason: "an account cannot be read back")
            }
            return AccountID(id)
        }
    }

    package func device(_ account: AccountID, identifier: Identifier) async throws(StoreFailure) -> Device {
        if let device = try await self.read({ try DeviceRows.find(account, identifier, $0) }) { return device }
        return try await self.write { database in
            if let device = try DeviceRows.find(account, identifier, database) { return device }
            let name = try DeviceRows.freeName(for: identifier, account, database)
            return try DeviceRows.make(name, account, [identifier], database)
        }
    }

    package func listing(_ account: AccountID, mailbox: String) async throws(StoreFailure) -> StoredListing {
        let find = "SELECT id FROM mailbox WHERE account = ? AND name = ?"
        let known = try await self.read { database -> StoredListing? in
            guard let id = try Int64.fetchOne(database, sql: find, arguments: [account.value, mailbox]) else {
                return nil
            }
            return try ListingRows.read(MailboxID(id), database)
        }
        if let known { return known }
        return try await self.write { database in
            try database.execute(
                sql: "INSERT INTO mailbox (account, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [account.value, mailbox]
            )
            guard let id = try Int64.fetchOne(database, sql: find, arguments: [account.value, mailbox]) else {
                throw StoreFailure.broken(reason: "a mailbox cannot be read back")
            }
            return try ListingRows.read(MailboxID(id), database)
        }
    }

    package func update(
        _ mailbox: MailboxID,
        with listing: ListingUpdate
    ) async throws(StoreFailure) -> StoredListing {
        try await self.write { database in
            try ListingRows.update(mailbox, with: listing, database)
            return try ListingRows.read(mailbox, database)
        }
    }

    package func view(_ device: DeviceID, of mailbox: MailboxID) async throws(StoreFailure) -> DeviceView {
        try await self.read { database in
            let hidden = try Ranges.hidden(device, mailbox).read(database)
            // In order of generation: the last one counts.
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT number, uidl FROM deviceUIDL WHERE device = ? AND mailbox = ? ORDER BY number, generation",
                arguments: [device.value, mailbox.value]
            )
            var own: [UInt32: UniqueID] = [:]
            for row in rows {
                guard let number = UInt32(exactly: row[0] as Int64), let text = UniqueID(row[1]) else { continue }
                own[number] = text
            }
            return DeviceView(hidden: hidden, ownUniqueIDs: own)
        }
    }

    package func withheld(
        _ mailbox: MailboxID,
        from address: IPAddress
    ) async throws(StoreFailure) -> NumberRanges {
        try await self.read { try Ranges.withheld(mailbox, address).read($0) }
    }
}
