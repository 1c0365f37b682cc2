/// A place in the octets of one response. The octets are handed to each call, so that a response is read where it lies
/// (a copy or a `String` a line would cost ten times the reading).
struct Scanner {
    /// The deepest nesting of lists (CVE-2026-27857 was a server without one).
    static let maximumDepth = 32

    /// What a string or NIL held.
    enum StringValue: Hashable {
        case null
        case octets(Range<Int>)
    }

    private(set) var index = 0

    func peek(in octets: Span<UInt8>) -> UInt8? {
        self.index < octets.count ? octets[self.index] : nil
    }

    mutating func advance() { self.index += 1 }

    /// Moves to `index`, which another reader of the same response reached.
    mutating func move(to index: Int) { self.index = max(self.index, index) }

    mutating func skip(_ octet: UInt8, in octets: Span<UInt8>) -> Bool {
        guard self.peek(in: octets) == octet else { return false }
        self.index += 1
        return true
    }

    mutating func skipSpaces(in octets: Span<UInt8>) {
        while self.index < octets.count, octets[self.index] == UInt8(ascii: " ") { self.index += 1 }
    }

    /// Digits; nil if there are none, or more than 64 bits hold. Stops behind them.
    mutating func number(in octets: Span<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var fits = true
        let start = self.index
        while self.index < octets.count {
            let digit = octets[self.index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if overflow || carry { fits = false }
            value = sum
            self.index += 1
        }
        return fits && self.index > start ? value : nil
    }

    /// What stands before the next space, bracket, parenthesis, quote or line end; may be empty.
    mutating func word(in octets: Span<UInt8>) -> Range<Int> {
        let start = self.index
        while self.index < octets.count {
            switch octets[self.index] {
            case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: "\""), 0x0D, 0x0A:
                return start..<self.index
            default:
                self.index += 1
            }
        }
        return start..<self.index
    }

    /// `"…"`, `{n}` with its octets, `~{n}`, or NIL; nil (and nothing read) if something else stands here.
    mutating func string(in octets: Span<UInt8>) throws(ProtocolViolation) -> StringValue? {
        switch self.peek(in: octets) {
        case UInt8(ascii: "\""):
            return try .octets(self.quoted(in: octets))
        case UInt8(ascii: "{"), UInt8(ascii: "~"):
            return try .octets(self.literal(in: octets))
        default:
            let start = self.index
            let word = self.word(in: octets)
            if octets.equal(word, "NIL") { return .null }
            self.index = start
            return nil
        }
    }

    /// The octets between the quotes, backslashes still in them (RFC 3501 §4.3).
    private mutating func quoted(in octets: Span<UInt8>) throws(ProtocolViolation) -> Range<Int> {
        self.index += 1
        let start = self.index
        while self.index < octets.count {
            switch octets[self.index] {
            case UInt8(ascii: "\""):
                self.index += 1
                return start..<(self.index - 1)
            case UInt8(ascii: "\\"):
                self.index += 2
            default:
                self.index += 1
            }
        }
        throw .malformedFetch
    }

    private mutating func literal(in octets: Span<UInt8>) throws(ProtocolViolation) -> Range<Int> {
        _ = self.skip(UInt8(ascii: "~"), in: octets)
        guard self.skip(UInt8(ascii: "{"), in: octets), let count = self.number(in: octets) else {
            throw .literalLength
        }
        _ = self.skip(UInt8(ascii: "+"), in: octets)
        guard self.skip(UInt8(ascii: "}"), in: octets) else { throw .literalLength }
        _ = self.skip(0x0D, in: octets)
        guard self.skip(0x0A, in: octets), count <= UInt64(clamping: octets.count - self.index) else {
            throw .literalLength
        }
        let start = self.index
        self.index += Int(clamping: count)
        return start..<self.index
    }

    /// Passes over one value of any form: atom, string, list.
    mutating func skipValue(in octets: Span<UInt8>) throws(ProtocolViolation) {
        var depth = 0
        repeat {
            self.skipSpaces(in: octets)
            switch self.peek(in: octets) {
            case nil:
                throw .malformedFetch
            case UInt8(ascii: "("):
                depth += 1
                guard depth <= Self.maximumDepth else { throw .nestingTooDeep }
                self.index += 1
            case UInt8(ascii: ")"):
                // At depth 0 this is the list we are in: the value is missing.
                guard depth > 0 else { return }
                depth -= 1
                self.index += 1
            case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "~"):
                _ = try self.string(in: octets)
            default:
                if self.word(in: octets).isEmpty { self.index += 1 }
            }
        } while depth > 0
    }
}

extension Span where Element == UInt8 {
    /// Whether `range` holds `name`, which is in capitals; case does not matter.
    func equal(_ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count, range.upperBound <= self.count else { return false }
        var index = range.lowerBound
        for expected in name.utf8 {
            let octet = self[index]
            let capital = octet >= UInt8(ascii: "a") && octet <= UInt8(ascii: "z") ? octet & 0xDF : octet
            guard capital == expected else { return false }
            index += 1
        }
        return true
    }

    /// A copy of a stretch, cut to what is there.
    func copy(_ range: Range<Int>) -> [UInt8] {
        range.clamped(to: 0..<self.count).map { self[$0] }
    }
}
