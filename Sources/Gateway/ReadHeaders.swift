package import struct IMAP.UID
package import struct IMAP.UIDValidity

/// What headers say that were read for the record alone, when the session that caused it had ended.
package struct ReadHeaders: Hashable, Sendable {
    package let mailbox: MailboxID
    package let validity: UIDValidity
    /// Nil for a message that has none of the fields, or could not be had. What nobody wants (any more) is passed over.
    package let details: [UID: MessageDetails?]
    package let account: String
    package let session: SessionID
    /// The guard's lines for it.
    package let upstream: [String]

    package init(
        mailbox: MailboxID,
        validity: UIDValidity,
        details: [UID: MessageDetails?],
        account: String,
        session: SessionID,
        upstream: [String]
    ) {
        self.mailbox = mailbox
        self.validity = validity
        self.details = details
        self.account = account
        self.session = session
        self.upstream = upstream
    }
}

/// A message that somebody asked to delete and whose header nobody has read. Later wishes are greater.
package struct WantedDetails: Hashable, Sendable {
    package let order: Int64
    package let uid: UID

    package init(order: Int64, uid: UID) {
        self.order = order
        self.uid = uid
    }
}

/// Which messages the record does not know by name yet. Part of `Store`.
package protocol DetailMemory: Sendable {
    /// Those of the stored listing, the oldest wish first, behind `order`.
    func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        after order: Int64,
        limit: Int
    ) async throws(StoreFailure) -> [WantedDetails]
    /// Those of these messages.
    func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        among uids: [UID]
    ) async throws(StoreFailure) -> Set<UID>
}

extension HeaderDetails {
    /// What a header block says, or some fields of it; nil when it has none of those that are kept.
    package static func details(of header: [UInt8]) -> MessageDetails? {
        var details = HeaderDetails()
        details.collect(header.span)
        return details.details
    }
}
