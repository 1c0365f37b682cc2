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
    private var numbers: [UInt32]
    private var uids: [UInt32]
    private var sizes: [UInt32]
    private var uniqueIDEnds: [UInt32]
    private var uniqueIDOctets: [UInt8]
    /// `octetsBefore[i]` is the sum of the sizes before position `i`; one longer than the rest.
    private var octetsBefore: [UInt64]
    /// Whether row numbers rise with the position: so it is but after a change of UIDVALIDITY.
    private(set) var rowsAreInOrder = true

    /// `messages` are put in order of UID by the caller.
    package init(validity: UIDValidity?, messages: some Sequence<Message>) {
        self.init(validity: validity)
        self.add(messages)
    }

    private init(validity: UIDValidity?) {
        self.validity = validity
        self.numbers = []
        self.uids = []
        self.sizes = []
        self.uniqueIDEnds = []
        self.uniqueIDOctets = []
        self.octetsBefore = [0]
    }

    /// This one, and behind it `messages`, which the caller puts in order of UID. Costs a copy of the columns, and no look at
    /// what is in them.
    package func appending(_ messages: [Message], validity: UIDValidity?) -> MailboxSnapshot {
        guard !messages.isEmpty || validity != self.validity else { return self }
        var longer = MailboxSnapshot(validity: validity)
        let count = self.count + messages.count
        longer.numbers.reserveCapacity(count)
        longer.uids.reserveCapacity(count)
        longer.sizes.reserveCapacity(count)
        longer.uniqueIDEnds.reserveCapacity(count)
        longer.octetsBefore.reserveCapacity(count + 1)
        longer.uniqueIDOctets.reserveCapacity(
            self.uniqueIDOctets.count + messages.reduce(0) { $0 + $1.uniqueID.text.utf8.count }
        )
        longer.numbers += self.numbers
        longer.uids += self.uids
        longer.sizes += self.sizes
        longer.uniqueIDEnds += self.uniqueIDEnds
        longer.uniqueIDOctets += self.uniqueIDOctets
        longer.octetsBefore += self.octetsBefore.dropFirst()
        longer.rowsAreInOrder = self.rowsAreInOrder
        longer.add(messages)
        return longer
    }

    private mutating func add(_ messages: some Sequence<Message>) {
        var sum = self.octetsBefore.last ?? 0
        for message in messages {
            if let last = self.numbers.last, last >= message.number { self.rowsAreInOrder = false }
            self.numbers.append(message.number)
            self.uids.append(message.uid.value)
            self.sizes.append(message.size)
            self.uniqueIDOctets.append(contentsOf: message.uniqueID.text.utf8)
            self.uniqueIDEnds.append(UInt32(clamping: self.uniqueIDOctets.count))
            sum &+= UInt64(message.size)
            self.octetsBefore.append(sum)
        }
    }

    package var count: Int { self.numbers.count }

    /// The message at a position from 0; nil outside.
    package subscript(position: Int) -> Message? {
        guard self.numbers.indices.contains(position), let uid = UID(self.uids[position]) else { return nil }
        let text = String(decoding: self.uniqueIDOctets(at: position), as: UTF8.self)
        guard let uniqueID = UniqueID(text) else { return nil }
        return Message(number: self.numbers[position], uid: uid, size: self.sizes[position], uniqueID: uniqueID)
    }

    /// The row number at a position, without making a `Message`.
    package func number(at position: Int) -> UInt32? {
        self.numbers.indices.contains(position) ? self.numbers[position] : nil
    }

    /// The UID at a position, without making a `Message`.
    package func uid(at position: Int) -> UID? {
        self.uids.indices.contains(position) ? UID(self.uids[position]) : nil
    }

    /// The size at a position, without making a `Message`.
    package func size(at position: Int) -> UInt32? {
        self.sizes.indices.contains(position) ? self.sizes[position] : nil
    }

    /// Where the message of that UID stands; nil where none does. Found by binary search.
    package func position(of uid: UID) -> Int? {
        let position = self.uids.partitioningIndex { $0 >= uid.value }
        return position < self.uids.count && self.uids[position] == uid.value ? position : nil
    }

    /// Octets of the message with this UID, as listed; nil when there is none.
    package func size(of uid: UID) -> UInt32? { self.position(of: uid).map { self.sizes[$0] } }

    /// The unique-id at a position, as octets, without making a `Message`; empty outside.
    func uniqueIDOctets(at position: Int) -> ArraySlice<UInt8> {
        guard self.uniqueIDEnds.indices.contains(position) else { return [] }
        let start = position == 0 ? 0 : Int(self.uniqueIDEnds[position - 1])
        return self.uniqueIDOctets[start..<Int(self.uniqueIDEnds[position])]
    }

    /// The first position whose row is `row` or a later one, where rows are in order.
    func firstPosition(ofRowsFrom row: UInt32) -> Int { self.numbers.partitioningIndex { $0 >= row } }

    /// Octets of the messages at positions `range`; 0 for what lies outside.
    package func octets(in range: Range<Int>) -> UInt64 {
        let clamped = range.clamped(to: 0..<self.count)
        return self.octetsBefore[clamped.upperBound] &- self.octetsBefore[clamped.lowerBound]
    }
}

extension [UInt32] {
    /// The first place of which `isBehind` is true, where it is true of all that follow; the count where there is none.
    fileprivate func partitioningIndex(where isBehind: (UInt32) -> Bool) -> Int {
        var low = 0
        var high = self.count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
