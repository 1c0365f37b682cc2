package import struct POP3.UniqueID

/// Whether a device that is set wrong finds a message about that in its own view (`notice`).
package enum NoticePolicy: String, Hashable, Sendable, CaseIterable { case off, mailbox }

/// A message of Leavecopy's own to one device (`notice: mailbox`), at the end of that device's maildrop and nowhere else.
/// The mail server knows nothing of it, so it has neither a UID nor a row: what goes upstream, is hidden or confirmed
/// cannot name it.
package struct DeviceNotice: Hashable, Sendable {
    /// Random, so that no message has it, and the same as long as the notice is shown: nobody downloads it twice.
    package let uniqueID: UniqueID
    /// The whole message as it is served (RFC 5322), lines ended by CRLF. It never changes.
    package let text: [UInt8]

    package init(uniqueID: UniqueID, text: [UInt8]) {
        self.uniqueID = uniqueID
        self.text = text
    }

    /// Octets as they are delivered.
    package var size: UInt32 { UInt32(clamping: self.text.count) }

    /// How long a device is shown a notice that it does not delete, in days.
    package static let daysShown: Int64 = 7
}

/// What stands under a message-number of a maildrop.
package enum MaildropEntry: Hashable, Sendable {
    case message(Message)
    case notice(DeviceNotice)

    package var size: UInt32 {
        switch self {
        case .message(let message): message.size
        case .notice(let notice): notice.size
        }
    }

    package var uniqueID: UniqueID {
        switch self {
        case .message(let message): message.uniqueID
        case .notice(let notice): notice.uniqueID
        }
    }

    /// The mail server's message; nil for one of our own.
    package var message: Message? {
        if case .message(let message) = self { message } else { nil }
    }
}

/// How the record says that what it speaks of was a notice: it must never be taken for mail of the mailbox.
extension Attempt {
    private static let ofNotice = "a notice of Leavecopy's own: "
    private static let tookNotice = "took away the notice of Leavecopy's own"

    /// `done`, said of `entry`.
    static func done(_ done: String, to entry: MaildropEntry) -> String {
        switch entry {
        case .message: done
        case .notice: self.ofNotice + done
        }
    }

    /// Behind what a device is shown.
    static let andNotice = ", and a notice of Leavecopy's own"

    static let markedNotice = Self.ofNotice + "marked, gone at QUIT"

    /// `done`, where the notice that the device had marked went too.
    static func doneWithNotice(_ done: String) -> String {
        done == "nothing" ? self.tookNotice : "\(done); \(self.tookNotice)"
    }

    /// Whether a record speaks of a notice and of no message, by what it says was done.
    package static func isOfNotice(done: String) -> Bool { done.hasPrefix(self.ofNotice) }
}
