import struct IMAP.UIDValidity
package import struct POP3.MessageNumber
package import struct POP3.UniqueID

/// What a device sees in this session (RFC 1939 §3): the snapshot minus what it has hidden, numbered from 1, frozen; and
/// the marks of DELE. Every command finds messages through this type alone.
///
/// Nothing is kept per message but one bit, and that only once something is marked: what is visible are stretches of
/// the snapshot's positions, so a maildrop of 200,000 messages costs a few octets.
package struct Maildrop: Hashable, Sendable {
    package let mailbox: MailboxID
    private let snapshot: MailboxSnapshot
    private let visible: VisibleStretches
    /// By row number: unique-ids that are this device's own.
    private let ownUniqueIDs: [UInt32: UniqueID]
    /// Rows that RETR refuses under `unidentified: once`.
    package let withheld: NumberRanges
    private var marks: Marks

    package init(mailbox: MailboxID, snapshot: MailboxSnapshot, view: DeviceView, withheld: NumberRanges) {
        self.mailbox = mailbox
        self.snapshot = snapshot
        self.visible = VisibleStretches(of: snapshot, hiding: view.hidden)
        self.ownUniqueIDs = view.distinctUniqueIDs(in: snapshot)
        self.withheld = withheld
        self.marks = Marks()
    }

    /// Messages that are listed, and their octets together: what STAT says (RFC 1939 §5: without marked ones).
    package var count: Int { self.visible.count - self.marks.count }
    package var octets: UInt64 { self.visible.octets - min(self.marks.octets, self.visible.octets) }
    /// Messages marked by DELE.
    package var markedCount: Int { self.marks.count }
    /// The highest message-number of this session, marked or not; it never changes.
    package var lastNumber: Int { self.visible.count }

    /// The message of that number; nil when there is none, or it is marked (RFC 1939 §5).
    package subscript(number: MessageNumber) -> Message? {
        guard !self.marks.contains(number) else { return nil }
        return self.message(numbered: number)
    }

    /// The same, marked or not: for the record alone.
    func message(numbered number: MessageNumber) -> Message? {
        guard let position = self.visible.position(of: number), let message = self.snapshot[position] else {
            return nil
        }
        guard let own = self.ownUniqueIDs[message.number] else { return message }
        return Message(number: message.number, uid: message.uid, size: message.size, uniqueID: own)
    }

    /// The listed messages in order, each made when it is asked for.
    package var listed: some Sequence<(number: MessageNumber, message: Message)> {
        self.listed(after: 0)
    }

    /// The listed messages whose number is above `number`.
    package func listed(after number: Int) -> some Sequence<(number: MessageNumber, message: Message)> {
        let first = min(max(number, 0), self.lastNumber) + 1
        return (first..<(self.lastNumber + 1)).lazy.compactMap { value in
            guard let number = MessageNumber(value), let message = self[number] else { return nil }
            return (number: number, message: message)
        }
    }

    /// Whether RETR refuses this message (`unidentified: once`).
    package func withholds(_ message: Message) -> Bool { self.withheld.contains(message.number) }

    /// Marks the message as deleted, and gives it back; nil when there is none, or it is marked already.
    package mutating func mark(_ number: MessageNumber) -> Message? {
        guard let message = self[number] else { return nil }
        self.marks.insert(number, octets: message.size, of: self.lastNumber)
        return message
    }

    /// Takes all marks away (RFC 1939 §5, RSET), and says how many there were.
    package mutating func unmarkAll() -> Int {
        defer { self.marks = Marks() }
        return self.marks.count
    }

    /// The rows of the marked messages.
    package var marked: NumberRanges {
        var rows: [UInt32] = []
        rows.reserveCapacity(self.marks.count)
        for value in self.marks.numbers {
            guard let number = MessageNumber(value), let position = self.visible.position(of: number),
                let row = self.snapshot.number(at: position)
            else { continue }
            rows.append(row)
        }
        return NumberRanges(numbers: rows)
    }

    /// How the record names a message of this maildrop.
    package func reference(to message: Message, numbered number: MessageNumber) -> MessageReference {
        MessageReference(
            messageNumber: number.value,
            mailbox: self.mailbox,
            message: message,
            validity: self.snapshot.validity?.value ?? 0
        )
    }
}
