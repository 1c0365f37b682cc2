/// One entry of the record: an attempt, when it was, and who made it. Encoded once, in Store.
package struct AuditRecord: Hashable, Sendable {
    /// Microseconds since 1970, UTC.
    package let time: Int64
    package let origin: Origin
    package let attempt: Attempt

    package init(time: Int64, origin: Origin, attempt: Attempt) {
        self.time = time
        self.origin = origin
        self.attempt = attempt
    }

    package enum Origin: Hashable, Sendable {
        case session(SessionOrigin)
        /// A command on the gateway itself; the name of the user who ran it.
        case operatorCommand(user: String)
        /// Somebody at the review page.
        case reviewer(Reviewer)
        /// This gateway for an account: what it read upstream when the session had ended, what it found in the mailbox.
        case upstream(account: String, session: SessionID?)
        /// Somebody at the review page who has not logged in.
        case stranger(IPAddress)
        case server
        /// The server, of what it noticed about somebody.
        case notice(AlertSubject)
    }
}

/// Who reads the record through the page.
package struct Reviewer: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        /// May read and export.
        case reader
        /// May also restore, rename and the like.
        case `operator`
    }

    /// What the token was named when it was made.
    package let name: String
    package let role: Role
    package let address: IPAddress

    package init(name: String, role: Role, address: IPAddress) {
        self.name = name
        self.role = role
        self.address = address
    }
}

/// Who a session's records speak of.
package struct SessionOrigin: Hashable, Sendable {
    package var arrival: Arrival
    /// As shown to people: the login without its tag, octets outside printable ASCII escaped. Nil before a login.
    package var account: String?
    package var speaker: Speaker?

    package init(arrival: Arrival, account: String?, speaker: Speaker?) {
        self.arrival = arrival
        self.account = account
        self.speaker = speaker
    }
}

/// What was asked, what was answered, and what was done: three things, never mixed.
package struct Attempt: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case login, refusal, retr, top, dele, rset, quit
        /// The end of every session, with what it did in total.
        case sessionEnd = "session-end"
        /// What went upstream for a session beside its attempts: a connection kept alive, LOGOUT.
        case upstream
        /// TLS that failed, plain text behind STLS, a foreign protocol, a limit hit.
        case connectionRefused = "connection-refused"
        case deviceAdd = "device-add"
        /// A new password for a device that has one of its own.
        case deviceRotate = "device-rotate"
        case deviceRestore = "device-restore"
        case deviceRename = "device-rename"
        case deviceMerge = "device-merge"
        case deviceIdentify = "device-identify"
        case deviceRemove = "device-remove"
        /// A message of our own was made for a device that is set wrong (`notice: mailbox`).
        case deviceNotice = "device-notice"
        case serverStart = "server-start"
        case serverStop = "server-stop"
        case listingChanged = "listing-changed"
        /// The unique-ids of the provider's own POP3 service were taken over, or an operator gave that up.
        case uidlLearned = "uidl-learned"
        /// What an operator should look at: two PCs on one name, a mass deletion.
        case alert
        /// The settings in force changed while serving, or a new file was refused.
        case configurationReload = "configuration-reload"
        /// Messages that went upstream, seen twice; no device of ours was able to do it.
        case vanished
        /// Somebody read the record through the page, or took a copy of what was found.
        case recordRead = "record-read"
        case recordExport = "record-export"
        /// A login to the review page, or one that was refused; a token that was made or taken away.
        case reviewLogin = "review-login"
        case reviewToken = "review-token"
        /// Personal details were erased; the commitments stay.
        case detailsErased = "details-erased"
        /// Old records were dropped; their root stays.
        case recordsDropped = "records-dropped"
        case stateBackup = "state-backup"
        case stateRestore = "state-restore"
        /// Holds the salted commitment to the details of one message; made by Store beside the first record that has them.
        case details
    }

    package enum Outcome: String, Hashable, Sendable { case success, failure, unknown }

    package let action: Action
    package let outcome: Outcome
    /// The command in canonical form, `DELE 2`; never an argument that could be a secret or a device's free text.
    package let asked: String
    /// The reply as sent, without CRLF; empty when nothing was answered.
    package let answered: String
    /// What really happened, as a sentence: "nothing", "served 1,204 octets", "hidden for frontdesk: 3 messages".
    package let done: String
    package var message: MessageReference?
    /// Rows a commit speaks of, and their mailbox.
    package var numbers: NumberRanges?
    package var mailbox: MailboxID?
    /// When it happened, where nobody saw it happen.
    package var between: Between?
    package var octets: UInt64?
    package var milliseconds: UInt64?
    /// For the operator: why it failed, as a class and not as a peer's words.
    package var reason: String?
    /// The guard's transcript: every line that went upstream for this, secrets left out. Empty: nothing was sent.
    package var upstream: [String]
    /// At the end of a session: commands by name, marks that were dropped.
    package var counts: [String: Int]
    /// At a start: the program.
    package var version: String?
    /// At a start, and when the configuration was read again.
    package var configuration: ConfigurationDigests?

    package init(
        action: Action,
        outcome: Outcome,
        asked: String,
        answered: String,
        done: String,
        message: MessageReference? = nil,
        numbers: NumberRanges? = nil,
        mailbox: MailboxID? = nil,
        between: Between? = nil,
        octets: UInt64? = nil,
        milliseconds: UInt64? = nil,
        reason: String? = nil,
        upstream: [String] = [],
        counts: [String: Int] = [:]
    ) {
        self.action = action
        self.outcome = outcome
        self.asked = asked
        self.answered = answered
        self.done = done
        self.message = message
        self.numbers = numbers
        self.mailbox = mailbox
        self.between = between
        self.octets = octets
        self.milliseconds = milliseconds
        self.reason = reason
        self.upstream = upstream
        self.counts = counts
    }
}

extension Attempt {
    /// Reasons that a reader of the record knows by their words.
    package static let withheld = "asked to be deleted before"
    package static let sharedName = AlertKind.sharedName.rawValue
}

/// Two times, UTC, as records write them: the last at which something was not so yet, where that is known, and the first at
/// which it was.
package struct Between: Hashable, Sendable {
    package let from: String?
    package let until: String

    package init(from: String?, until: String) {
        self.from = from
        self.until = until
    }
}

/// The message an attempt speaks of: as the device named it, and what lasts.
package struct MessageReference: Hashable, Sendable {
    package let messageNumber: Int
    package let mailbox: MailboxID
    package let message: Message
    package let validity: UInt32

    package init(messageNumber: Int, mailbox: MailboxID, message: Message, validity: UInt32) {
        self.messageNumber = messageNumber
        self.mailbox = mailbox
        self.message = message
        self.validity = validity
    }
}

/// Header fields as they stand in the message: raw octets, unfolded, at most 512 each. Personal: kept beside the
/// record, which only commits to them.
package struct MessageDetails: Hashable, Sendable {
    package let messageID: [UInt8]
    package let from: [UInt8]
    package let subject: [UInt8]
    package let date: [UInt8]

    package init(messageID: [UInt8], from: [UInt8], subject: [UInt8], date: [UInt8]) {
        self.messageID = messageID
        self.from = from
        self.subject = subject
        self.date = date
    }
}
