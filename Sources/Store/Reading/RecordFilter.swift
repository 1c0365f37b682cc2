package import Gateway

/// Which records are wanted. What is nil is not asked; all that is asked must hold.
package struct RecordFilter: Hashable, Sendable {
    /// UTC, as the record writes it: from this time on, and before that one.
    package var since: String?
    package var until: String?
    /// The device's name at the time of the record, in any case.
    package var device: String?
    package var account: String?
    package var action: String?
    package var outcome: String?
    package var done: RecordedEffect?
    /// Found in Subject, From or Message-ID, in any case; one letter is enough.
    package var text: String?
    package var address: String?
    package var session: String?
    /// How the device was identified: `tag`, `name`, `neighbour` …; `nobody` where it was not.
    package var identifiedBy: String?
    /// One message: its mailbox and row.
    package var message: MessageKey?
    /// For lists that people read: without what the gateway noted of its own work, unless its kind is asked for.
    package var leavesOutOwnWork = false

    package init(
        since: String? = nil,
        until: String? = nil,
        device: String? = nil,
        account: String? = nil,
        action: String? = nil,
        outcome: String? = nil,
        done: RecordedEffect? = nil,
        text: String? = nil,
        address: String? = nil,
        session: String? = nil,
        identifiedBy: String? = nil,
        message: MessageKey? = nil
    ) {
        self.since = since
        self.until = until
        self.device = device
        self.account = account
        self.action = action
        self.outcome = outcome
        self.done = done
        self.text = text
        self.address = address
        self.session = session
        self.identifiedBy = identifiedBy
        self.message = message
    }

    /// What the gateway notes of its own work, a record a message: that a header was kept, and what it asked the mail server
    /// of itself.
    static let ownWork: Set<String> = [Attempt.Action.details.rawValue, Attempt.Action.upstream.rawValue]

    /// Of `identifiedBy`: a device that is not known.
    package static let nobody = "nobody"
}

/// A message of ours, for ever.
package struct MessageKey: Hashable, Sendable {
    package let mailbox: MailboxID
    package let number: UInt32

    package init(_ mailbox: MailboxID, _ number: UInt32) {
        self.mailbox = mailbox
        self.number = number
    }
}

/// Records that fit, newest first, of a record that is `size` long: pages of one search are pinned to that.
package struct RecordPage: Sendable {
    package let records: [StoredRecord]
    package let size: Int64
    /// Whether there are older ones that fit.
    package let hasMore: Bool

    package init(records: [StoredRecord], size: Int64, hasMore: Bool) {
        self.records = records
        self.size = size
        self.hasMore = hasMore
    }
}

/// What the header of a message says, decoded for people; all of it from outside.
package struct MessageText: Hashable, Sendable {
    package let messageID: String
    package let from: String
    package let subject: String
    package let date: String

    package init(messageID: String, from: String, subject: String, date: String) {
        self.messageID = messageID
        self.from = from
        self.subject = subject
        self.date = date
    }
}
