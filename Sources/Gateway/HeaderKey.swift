/// What a message is recognised by when it comes by another way or under another UID: its header, without what servers
/// add, change or leave out on their own.
///
/// The selection is the one that mail migrations have proven on many servers: fields that hold a server's own state are
/// left out, and so are lines that are no fields, blank continuation lines and every CR. Two ways of one message then
/// give the same octets; two messages do not, since Message-ID, Date and Received are among them.
package enum HeaderKey {
    /// What a key is worth at the most: a longer header is none that anybody can send.
    package static let longestHeader = 262_144

    /// Fields that differ between IMAP and POP3 of one server, or change while the message lies there.
    private static let skipped: Set<String> = [
        "content-length", "return-path", "status", "x-imap", "x-imapbase", "x-keywords", "x-message-flag", "x-status",
        "x-uid", "x-uidl", "x-yahoo-newman-property",
    ]

    /// The octets that stand for the message: one line a field or continuation, names in lower case. Empty when nothing is
    /// left, and then it is no key: all such messages would be one.
    ///
    /// `header` is the header block as IMAP's BODY.PEEK[HEADER] or POP3's TOP gives it, with or without the empty line at
    /// its end; what stands behind that line is not looked at.
    package static func canonical(_ header: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(min(header.count, Self.longestHeader))
        var keepsField = false
        for line in header.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let isEmpty = line.allSatisfy { $0 == UInt8(ascii: "\r") }
            // CR CR LF is an end too: some servers end the header there, and others do not.
            if isEmpty { break }
            var text = line.filter { $0 != UInt8(ascii: "\r") }
            while text.last.map(Self.isBlank) == true { text.removeLast() }
            guard let first = line.first(where: { $0 != UInt8(ascii: "\r") }) else { break }
            if Self.isBlank(first) {
                guard keepsField, !text.isEmpty else { continue }
                octets += text.map(Self.withoutNUL)
            } else {
                guard let field = Self.field(text), !Self.skipped.contains(field.name) else {
                    keepsField = false
                    continue
                }
                keepsField = true
                octets += Array(field.name.utf8)
                octets += field.rest.map(Self.withoutNUL)
            }
            octets.append(UInt8(ascii: "\n"))
        }
        return octets
    }

    /// The name in lower case, and the colon with what follows; nil when the line is no field (RFC 5322 §2.2).
    private static func field(_ line: [UInt8]) -> (name: String, rest: ArraySlice<UInt8>)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var name = line[..<colon]
        while name.last.map(Self.isBlank) == true { name.removeLast() }
        guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), line[colon...])
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

    /// Some servers turn a NUL into 0x80 on one of their two ways.
    private static func withoutNUL(_ octet: UInt8) -> UInt8 { octet == 0 ? 0x80 : octet }
}
