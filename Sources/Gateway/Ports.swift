package import enum IMAP.Section
package import struct IMAP.UID
package import struct NIOCore.ByteBuffer
package import struct POP3.UniqueID

// What the gateway needs and others implement. Everything that crosses is Sendable, and every answer may come on any
// thread, later or at once: being on the same event loop is a fast path, never an assumption.

/// Where mailboxes come from. Implemented by Upstream.
package protocol Mailboxes: Sendable {
    /// Logs in upstream with what the device gave, EXAMINEs, and hands out a lease. Answers exactly once.
    func open(_ login: UpstreamLogin, answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void)
    /// No session is left, and the process is about to end: what is still read for the record comes to its end, and what
    /// was sent goes on record. A few seconds at most.
    func quiesce() async
}

/// Why a mailbox was not opened, and what the guard saw leave for that.
package struct UpstreamRefusal: Error, Hashable, Sendable {
    package let failure: UpstreamFailure
    package let transcript: [String]

    package init(_ failure: UpstreamFailure, transcript: [String] = []) {
        self.failure = failure
        self.transcript = transcript
    }
}

/// A name and a secret on their way to the mail server, unchanged.
package struct UpstreamLogin: Hashable, Sendable {
    /// As the device sent it, without a tag; or the login of the account.
    package let name: [UInt8]
    package let secret: LoginSecret
    /// Whether the operator gave the secret, and not a device: then no guesses of devices count against it.
    package let isOperators: Bool
    /// For the log alone.
    package let session: SessionID

    package init(name: [UInt8], secret: LoginSecret, isOperators: Bool = false, session: SessionID) {
        self.name = name
        self.secret = secret
        self.isOperators = isOperators
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
    /// Fetches one message. `sink` hears `came`, once, of what is at most 64 KiB: all is here before anything is answered, so
    /// that its failure can still be said. Of what is longer it hears `began`, then pieces as they are asked for, then
    /// `ended`. Or it hears `failed`, once, whatever came before.
    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource
    /// Fetches the header blocks of messages, in any order; those that are gone, or longer than 256 KiB, are left out.
    /// At most 256 UIDs at a time. Answers exactly once.
    func headers(
        of uids: [UID],
        answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
    )
    /// Takes lines of an answer back that no record of the session cites, since it came too late or to nothing: they go on
    /// record by themselves. Also after `release`.
    func takeBack(_ transcript: [String])
    /// The session has ended. Nothing is answered afterwards.
    func release()
}

/// The header block of a message, the empty line behind it included where the message has one.
package struct FetchedHeader: Hashable, Sendable {
    package let uid: UID
    package let octets: [UInt8]

    package init(uid: UID, octets: [UInt8]) {
        self.uid = uid
        self.octets = octets
    }
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
    /// What is likely to be asked for next, in this order: may be fetched together with it.
    package let ahead: [UID]

    package init(uid: UID, section: Section, ahead: [UID] = []) {
        self.uid = uid
        self.section = section
        self.ahead = ahead
    }
}

/// The pieces of one message. After `cancel` the sink hears nothing more.
package protocol BodySource: Sendable {
    /// Asks for the next pieces: one call, one `pieces` or an end.
    func more()
    func cancel()
}

package enum BodyEvent: Sendable {
    /// All of a short body, with the octets the server announced for it, before any repair of line ends, and with what the
    /// guard saw leave for it.
    case came(octets: UInt64, [ByteBuffer], transcript: [String])
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
    /// The same, of many messages, read upstream for the record alone; with a record that cites what went there for it.
    case headers(ReadHeaders)
    /// A device has deleted its notice. Ignored when it is gone already.
    case endNotice(UniqueID)
}

/// What lasts between sessions. Implemented by Store.
package protocol Store: MessageMemory, DetailMemory, ListingMemory {
    /// The account of a login on an upstream, made when it is new. Only called after the upstream accepted the login.
    func account(upstream: String, login: String) async throws(StoreFailure) -> AccountID
    /// The device known by `identifier`, made when it is new and may be made (a tag and a name name themselves, a neighbour
    /// is `pc-` and the end of its MAC). Nil when it is new and may not. Throws `.tooManyDevices` for the 201st of an
    /// account.
    func device(_ account: AccountID, identifier: Identifier, mayMake: Bool) async throws(StoreFailure) -> Device?
    /// The device that logs in by this name (lower case) and a password of its own; nil when there is none.
    func credential(_ name: String) async throws(StoreFailure) -> DeviceCredential?
    /// What is known of a mailbox; the mailbox is made when it is new.
    func listing(_ account: AccountID, mailbox: String) async throws(StoreFailure) -> StoredListing
    /// Brings the stored listing up to date and gives it back: new messages are numbered and named in order of UID. What only
    /// grows behind `stored` costs what is new; where anything else has changed, or `stored` is no longer current, all is
    /// read again.
    func update(_ stored: StoredListing, with listing: ListingUpdate) async throws(StoreFailure) -> StoredListing
    /// Whether nothing of the mailbox has changed since `stored` was read, by whomever: another session, a command of the
    /// operator, a size that a delivery has taught. One read of one row; false where it fails.
    func isCurrent(_ stored: StoredListing) async -> Bool
    /// What this device does not see, and the unique-ids that are its own. The first call for a device and a mailbox
    /// settles where it begins (`terms.firstSees`).
    func view(
        _ device: DeviceID,
        of mailbox: MailboxID,
        _ terms: ViewTerms
    ) async throws(StoreFailure) -> DeviceView
    /// What unidentified sessions from this address have asked to delete.
    func withheld(_ mailbox: MailboxID, from address: IPAddress) async throws(StoreFailure) -> NumberRanges
}

/// What is kept of a device's own name and password. The password is random and long, so that one salted digest is enough.
package struct DeviceCredential: Hashable, Sendable {
    package let device: Device
    package let account: AccountID
    /// The login of its account, as it goes upstream.
    package let login: String
    package let salt: [UInt8]
    /// SHA-256 of the salt and the password.
    package let hash: [UInt8]

    package init(device: Device, account: AccountID, login: String, salt: [UInt8], hash: [UInt8]) {
        self.device = device
        self.account = account
        self.login = login
        self.salt = salt
        self.hash = hash
    }
}

/// How a device is to see a mailbox. Dates are seconds since 1970 and mean INTERNALDATE; a message without one is seen.
package struct ViewTerms: Hashable, Sendable {
    /// What a device sees that opens the mailbox for the first time.
    package enum FirstSees: Hashable, Sendable {
        case everything
        case since(Int64)
        /// What comes after this first time.
        case nothing
    }

    package let firstSees: FirstSees
    /// The beginning of the device's window, at each login anew; nil when it has none.
    package let windowBegins: Int64?
    /// The format of this device's own unique-ids; nil when it sees its account's.
    package let uniqueIDs: UniqueIDFormat?

    package init(
        firstSees: FirstSees = .everything,
        windowBegins: Int64? = nil,
        uniqueIDs: UniqueIDFormat? = nil
    ) {
        self.firstSees = firstSees
        self.windowBegins = windowBegins
        self.uniqueIDs = uniqueIDs
    }
}
