package import class Linux.Secret
package import func Linux.wipe

/// All that is ever said to a provider's own POP3 service, when its unique-ids are taken over: nothing that fetches a
/// message whole, since some services delete what was fetched, and nothing that deletes.
package enum ClientCommand: Hashable, Sendable {
    case capa
    case stls
    case user([UInt8])
    case pass(Secret)
    /// The mechanism alone; the response follows the server's `+` (RFC 5034 §4).
    case authPlain
    case response(name: [UInt8], password: Secret)
    case stat
    case list
    case uidl
    /// `TOP n 0`: the header, and no line of the body.
    case header(MessageNumber)
    case quit

    /// As it goes on the wire, CRLF and all. The caller has seen to `isSendable`.
    var octets: [UInt8] {
        switch self {
        case .capa: Self.line("CAPA")
        case .stls: Self.line("STLS")
        case .user(let name): Array("USER ".utf8) + name + Self.end
        case .pass(let password): Array("PASS ".utf8) + password.revealed { $0.octets } + Self.end
        case .authPlain: Self.line("AUTH PLAIN")
        case .response(let name, let password): Self.plain(name, password) + Self.end
        case .stat: Self.line("STAT")
        case .list: Self.line("LIST")
        case .uidl: Self.line("UIDL")
        case .header(let number): Self.line("TOP \(number.value) 0")
        case .quit: Self.line("QUIT")
        }
    }

    /// Whether a name or password can stand in a line of its own without becoming another command (S-07).
    static func isSendable(_ octets: Span<UInt8>) -> Bool {
        guard (1...512).contains(octets.count) else { return false }
        for index in octets.indices where octets[index] < 0x20 || octets[index] == 0x7F { return false }
        return true
    }

    /// RFC 4616 §2: no authorization identity, the name, the password.
    private static func plain(_ name: [UInt8], _ password: Secret) -> [UInt8] {
        var message = [0] + name + [0] + password.revealed { $0.octets }
        defer { wipe(&message) }
        return Base64.encode(message)
    }

    private static let end: [UInt8] = [0x0D, 0x0A]
    private static func line(_ text: String) -> [UInt8] { Array(text.utf8) + self.end }
}

extension Span<UInt8> {
    fileprivate var octets: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(self.count)
        for index in self.indices { octets.append(self[index]) }
        return octets
    }
}
