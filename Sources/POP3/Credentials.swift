/// What a login name may be, however it came: with USER or inside a SASL response.
enum UserName {
    /// The longest name, in octets.
    static let longest = 1_024

    /// The name without the spaces around it, which some clients send. Nil if nothing is left, if it is too long, or
    /// if it holds a control character.
    static func normalised(_ octets: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        let isSpace = { (octet: UInt8) in octet == UInt8(ascii: " ") }
        let name = Array(octets.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard (1...self.longest).contains(name.count) else { return nil }
        guard name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return name
    }
}

/// What a password may be.
enum Credentials {
    /// The longest password, in octets.
    static let longestPassword = 4_096
    /// The longest access token, in octets.
    static let longestToken = 8_192

    /// Whether the octets can be sent upstream inside a literal and mean the same there: no NUL, no CR, no LF.
    static func isSendable(_ password: some Collection<UInt8>) -> Bool {
        password.count <= self.longestPassword && password.allSatisfy { $0 != 0x00 && $0 != 0x0A && $0 != 0x0D }
    }
}
