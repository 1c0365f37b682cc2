import enum Gateway.IPAddress

/// `SCHEME://HOST[:PORT]`, as an operator writes where a server is.
struct ServerAddress {
    /// In lower case.
    let scheme: String
    /// A host name, or an address without its brackets.
    let host: String
    let port: Int?

    /// Nil for a text with anything else in it: a user, a path or a query.
    init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var rest = text[colon...]
        guard rest.hasPrefix("://") else { return nil }
        rest = rest.dropFirst(3)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let host: Substring
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<close]
            rest = rest[rest.index(after: close)...]
            guard host.contains(":"), IPAddress(String(host)) != nil else { return nil }
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
            guard Self.isHost(host) else { return nil }
        }
        self.scheme = text[..<colon].lowercased()
        self.host = String(host)
        if rest.isEmpty {
            self.port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
                (1...65_535).contains(port)
            else { return nil }
            self.port = port
        }
    }

    private static func isHost(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x2E
                    || octet == 0x5F
            }
    }
}
