package import struct IMAP.UID
package import struct IMAP.UIDValidity
package import struct POP3.UniqueID

/// How the unique-id of a new message is made, once; afterwards it is kept and never changes, whatever the setting says
/// (RFC 1939 §7 wants it to last).
package enum UniqueIDFormat: String, Hashable, Sendable, CaseIterable {
    /// UID and UIDVALIDITY as 8 hexadecimal digits each, lower case: `000000016b05024b`. Equal to the provider's own
    /// where that is Dovecot with its defaults, so that a moved mail program downloads nothing twice.
    case dovecot

    /// Injective for each format: two messages never get the same.
    package func uniqueID(of uid: UID, validity: UIDValidity) -> UniqueID {
        switch self {
        case .dovecot:
            guard let uniqueID = UniqueID(Self.hexadecimal(uid.value) + Self.hexadecimal(validity.value)) else {
                preconditionFailure("16 hexadecimal digits are a unique-id")
            }
            return uniqueID
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
