package import struct IMAP.ListedMessage
package import enum IMAP.Section
package import struct IMAP.UID
package import struct IMAP.UIDValidity
package import class Linux.Secret
package import struct NIOCore.ByteBuffer

// What the gateway needs and others implement. Everything that crosses is Sendable, and every answer may come on any
// thread, later or at once: being on the same event loop is a fast path, never an assumption.

/// Where mailboxes come from. Implemented by Upstream.
package protocol Mailboxes: Sendable {
    /// Logs in upstream with what the device gave, EXAMINEs, and hands out a lease. Answers exactly once.
    func open(_ login: UpstreamLogin, answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamFailure>) -> Void)
}

/// A name and password on their way to the mail server, unchanged.
package struct UpstreamLogin: Hashable, Sendable {
    /// As the device sent it, without a tag.
    package let name: [UInt8]
    package let password: Secret
    /// For the log alone.
    package let session: SessionID

    package init(name: [UInt8], password: Secret, session: SessionID) {
        self.name = name
        self.password = password
        self.session = session
    }
}

package struct OpenedMailbox: Sendable {
    package let lease: any MailboxLease
    package let account: AccountID
    /// What the guard saw leave for this login.
    package let transcript: [String]

    package init(lease: any MailboxLease, account: AccountID, transcript: [String]) {
        self.lease = lease
        self.account = account
        self.transcript = transcript
    }
}

/// A session's hold on a mailbox. A session never holds a connection: it asks, and is answered.
package protocol MailboxLease: Sendable {
    /// The mailbox as it is now, listed and kept in the store. Answers exactly once; asked a second time, the same.
    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void)
    /// Fetches one message. `sink` hears `began`, then pieces as they are asked for, then `ended`; or `failed`, once.
    /// What is at most 64 KiB is collected before `began`, so that its failure can still be said.
    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource
    /// The session has ended. Nothing is answered afterwards.
    func release()
}

/// A snapshot, and what it cost upstream.
package struct ListedMailbox: Sendable {
    package let mailbox: MailboxID
    package let snapshot: MailboxSnapshot
    package let transcript: [String]

    package init(mailbox: MailboxID, snapshot: MailboxSnapshot, transcript: [String]) {
        self.mailbox = mailbox
        self.snapshot = snapshot
        self.transcript = transcript
    }
}

package struct BodyRequest: Hashable, Sendable {
    package let uid: UID
    package let section: Section

    package init(uid: UID, section: Section) {
        self.uid = uid
        self.section = section
    }
}

/// The pieces of one message. After `cancel` the sink hears nothing more.
package protocol BodySource: Sendable {
    /// Asks for the next pieces: one call, one `pieces` or an end.
    func more()
    func cancel()
}

package enum BodyEvent: Sendable {
    /// The octets the server announced for this body, before any repair of line ends.
    case began(octets: UInt64)
    case pieces([ByteBuffer])
    /// With what the guard saw leave for it.
    case ended(transcript: [String])
    case failed(UpstreamFailure, transcript: [String])
}

/// How strongly a record is kept before its answer (DESIGN promise 3).
package enum Durability: Hashable, Sendable, Comparable {
    /// Committed: survives kill -9.
    case written
    /// On the disk: survives a power cut.
    case synced
}

/// Where records go. Implemented by Store: one writer, jobs in the order of the calls, many jobs to a commit.
package protocol Recorder: Sendable {
    /// Writes the records and makes the changes in one transaction, all or nothing. Answers exactly once.
    func write(
        _ entry: RecordEntry,
        _ durability: Durability,
        answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void
    )
}

package struct RecordEntry: Sendable {
    package var records: [AuditRecord]
    package var changes: [Change]

    package init(records: [AuditRecord], changes: [Change] = []) {
        self.records = records
        self.changes = changes
    }
}

/// What changes together with a record.
package enum Change: Hashable, Sendable {
    case hide(DeviceID, MailboxID, NumberRanges)
    /// What an unidentified session asked to delete (`unidentified: once`).
    case withhold(MailboxID, IPAddress, NumberRanges)
    /// The size learnt by delivering a message whole, as the device counts it.
    case size(MailboxID, number: UInt32, octets: UInt32)
    /// Kept beside the record, so that it can be erased; a record of its own commits to it. Ignored when known already.
    case details(MailboxID, number: UInt32, MessageDetails)
}

/// What lasts between sessions. Implemented by Store.
package protocol Store: Sendable {
    /// The account of a login on an upstream, made when it is new. Only called after the upstream accepted the login.
    func account(upstream: String, login: String) async throws(StoreFailure) -> AccountID
    /// The device known by `identifier`, made when it is new (a tag names itself, a neighbour is `pc-` and the end of its
    /// MAC). Throws `.tooManyDevices` for the 201st of an account.
    func device(_ account: AccountID, identifier: Identifier) async throws(StoreFailure) -> Device
    /// What is known of a mailbox; the mailbox is made when it is new.
    func listing(_ account: AccountID, mailbox: String) async throws(StoreFailure) -> StoredListing
    /// Brings the stored listing up to date and gives it back: new messages are numbered and named in order of UID.
    func update(_ mailbox: MailboxID, with listing: ListingUpdate) async throws(StoreFailure) -> StoredListing
    /// What this device has hidden, and the unique-ids that are its own.
    func view(_ device: DeviceID, of mailbox: MailboxID) async throws(StoreFailure) -> DeviceView
    /// What unidentified sessions from this address have asked to delete.
    func withheld(_ mailbox: MailboxID, from address: IPAddress) async throws(StoreFailure) -> NumberRanges
}

package struct StoredListing: Sendable {
    package let mailbox: MailboxID
    /// Nil before the first listing.
    package let validity: UIDValidity?
    /// EXISTS and UIDNEXT as at the last listing.
    package let exists: UInt32
    package let uidNext: UID?
    package let snapshot: MailboxSnapshot

    package init(mailbox: MailboxID, validity: UIDValidity?, exists: UInt32, uidNext: UID?, snapshot: MailboxSnapshot) {
        self.mailbox = mailbox
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
        self.snapshot = snapshot
    }
}

package struct ListingUpdate: Sendable {
    package let validity: UIDValidity
    package let exists: UInt32
    package let uidNext: UID?
    /// In any order; a UID that is known already is ignored.
    package let added: [ListedMessage]
    /// All UIDs that exist, when they were asked for: what is stored and not among them has gone, what was gone and is
    /// among them is there again.
    package let present: [ClosedRange<UInt32>]?

    package init(
        validity: UIDValidity,
        exists: UInt32,
        uidNext: UID?,
        added: [ListedMessage],
        present: [ClosedRange<UInt32>]?
    ) {
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
        self.added = added
        self.present = present
    }
}
