/// Who looked at a mailbox upstream, and what was sent for it.
package struct Sighting: Hashable, Sendable {
    package let session: SessionID
    /// For people.
    package let account: String
    /// The guard's lines.
    package let upstream: [String]

    package init(session: SessionID, account: String, upstream: [String]) {
        self.session = session
        self.account = account
        self.upstream = upstream
    }
}

/// What becomes of messages that are no longer upstream: one session that does not find them may be mistaken, a second one
/// is believed. Part of `Store`.
package protocol ListingMemory: Sendable {
    /// The mailbox is now as it was listed last.
    func agreed(_ mailbox: MailboxID)
    /// The same, where messages are missing since another session's listing: they have vanished, which goes on record.
    func agreed(_ mailbox: MailboxID, _ sighting: Sighting) async throws(StoreFailure)
}
