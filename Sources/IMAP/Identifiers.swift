/// A unique identifier of a message in its mailbox (RFC 3501 §2.3.1.1). Never 0.
package struct UID: Hashable, Comparable, Sendable {
    package let value: UInt32

    package init?(_ value: UInt32) {
        guard value > 0 else { return nil }
        self.value = value
    }

    package static func < (left: UID, right: UID) -> Bool { left.value < right.value }
}

/// As long as it stays the same, UIDs keep their meaning (RFC 3501 §2.3.1.1). Never 0.
package struct UIDValidity: Hashable, Sendable {
    package let value: UInt32

    package init?(_ value: UInt32) {
        guard value > 0 else { return nil }
        self.value = value
    }
}

/// Proof that the server answered EXAMINE with OK, and did not say `[READ-WRITE]` (RFC 3501 §6.3.2). Only the client
/// state machine of this module can make one, and every FETCH and SEARCH needs it.
package struct ExaminedMailbox: Hashable, Sendable {
    package let validity: UIDValidity
    package let exists: UInt32
    package let uidNext: UID?

    init(validity: UIDValidity, exists: UInt32, uidNext: UID?) {
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
    }
}

/// One message as the listing shows it. `size` is nil where the server's number made no sense (I-36).
package struct ListedMessage: Hashable, Sendable {
    package let uid: UID
    package let size: UInt32?
    /// Seconds since 1970, UTC, of INTERNALDATE (RFC 3501 §2.3.3).
    package let internalDate: Int64?

    package init(uid: UID, size: UInt32?, internalDate: Int64?) {
        self.uid = uid
        self.size = size
        self.internalDate = internalDate
    }
}
