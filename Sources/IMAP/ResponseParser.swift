import struct NIOCore.ByteBuffer

/// Reads one whole response (RFC 3501 §9). Tolerant where servers in the field differ (I-34, I-36, I-42, I-61), strict
/// where a wrong reading could lose or swap a message.
struct ResponseParser {
    /// What is kept of a text for people.
    private static let maximumText = 512
    private static let maximumChallenge = 8_192

    /// - Parameter bodyAt: where a body's literal was taken out of the response.
    static func parse(_ response: ByteBuffer, bodyAt: Int?) throws(ProtocolViolation) -> Response {
        let octets = response.readableBytesUInt8Span
        var scanner = Scanner()
        switch scanner.peek(in: octets) {
        case UInt8(ascii: "+"):
            scanner.advance()
            return .continuation(Self.text(octets, &scanner, maximum: Self.maximumChallenge))
        case UInt8(ascii: "*"):
            scanner.advance()
            scanner.skipSpaces(in: octets)
            return try Self.untagged(octets, &scanner, bodyAt: bodyAt)
        default:
            let tag = octets.copy(scanner.word(in: octets))
            scanner.skipSpaces(in: octets)
            guard let condition = Self.condition(octets, scanner.word(in: octets)) else { throw .malformedStatus }
            return try .status(Self.status(octets, &scanner, tag: tag, condition: condition))
        }
    }

    private static func untagged(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        bodyAt: Int?
    ) throws(ProtocolViolation) -> Response {
        if let digit = scanner.peek(in: octets), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            let number = scanner.number(in: octets)
            scanner.skipSpaces(in: octets)
            let word = scanner.word(in: octets)
            if octets.equal(word, "FETCH") {
                return try .fetch(FetchParser.parse(octets, &scanner, bodyAt: bodyAt))
            }
            if octets.equal(word, "EXISTS"), let number { return .exists(UInt32(clamping: number)) }
            return octets.equal(word, "EXPUNGE") ? .expunge : .other
        }
        // Seen at Office 365 and home.pl: a response code with no condition before it (I-61).
        if scanner.peek(in: octets) == UInt8(ascii: "[") {
            return try .status(Self.status(octets, &scanner, tag: nil, condition: .ok))
        }
        let word = scanner.word(in: octets)
        if let condition = Self.condition(octets, word) {
            return try .status(Self.status(octets, &scanner, tag: nil, condition: condition))
        }
        if octets.equal(word, "CAPABILITY") { return try .capability(Capabilities(octets, &scanner)) }
        if octets.equal(word, "SEARCH") { return try .search(SearchParser.numbers(octets, &scanner)) }
        if octets.equal(word, "ESEARCH") { return try SearchParser.extended(octets, &scanner) }
        if octets.equal(word, "VANISHED") { return try .vanished(SearchParser.vanished(octets, &scanner)) }
        if octets.equal(word, "QUOTA") { return Self.quota(octets, &scanner) }
        return .other
    }

    private static func condition(_ octets: Span<UInt8>, _ word: Range<Int>) -> StatusResponse.Condition? {
        StatusResponse.Condition.allCases.first { octets.equal(word, $0.rawValue) }
    }

    private static func status(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        tag: [UInt8]?,
        condition: StatusResponse.Condition
    ) throws(ProtocolViolation) -> StatusResponse {
        scanner.skipSpaces(in: octets)
        let code = try Self.code(octets, &scanner)
        let text = Self.text(octets, &scanner, maximum: Self.maximumText)
        return StatusResponse(tag: tag, condition: condition, code: code, text: text)
    }

    /// What is left of the line, without spaces and line end around it.
    private static func text(_ octets: Span<UInt8>, _ scanner: inout Scanner, maximum: Int) -> [UInt8] {
        scanner.skipSpaces(in: octets)
        var end = octets.count
        while end > scanner.index, [0x0A, 0x0D, 0x20].contains(octets[end - 1]) { end -= 1 }
        return octets.copy(scanner.index..<min(end, scanner.index + maximum))
    }

    /// Ends at the first `]` outside quotes.
    private static func code(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) -> ResponseCode?
    {
        guard scanner.skip(UInt8(ascii: "["), in: octets) else { return nil }
        let word = scanner.word(in: octets)
        scanner.skipSpaces(in: octets)
        var code = ResponseCode.other
        if octets.equal(word, "CAPABILITY") {
            code = try .capability(Capabilities(octets, &scanner))
        } else if octets.equal(word, "UIDVALIDITY") {
            code = .uidValidity(scanner.number(in: octets).flatMap { UInt32(exactly: $0) }.flatMap { UIDValidity($0) })
        } else if octets.equal(word, "UIDNEXT") {
            code = .uidNext(scanner.number(in: octets).flatMap { UInt32(exactly: $0) }.flatMap { UID($0) })
        } else if let name = ResponseCode.Name.allCases.first(where: { octets.equal(word, $0.rawValue) }) {
            code = .named(name)
        }
        var quoted = false
        while let octet = scanner.peek(in: octets), octet != 0x0A {
            scanner.advance()
            if octet == UInt8(ascii: "\"") { quoted.toggle() }
            if octet == UInt8(ascii: "]"), !quoted { break }
        }
        return code
    }

    /// `QUOTA "root" (STORAGE used limit …)`; what is no STORAGE, or makes no sense, is ignored: quota is a courtesy.
    private static func quota(_ octets: Span<UInt8>, _ scanner: inout Scanner) -> Response {
        scanner.skipSpaces(in: octets)
        if scanner.peek(in: octets) != UInt8(ascii: "(") {
            do { try scanner.skipValue(in: octets) } catch { return .other }
        }
        scanner.skipSpaces(in: octets)
        guard scanner.skip(UInt8(ascii: "("), in: octets) else { return .other }
        while true {
            scanner.skipSpaces(in: octets)
            let name = scanner.word(in: octets)
            scanner.skipSpaces(in: octets)
            guard let used = scanner.number(in: octets) else { return .other }
            scanner.skipSpaces(in: octets)
            guard let limit = scanner.number(in: octets) else { return .other }
            if octets.equal(name, "STORAGE") { return .quota(usedKB: used, limitKB: limit) }
        }
    }
}
