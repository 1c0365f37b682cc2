/// What a line's end says about what follows it.
enum LineEnd: Hashable {
    /// The response is whole.
    case response
    /// Octets follow that belong to the response.
    case literal(UInt64)
    /// They are the text of a message; the announcement begins at `start`.
    case bodyLiteral(start: Int, octets: UInt64)

    /// - Parameters:
    ///   - octets: a response from its first octet.
    ///   - end: the place behind the line's LF. A CR before it may be missing (I-61).
    ///   - continuesFetch: `octets` are the rest of a FETCH response, behind a body.
    init(_ octets: Span<UInt8>, upTo end: Int, continuesFetch: Bool) throws(ProtocolViolation) {
        var last = end - 2
        if last >= 0, octets[last] == 0x0D { last -= 1 }
        guard last >= 0, octets[last] == UInt8(ascii: "}"), continuesFetch || !Self.isFreeText(octets),
            let start = Self.announcement(octets, endingAt: last)
        else {
            self = .response
            return
        }
        let count = try Self.count(octets, from: start, to: last)
        let tilde = start > 0 && octets[start - 1] == UInt8(ascii: "~")
        let place = tilde ? start - 1 : start
        self =
            !continuesFetch && Self.namesBody(octets, before: place)
            ? .bodyLiteral(start: place, octets: count) : .literal(count)
    }

    /// Tagged answers, continuations and status responses end in text for people, where braces mean nothing.
    private static func isFreeText(_ octets: Span<UInt8>) -> Bool {
        guard octets.count > 2, octets[0] == UInt8(ascii: "*"), octets[1] == UInt8(ascii: " ") else { return true }
        var scanner = Scanner()
        scanner.move(to: 1)
        scanner.skipSpaces(in: octets)
        if scanner.peek(in: octets) == UInt8(ascii: "[") { return true }
        let word = scanner.word(in: octets)
        return StatusResponse.Condition.allCases.contains { octets.equal(word, $0.rawValue) }
    }

    /// The place of the `{`, if one stands near enough to be a literal's.
    private static func announcement(_ octets: Span<UInt8>, endingAt last: Int) -> Int? {
        var index = last - 1
        while index >= 0, last - index < 64 {
            if octets[index] == UInt8(ascii: "{") { return index }
            if octets[index] == UInt8(ascii: " ") || octets[index] == UInt8(ascii: "\"") { return nil }
            index -= 1
        }
        return nil
    }

    /// RFC 3501 §9: a number, and RFC 7888's `+`. Below 2^63 (RFC 9051 §9), and no leading zeros.
    private static func count(_ octets: Span<UInt8>, from start: Int, to last: Int) throws(ProtocolViolation) -> UInt64
    {
        var scanner = Scanner()
        scanner.move(to: start + 1)
        guard let value = scanner.number(in: octets), value <= UInt64(Int64.max) else { throw .literalLength }
        guard octets[start + 1] != UInt8(ascii: "0") || scanner.index == start + 2 else { throw .literalLength }
        _ = scanner.skip(UInt8(ascii: "+"), in: octets)
        guard scanner.index == last else { throw .literalLength }
        return value
    }

    /// Whether a FETCH response says `BODY[…]` or `BODY[…]<n>` right before `place`.
    private static func namesBody(_ octets: Span<UInt8>, before place: Int) -> Bool {
        var scanner = Scanner()
        scanner.move(to: 1)
        scanner.skipSpaces(in: octets)
        guard scanner.number(in: octets) != nil else { return false }
        scanner.skipSpaces(in: octets)
        guard octets.equal(scanner.word(in: octets), "FETCH") else { return false }
        var index = place - 1
        while index > 0, octets[index] == UInt8(ascii: " ") { index -= 1 }
        if index > 0, octets[index] == UInt8(ascii: ">") {
            while index > 0, octets[index] != UInt8(ascii: "<") { index -= 1 }
            index -= 1
        }
        guard index > 0, octets[index] == UInt8(ascii: "]") else { return false }
        while index > 0, octets[index] != UInt8(ascii: "[") { index -= 1 }
        return index >= 4 && octets.equal(index - 4..<index, "BODY")
    }
}
