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
        case server
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
        /// TLS that failed, plain text behind STLS, a foreign protocol, a limit hit.
        case connectionRefused = "connection-refused"
        case deviceAdd = "device-add"
        case deviceRestore = "device-restore"
        case serverStart = "server-start"
        case serverStop = "server-stop"
        case listingChanged = "listing-changed"
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
    /// Rows a commit speaks of.
    package var numbers: NumberRanges?
    package var octets: UInt64?
    package var milliseconds: UInt64?
    /// For the operator: why it failed, as a class and not as a peer's words.
    package var reason: String?
    /// The guard's transcript: every line that went upstream for this, secrets left out. Empty: nothing was sent.
    package var upstream: [String]
    /// At the end of a session: commands by name, marks that were dropped.
    package var counts: [String: Int]

    package init(
        action: Action,
        outcome: Outcome,
        asked: String,
        answered: String,
        done: String,
        message: MessageReference? = nil,
        numbers: NumberRanges? = nil,
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
        self.octets = octets
        self.milliseconds = milliseconds
        self.reason = reason
        self.upstream = upstream
        self.counts = counts
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
