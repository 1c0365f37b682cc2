/// The one response of XOAUTH2 and OAUTHBEARER: `user=name` or a GS2 header with the name (RFC 7628 §3.1), then fields
/// `key=value`, each ended by U+0001, and one more U+0001. Of the fields only `auth` matters, `Bearer` and the token.
struct TokenResponse {
    let name: [UInt8]
    let token: ArraySlice<UInt8>

    /// Nil for anything else, and for a token that is none (RFC 6750 §2.1).
    init?(_ octets: [UInt8], _ mechanism: SASLDialogue.Mechanism) {
        let fields = octets.split(separator: 1, omittingEmptySubsequences: false)
        // Behind the last field stand its end and the response's: two empty ones.
        guard fields.count >= 4, let first = fields.first, fields.suffix(2).allSatisfy(\.isEmpty) else { return nil }
        let authorizations = fields.dropFirst().dropLast(2).compactMap { Self.value(of: "auth", $0) }
        guard authorizations.count == 1, let token = authorizations.first.flatMap({ Self.bearer($0) }) else {
            return nil
        }
        let name: [UInt8]? =
            switch mechanism {
            case .xoauth2: Self.value(of: "user", first).map { Array($0) }
            case .oauthBearer: Self.name(inHeader: first)
            case .plain, .login: nil
            }
        guard let name else { return nil }
        self.name = name
        self.token = token
    }

    private static func value(of key: String, _ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        field.starts(with: Array("\(key)=".utf8)) ? field.dropFirst(key.utf8.count + 1) : nil
    }

    /// `n,a=name,`, or `y` for `n`: no channel binding either way (RFC 5801 §4). Without a name nobody could be asked for
    /// the mailbox.
    private static func name(inHeader header: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = header.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].isEmpty, [UInt8(ascii: "n")] == parts[0] || [UInt8(ascii: "y")] == parts[0],
            var rest = Self.value(of: "a", parts[1])
        else { return nil }
        var name: [UInt8] = []
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "=") else {
                name.append(octet)
                continue
            }
            switch String(decoding: rest.prefix(2), as: UTF8.self) {
            case "2C": name.append(UInt8(ascii: ","))
            case "3D": name.append(UInt8(ascii: "="))
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        return name
    }

    /// The scheme in any case, spaces, and the token: printable and without a space.
    private static func bearer(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let scheme = value.prefix(7).map(\.uppercased)
        let token = value.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
        guard scheme == Array("BEARER ".utf8), (1...Credentials.longestToken).contains(token.count),
            token.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return token
    }
}
