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
