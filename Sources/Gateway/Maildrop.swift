import struct IMAP.UID
import struct IMAP.UIDValidity
package import struct POP3.MessageNumber
package import struct POP3.UniqueID

/// What a device sees in this session (RFC 1939 §3): the snapshot minus what it has hidden, numbered from 1, frozen; and
/// the marks of DELE; behind the messages, for a device that is set wrong, a notice of our own. Every command finds what
/// it asks for through this type alone.
///
/// Nothing is kept per message but one bit, and that only once something is marked: what is visible are stretches of
/// the snapshot's positions, so a maildrop of 200,000 messages costs a few octets.
package struct Maildrop: Hashable, Sendable {
    package let mailbox: MailboxID
    let snapshot: MailboxSnapshot
    let visible: VisibleStretches
    /// By row number: unique-ids that are this device's own.
    let ownUniqueIDs: [UInt32: UniqueID]
    /// Rows that RETR refuses under `unidentified: once`.
    package let withheld: NumberRanges
    /// Has the last number, where there is one.
    private let notice: DeviceNotice?
    private(set) var marks: Marks

    package init(
        mailbox: MailboxID,
        snapshot: MailboxSnapshot,
        view: DeviceView,
        withheld: NumberRanges,
        notice: DeviceNotice? = nil
    ) {
        self.mailbox = mailbox
        self.snapshot = snapshot
        self.visible = VisibleStretches(of: snapshot, hiding: view.hidden)
        self.ownUniqueIDs = view.distinctUniqueIDs(in: snapshot)
        self.withheld = withheld
        self.notice = notice
        self.marks = Marks()
    }

    /// Messages that are listed, and their octets together: what STAT says (RFC 1939 §5: without marked ones).
    package var count: Int { self.lastNumber - self.marks.count }
    package var octets: UInt64 {
        let all = self.visible.octets &+ UInt64(self.notice?.size ?? 0)
        return all - min(self.marks.octets, all)
    }
    /// Of these, messages of the mailbox.
    package var listedMessages: Int {
        self.count - (self.notice == nil || self.markedNotice != nil ? 0 : 1)
    }
    /// Messages marked by DELE.
    package var markedCount: Int { self.marks.count }
    /// The highest message-number of this session, marked or not; it never changes.
    package var lastNumber: Int { self.visible.count + (self.notice == nil ? 0 : 1) }

    /// What has that number; nil when nothing has, or it is marked (RFC 1939 §5).
    package subscript(number: MessageNumber) -> MaildropEntry? {
        guard !self.marks.contains(number) else { return nil }
        if let notice = self.notice, number.value == self.lastNumber { return .notice(notice) }
        return self.message(numbered: number).map { .message($0) }
    }

    private func message(numbered number: MessageNumber) -> Message? {
        guard let position = self.visible.position(of: number), let message = self.snapshot[position] else {
            return nil
        }
        guard let own = self.ownUniqueIDs[message.number] else { return message }
        return Message(number: message.number, uid: message.uid, size: message.size, uniqueID: own)
    }

    /// The UID of the message of that number; nil when there is none, or it is marked.
    func uid(ofNumber value: Int) -> UID? {
        guard let number = MessageNumber(value), !self.marks.contains(number),
            let position = self.visible.position(of: number)
        else { return nil }
        return self.snapshot.uid(at: position)
    }

    /// What is listed, in order, each made when it is asked for.
    package var listed: some Sequence<(number: MessageNumber, entry: MaildropEntry)> {
        self.listed(after: 0)
    }

    /// What is listed with a number above `number`.
    package func listed(after number: Int) -> some Sequence<(number: MessageNumber, entry: MaildropEntry)> {
        let first = min(max(number, 0), self.lastNumber) + 1
        return (first..<(self.lastNumber + 1)).lazy.compactMap { value in
            guard let number = MessageNumber(value), let entry = self[number] else { return nil }
            return (number: number, entry: entry)
        }
    }

    /// Whether RETR refuses this message (`unidentified: once`).
    package func withholds(_ message: Message) -> Bool { self.withheld.contains(message.number) }

    /// Marks what has that number as deleted, and gives it back; nil when nothing has, or it is marked already.
    package mutating func mark(_ number: MessageNumber) -> MaildropEntry? {
        guard let entry = self[number] else { return nil }
        self.marks.insert(number, octets: entry.size, of: self.lastNumber)
        return entry
    }

    /// Takes all marks away (RFC 1939 §5, RSET), and says how many there were.
    package mutating func unmarkAll() -> Int {
        defer { self.marks = Marks() }
        return self.marks.count
    }

    /// The notice, when it is marked.
    package var markedNotice: DeviceNotice? {
        guard let notice = self.notice, let last = MessageNumber(self.lastNumber) else { return nil }
        return self.marks.contains(last) ? notice : nil
    }

    /// The rows of the marked messages; a notice has none.
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
