package import Gateway

/// A message as it is known here.
package struct MessageSummary: Hashable, Sendable {
    package let key: MessageKey
    package let account: String
    /// Its UID now, under this UIDVALIDITY.
    package let uid: UInt32
    package let validity: UInt32
    package let uniqueID: String
    package let size: UInt32?
    /// Seconds since 1970 of INTERNALDATE.
    package let internalDate: Int64?
    package let isGone: Bool
    /// Nil while nobody retrieved or marked it, or once it was erased.
    package let text: MessageText?

    package init(
        key: MessageKey,
        account: String,
        uid: UInt32,
        validity: UInt32,
        uniqueID: String,
        size: UInt32?,
        internalDate: Int64?,
        isGone: Bool,
        text: MessageText?
    ) {
        self.key = key
        self.account = account
        self.uid = uid
        self.validity = validity
        self.uniqueID = uniqueID
        self.size = size
        self.internalDate = internalDate
        self.isGone = isGone
        self.text = text
    }
}

/// A message's whole life, and who has it.
package struct MessageLife: Sendable {
    package let message: MessageSummary
    /// UTC, when a listing showed it first; nil for messages from before this was kept.
    package let firstSeen: String?
    /// UTC, when it had been found missing upstream twice.
    package let vanished: String?
    /// All records that speak of it, oldest first; also those that name it among others (a commit, `vanished`).
    package let records: [StoredRecord]
    /// Each device of the account.
    package let standings: [Standing]

    package struct Standing: Sendable {
        package let device: Device
        /// When it last got the whole message, when it asked to delete it, and when that was committed. UTC.
        package let got: String?
        package let asked: String?
        package let hid: String?
        /// Hidden from it now; what it began without.
        package let isHidden: Bool
        package let isSkipped: Bool

        package init(device: Device, got: String?, asked: String?, hid: String?, isHidden: Bool, isSkipped: Bool) {
            self.device = device
            self.got = got
            self.asked = asked
            self.hid = hid
            self.isHidden = isHidden
            self.isSkipped = isSkipped
        }
    }

    package init(
        message: MessageSummary,
        firstSeen: String?,
        vanished: String?,
        records: [StoredRecord],
        standings: [Standing]
    ) {
        self.message = message
        self.firstSeen = firstSeen
        self.vanished = vanished
        self.records = records
        self.standings = standings
    }
}
