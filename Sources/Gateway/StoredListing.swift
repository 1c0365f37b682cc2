package import struct IMAP.ListedMessage
package import struct IMAP.UID
package import struct IMAP.UIDValidity

/// A mailbox as it was listed last.
package struct StoredListing: Sendable {
    package let mailbox: MailboxID
    /// Nil before the first listing.
    package let validity: UIDValidity?
    /// EXISTS and UIDNEXT as at the last listing.
    package let exists: UInt32
    package let uidNext: UID?
    package let snapshot: MailboxSnapshot
    /// An operator was asked about a change of UIDVALIDITY. An update with the UIDVALIDITY known here takes that back.
    package let isDoubted: Bool
    /// A session has not found some messages any more, and no other has said the same yet.
    package let hasMissing: Bool
    /// How often what is stored of this mailbox had changed, when this was read. What has another count is another listing.
    package let changes: Int64

    package init(
        mailbox: MailboxID,
        validity: UIDValidity?,
        exists: UInt32,
        uidNext: UID?,
        snapshot: MailboxSnapshot,
        isDoubted: Bool = false,
        hasMissing: Bool = false,
        changes: Int64 = 0
    ) {
        self.changes = changes
        self.isDoubted = isDoubted
        self.hasMissing = hasMissing
        self.mailbox = mailbox
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
        self.snapshot = snapshot
    }
}

/// What changes a stored listing.
package struct ListingUpdate: Sendable {
    /// How the unique-ids of new messages are made.
    package let uniqueIDs: UniqueIDFormat
    package let validity: UIDValidity
    package let exists: UInt32
    package let uidNext: UID?
    /// In any order; a UID that is known already is ignored.
    package let added: [ListedMessage]
    /// All UIDs that exist, when they were asked for: what is stored and not among them has gone, what was gone and is
    /// among them is there again.
    package let present: [ClosedRange<UInt32>]?
    /// Who listed, once the listing is whole; nil for a part of one.
    package var sighting: Sighting?

    package init(
        validity: UIDValidity,
        exists: UInt32,
        uidNext: UID?,
        added: [ListedMessage],
        present: [ClosedRange<UInt32>]?,
        uniqueIDs: UniqueIDFormat = .dovecot
    ) {
        self.uniqueIDs = uniqueIDs
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
        self.added = added
        self.present = present
    }
}
