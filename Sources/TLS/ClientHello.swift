/// Application protocols and server names as they stand in a ClientHello: parsed by hand, every length checked.
enum ClientHello {
    /// The name in a server_name extension (RFC 6066 §3), in lower case. Nil for what is no host name.
    static func serverName(in extensionData: [UInt8]) -> String? {
        // The list's length (2), the kind of name (1), its length (2), the name.
        var reader = extensionData[...]
        guard let listLength = Self.number(octets: 2, from: &reader), listLength == reader.count,
            Self.number(octets: 1, from: &reader) == 0, let length = Self.number(octets: 2, from: &reader),
            length <= reader.count
        else { return nil }
        return HostName.canonical(reader.prefix(length))
    }

    /// The names in an ALPN protocol list (RFC 7301 §3.1); what does not parse ends the list.
    static func protocols(in list: [UInt8]) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var reader = list[...]
        while let length = Self.number(octets: 1, from: &reader), length > 0, length <= reader.count {
            names.append(Array(reader.prefix(length)))
            reader = reader.dropFirst(length)
        }
        return names
    }

    /// For a record: at most 8 names of at most 32 octets, what is not printable shown as `?`.
    static func printable(_ names: [[UInt8]]) -> [String] {
        names.prefix(8).map { name in
            String(decoding: name.prefix(32).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
    }

    private static func number(octets count: Int, from reader: inout ArraySlice<UInt8>) -> Int? {
        guard reader.count >= count else { return nil }
        let value = reader.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        reader = reader.dropFirst(count)
        return value
    }
}

enum HostName {
    /// The longest name (RFC 1035 §2.3.4, without the final dot), and the longest label.
    static let maximumLength = 253
    static let maximumLabelLength = 63

    /// The name in lower case without a final dot; nil unless it is letters, digits, hyphens and underscores in labels of
    /// 1 to 63 octets (RFC 1123 §2.1; underscores because real names have them).
    static func canonical(_ octets: some Collection<UInt8>) -> String? {
        var name = octets.prefix(maximumLength + 2).map { $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) }
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        guard !name.isEmpty, name.count <= self.maximumLength else { return nil }
        for label in name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...self.maximumLabelLength).contains(label.count), label.allSatisfy(Self.isAllowed) else {
                return nil
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isAllowed(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
