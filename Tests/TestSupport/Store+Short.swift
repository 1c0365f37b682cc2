package import Gateway

extension Store {
    /// The device known by `identifier`, made when it is new.
    package func device(_ account: AccountID, identifier: Identifier) async throws -> Device {
        guard let device = try await self.device(account, identifier: identifier, mayMake: true) else {
            throw StoreFailure.broken(reason: "a device that may be made was not made")
        }
        return device
    }

    /// What a device sees that saw everything from the first.
    package func view(_ device: DeviceID, of mailbox: MailboxID) async throws -> DeviceView {
        try await self.view(device, of: mailbox, ViewTerms())
    }

    /// Brings a listing up to date for one who has never read it: all is read anew.
    package func update(_ mailbox: MailboxID, with listing: ListingUpdate) async throws(StoreFailure) -> StoredListing {
        let unread = StoredListing(
            mailbox: mailbox,
            validity: nil,
            exists: 0,
            uidNext: nil,
            snapshot: MailboxSnapshot(validity: nil, messages: []),
            changes: -1
        )
        return try await self.update(unread, with: listing)
    }
}
