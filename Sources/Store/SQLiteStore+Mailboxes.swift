import GRDB
package import Gateway
import IMAP
import POP3

extension SQLiteStore: Store {
    /// Devices that an account may have (DESIGN section 3).
    static let maximumDevices = 200

    package func account(upstream: String, login: String) async throws(StoreFailure) -> AccountID {
        if let known = try self.lookUp({ try AccountRows.find(upstream, login, $0) }) { return known }
        return try await self.write { try AccountRows.makeUnlessKnown(upstream, login, $0) }
    }

    package func device(
        _ account: AccountID,
        identifier: Identifier,
        mayMake: Bool
    ) async throws(StoreFailure) -> Device? {
        if let device = try self.lookUp({ try DeviceRows.find(account, identifier, $0) }) { return device }
        let twin = try self.lookUp { try DeviceRows.findTwin(of: identifier, account, $0) }
        guard mayMake || twin != nil else { return nil }
        return try await self.write { database in
            if let device = try DeviceRows.find(account, identifier, database) { return device }
            if let device = try DeviceRows.findTwin(of: identifier, account, database) {
                try DeviceRows.add(identifier, to: device, account, database)
                return device
            }
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
        _ stored: StoredListing,
        with listing: ListingUpdate
    ) async throws(StoreFailure) -> StoredListing {
        let seen = self.agreements.time(of: stored.mailbox).map(Timestamp.text)
        let updated = try await self.writeRecording { database, page in
            try ListingRows.update(stored, with: listing, seen: seen, database, &page)
        }
        if listing.sighting != nil { self.agreed(stored.mailbox) }
        return updated
    }

    package func isCurrent(_ stored: StoredListing) async -> Bool {
        let changes = try? self.lookUp { try ListingRows.changes(stored.mailbox, $0) }
        return changes == stored.changes
    }

    package func agreed(_ mailbox: MailboxID) { self.agreements.note(mailbox, at: self.journal.now()) }

    package func agreed(_ mailbox: MailboxID, _ sighting: Sighting) async throws(StoreFailure) {
        self.agreed(mailbox)
        try await self.writeRecording { database, page in
            try MissingRows(mailbox: mailbox, database: database).confirm(sighting, &page)
        }
    }

    package func view(
        _ device: DeviceID,
        of mailbox: MailboxID,
        _ terms: ViewTerms
    ) async throws(StoreFailure) -> DeviceView {
        let windows = self.windows
        let readSettled: @Sendable (Database) throws -> DeviceView? = { database in
            try ViewRows.isSettled(device, mailbox, terms, database)
                ? try ViewRows.read(device, mailbox, terms, windows, database) : nil
        }
        // A window and a format of the device's own may look at every message.
        let isShort = terms.windowBegins == nil && terms.uniqueIDs == nil
        let settled = isShort ? try self.lookUpTogether(readSettled) : try await self.read(readSettled)
        if let settled { return settled }
        return try await self.writeSynced { database in
            let device = try DeviceRows.current(device, database)
            try ViewRows.settle(device, mailbox, terms, database)
            return try ViewRows.read(device, mailbox, terms, windows, database)
        }
    }

    package func withheld(
        _ mailbox: MailboxID,
        from address: IPAddress
    ) async throws(StoreFailure) -> NumberRanges {
        try self.lookUp { try Ranges.withheld(mailbox, address).read($0) }
    }
}
