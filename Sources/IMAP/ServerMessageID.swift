/// What a mail server calls a message for good: it outlives moves and UIDVALIDITY.
package enum ServerMessageID: Hashable, Sendable {
    /// The FETCH items that tell it.
    package enum Kind: String, Hashable, Sendable {
        case emailID = "EMAILID"
        case gmail = "X-GM-MSGID"
    }

    /// EMAILID, 1 to 255 of `A-Za-z0-9_-` (RFC 8474 §5.1).
    case emailID(String)
    /// X-GM-MSGID of Gmail's extensions X-GM-EXT-1.
    case gmail(UInt64)

    /// The form in which it is kept: `E` and the EMAILID, `G` and the number in decimal.
    package var text: String {
        switch self {
        case .emailID(let id): "E" + id
        case .gmail(let number): "G\(number)"
        }
    }

    /// Nil for a text that `text` does not write.
    package init?(_ text: String) {
        let value = text.dropFirst()
        switch text.first {
        case "E" where (1...255).contains(value.utf8.count): self = .emailID(String(value))
        case "G":
            guard let number = UInt64(value) else { return nil }
            self = .gmail(number)
        case _: return nil
        }
    }
}
