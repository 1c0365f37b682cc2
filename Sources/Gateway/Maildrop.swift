/// What a device sees in this session (RFC 1939 §3): the snapshot minus what it has hidden, numbered from 1, frozen; and
/// the marks of DELE. Every command finds messages through this type alone.
package struct Maildrop: Hashable, Sendable {
    package let mailbox: MailboxID
    private let snapshot: MailboxSnapshot
    private let view: DeviceView
    /// Rows that RETR refuses under `unidentified: once`.
    package let withheld: NumberRanges

    package init(mailbox: MailboxID, snapshot: MailboxSnapshot, view: DeviceView, withheld: NumberRanges) {
        self.mailbox = mailbox
        self.snapshot = snapshot
        self.view = view
        self.withheld = withheld
    }
}
