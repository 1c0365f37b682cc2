package import struct IMAP.UID
package import struct IMAP.UIDValidity

/// What a mailbox's messages are known by beside their UIDs, and what becomes of them when UIDVALIDITY changes. Part of
/// `Store`.
package protocol MessageMemory: Sendable {
    /// UIDs of messages that have neither a server's id nor a header key, the newest first. Those whose header gave no key
    /// are left out.
    func withoutKey(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        limit: Int
    ) async throws(StoreFailure) -> [UID]
    /// Keeps the keys that messages gave, or that they gave none (nil). Messages that are not there are passed over.
    func keep(
        _ keys: [UID: [UInt8]?],
        _ validity: UIDValidity,
        in mailbox: MailboxID
    ) async throws(StoreFailure)
    /// The messages of the stored listing, with all that is known of them.
    func remembered(_ mailbox: MailboxID) async throws(StoreFailure) -> [RememberedMessage]
    /// Gives the stored messages their new UIDs, all or nothing, and keeps a record of it; or refuses, with a record of the
    /// first time.
    func renumber(
        _ mailbox: MailboxID,
        _ renumbering: Renumbering
    ) async throws(StoreFailure) -> RenumberingVerdict
    /// Whether a change was refused, and waits for an operator to say that it is right.
    func awaitsOperator(_ mailbox: MailboxID) async throws(StoreFailure) -> Bool
}

/// A mailbox whose UIDVALIDITY has changed, as it was found.
package struct Renumbering: Sendable {
    package let from: UIDValidity
    /// All messages, with the new UIDVALIDITY.
    package let listing: ListingUpdate
    package let pairs: [Rematch.Pair]
    /// Header keys that were needed on the way, of messages as they are now.
    package let keys: [UID: [UInt8]]

    package init(from: UIDValidity, listing: ListingUpdate, pairs: [Rematch.Pair], keys: [UID: [UInt8]]) {
        self.from = from
        self.listing = listing
        self.pairs = pairs
        self.keys = keys
    }

    /// Below this number of messages few matches are nothing to ask a person about.
    static let smallMailbox = 20

    /// Whether a person must look first: nothing is left, or not even half of a mailbox was found again. It might be another
    /// mailbox, or not all of it (U-14).
    package func isDoubtful(remembered: Int) -> Bool {
        if remembered > 0, self.listing.added.isEmpty { return true }
        return remembered > Self.smallMailbox && self.pairs.count < (remembered + 1) / 2
    }
}

package enum RenumberingVerdict: Sendable {
    /// Done now, or by another session in the meantime.
    case done(StoredListing)
    /// An operator must say that it is right; `isNew` the first time.
    case doubtful(matched: Int, of: Int, isNew: Bool)
}
