import enum Gateway.IPAddress

/// The address of the mail server as an operator writes it.
package struct UpstreamURL: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable {
        /// TLS from the first octet, port 993.
        case imaps
        /// STARTTLS, port 143. Without TLS only to loopback.
        case imap
    }

    package let scheme: Scheme
    package let host: String
    package let port: Int

    /// Nil unless `text` is a scheme, a host and perhaps a port: no user, path or query.
    package init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let scheme = Scheme(rawValue: text[..<colon].lowercased())
        else { return nil }
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
        self.scheme = scheme
        self.host = String(host)
        if rest.isEmpty {
            self.port = scheme == .imaps ? 993 : 143
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

    /// Whether the host is this machine by its address or as `localhost`: the only place where TLS may be missing.
    package var isLoopback: Bool {
        self.host == "localhost" || IPAddress(self.host)?.isLoopback == true
    }
}
