package import struct IMAP.ListedMessage
package import struct IMAP.UID
package import struct IMAP.UIDValidity
package import struct POP3.UniqueID

/// How the unique-id of a new message is made, once; afterwards it is kept and never changes, whatever the setting says
/// (RFC 1939 §7 wants it to last). Each is what some server's own POP3 service answers, so that a mail program that moves
/// downloads nothing twice.
package enum UniqueIDFormat: Hashable, Sendable {
    /// UID and UIDVALIDITY as 8 hexadecimal digits each: `000000016b05024b`, Dovecot's default.
    case dovecot
    /// `1795490379-1`: what Cyrus and others call by this name. Courier's own unique-ids come from a file of its own,
    /// and can only be learned.
    case courier
    /// `1795490379.1`: Cyrus.
    case cyrus
    /// UIDVALIDITY and UID as 8 hexadecimal digits each: UW ipop3d, and Dovecot as `%08Xv%08Xu`.
    case uw
    /// `GmailId` and X-GM-MSGID in hexadecimal digits; Dovecot's where the mail server gives none.
    case gmail
    /// UIDVALIDITY and UID in decimal, with nothing between: `17954903791`.
    case stalwart
    /// The UID alone.
    case uid
    case template(UniqueIDTemplate)

    private static let named: [(name: String, format: Self)] = [
        ("dovecot", .dovecot), ("courier", .courier), ("cyrus", .cyrus), ("uw", .uw), ("gmail", .gmail),
        ("stalwart", .stalwart), ("uid", .uid),
    ]

    /// What `init(_:)` knows besides templates.
    package static var names: [String] { self.named.map(\.name) }

    /// A name, or a template as Dovecot's `pop3_uidl_format` has them (`%v-%u`). Nil for anything else.
    package init?(_ text: String) {
        if let format = Self.named.first(where: { $0.name == text })?.format {
            self = format
        } else if let template = UniqueIDTemplate(text) {
            self = .template(template)
        } else {
            return nil
        }
    }

    /// What `init(_:)` reads.
    package var text: String {
        if case .template(let template) = self { return template.text }
        return Self.named.first { $0.format == self }?.name ?? ""
    }

    /// No two messages of a UIDVALIDITY get the same, of two mailboxes they may. At most
    /// `UniqueIDTemplate.maximumLength` octets.
    package func uniqueID(of message: ListedMessage, validity: UIDValidity) -> UniqueID {
        let text: String =
            switch self {
            case .dovecot: Self.hexadecimal(message.uid.value) + Self.hexadecimal(validity.value)
            case .courier: "\(validity.value)-\(message.uid.value)"
            case .cyrus: "\(validity.value).\(message.uid.value)"
            case .uw: Self.hexadecimal(validity.value) + Self.hexadecimal(message.uid.value)
            case .gmail:
                if case .gmail(let number) = message.serverID {
                    "GmailId" + String(number, radix: 16)
                } else {
                    Self.hexadecimal(message.uid.value) + Self.hexadecimal(validity.value)
                }
            case .stalwart: "\(validity.value)\(message.uid.value)"
            case .uid: "\(message.uid.value)"
            case .template(let template): template.filled(uid: message.uid.value, validity: validity.value)
            }
        guard let uniqueID = UniqueID(text) else {
            preconditionFailure("a format makes 1 to 58 printable octets")
        }
        return uniqueID
    }

    /// For people: the unique-id of the message with the UID 26 and the X-GM-MSGID 18c0ffee where the UIDVALIDITY is
    /// 1795490379.
    package var example: String {
        guard let uid = UID(26), let validity = UIDValidity(1_795_490_379) else { return "" }
        let message = ListedMessage(uid: uid, size: nil, internalDate: nil, serverID: .gmail(0x18C0_FFEE))
        return self.uniqueID(of: message, validity: validity).text
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        UniqueIDTemplate.padded(String(value, radix: 16), to: 8)
    }
}
