package import struct IMAP.UID
package import struct IMAP.UIDValidity
package import struct POP3.UniqueID

/// One message as a device can be shown it.
package struct Message: Hashable, Sendable {
    /// The number of our own row, dense per mailbox: outlives a UIDVALIDITY change.
    package let number: UInt32
    package let uid: UID
    /// Octets as listed: a hint (finding 7), at least 1.
    package let size: UInt32
    package let uniqueID: UniqueID

    package init(number: UInt32, uid: UID, size: UInt32, uniqueID: UniqueID) {
        self.number = number
        self.uid = uid
        self.size = size
        self.uniqueID = uniqueID
    }
}

/// The messages of a mailbox at one moment, in order of UID: immutable, shared by all sessions of the account. Kept in
/// columns: a struct with a String each would cost 130 octets a message, this costs about 50.
package struct MailboxSnapshot: Hashable, Sendable {
    package let validity: UIDValidity?
    private let numbers: [UInt32]
    private let uids: [UInt32]
    private let sizes: [UInt32]
    private let uniqueIDEnds: [UInt32]
    private let uniqueIDOctets: [UInt8]
    /// `octetsBefore[i]` is the sum of the sizes before position `i`; one longer than the rest.
    private let octetsBefore: [UInt64]

    /// `messages` are put in order of UID by the caller.
    package init(validity: UIDValidity?, messages: some Sequence<Message>) {
        var numbers: [UInt32] = []
        var uids: [UInt32] = []
        var sizes: [UInt32] = []
        var ends: [UInt32] = []
        var octets: [UInt8] = []
        var before: [UInt64] = [0]
        var sum: UInt64 = 0
        for message in messages {
            numbers.append(message.number)
            uids.append(message.uid.value)
            sizes.append(message.size)
            octets.append(contentsOf: message.uniqueID.text.utf8)
            ends.append(UInt32(clamping: octets.count))
            sum &+= UInt64(message.size)
            before.append(sum)
        }
        self.validity = validity
        self.numbers = numbers
        self.uids = uids
        self.sizes = sizes
        self.uniqueIDEnds = ends
        self.uniqueIDOctets = octets
        self.octetsBefore = before
    }

    package var count: Int { self.numbers.count }

    /// The message at a position from 0; nil outside.
    package subscript(position: Int) -> Message? {
        guard self.numbers.indices.contains(position), let uid = UID(self.uids[position]) else { return nil }
        let start = position == 0 ? 0 : Int(self.uniqueIDEnds[position - 1])
        let text = String(decoding: self.uniqueIDOctets[start..<Int(self.uniqueIDEnds[position])], as: UTF8.self)
        guard let uniqueID = UniqueID(text) else { return nil }
        return Message(number: self.numbers[position], uid: uid, size: self.sizes[position], uniqueID: uniqueID)
    }

    /// The row number at a position, without making a `Message`.
    package func number(at position: Int) -> UInt32? {
        self.numbers.indices.contains(position) ? self.numbers[position] : nil
    }

    /// Octets of the messages at positions `range`; 0 for what lies outside.
    package func octets(in range: Range<Int>) -> UInt64 {
        let clamped = range.clamped(to: 0..<self.count)
        return self.octetsBefore[clamped.upperBound] &- self.octetsBefore[clamped.lowerBound]
    }
}
