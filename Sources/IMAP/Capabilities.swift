/// What a mail server announced, of what matters to us (RFC 3501 §7.2.1). Names we do not know are passed over.
package struct Capabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let startTLS = Capabilities(rawValue: 1)
    package static let loginDisabled = Capabilities(rawValue: 2)
    package static let plain = Capabilities(rawValue: 4)
    package static let initialResponse = Capabilities(rawValue: 8)
    package static let literalPlus = Capabilities(rawValue: 16)
    package static let literalMinus = Capabilities(rawValue: 32)
    package static let id = Capabilities(rawValue: 64)
    package static let extendedSearch = Capabilities(rawValue: 128)
    package static let quota = Capabilities(rawValue: 256)
    package static let scramSHA256 = Capabilities(rawValue: 512)
    package static let xoauth2 = Capabilities(rawValue: 1_024)
    package static let oauthBearer = Capabilities(rawValue: 2_048)
    /// EMAILID (RFC 8474 §5.1).
    package static let objectID = Capabilities(rawValue: 4_096)
    /// X-GM-MSGID.
    package static let gmail = Capabilities(rawValue: 8_192)

    /// The longest list (I-03).
    static let maximumLength = 16_384

    private static let names: [(String, Capabilities)] = [
        ("STARTTLS", .startTLS), ("LOGINDISABLED", .loginDisabled), ("AUTH=PLAIN", .plain),
        ("AUTH=SCRAM-SHA-256", .scramSHA256), ("AUTH=XOAUTH2", .xoauth2), ("AUTH=OAUTHBEARER", .oauthBearer),
        ("SASL-IR", .initialResponse), ("LITERAL+", .literalPlus), ("LITERAL-", .literalMinus), ("ID", .id),
        ("ESEARCH", .extendedSearch), ("QUOTA", .quota),
        ("OBJECTID", .objectID), ("X-GM-EXT-1", .gmail),
        // Seen in the field: `LITERAL +`, with a space (MailKit #1654).
        ("+", .literalPlus),
    ]

    /// Reads names up to the line's end, or the `]` of a response code.
    init(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) {
        self = []
        let start = scanner.index
        while true {
            scanner.skipSpaces(in: octets)
            let word = scanner.word(in: octets)
            guard scanner.index - start <= Self.maximumLength else { throw .capabilitiesTooLong }
            guard !word.isEmpty else { return }
            for (name, capability) in Self.names where octets.equal(word, name) { self.insert(capability) }
            // RFC 9208 §3.1: `QUOTA=RES-STORAGE` and the like.
            if octets.equal(word.prefix(6), "QUOTA=") { self.insert(.quota) }
        }
    }

    var literals: CommandEncoder.LiteralSupport {
        if self.contains(.literalPlus) { return .any }
        return self.contains(.literalMinus) ? .small : .synchronizing
    }
}
