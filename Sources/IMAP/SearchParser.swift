/// Reads the numbers of SEARCH (RFC 3501 §7.2.5), ESEARCH (RFC 4731 §3.1) and VANISHED (RFC 7162 §3.2.10).
enum SearchParser {
    /// Numbers, one by one. Some servers put them in parentheses.
    static func numbers(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) -> UIDRanges {
        var found = UIDRanges()
        while true {
            switch scanner.peek(in: octets) {
            case nil:
                return found
            case 0x0A, 0x0D, UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"):
                scanner.advance()
            default:
                // RFC 7162 §3.1.5 puts `(MODSEQ n)` behind the numbers.
                let start = scanner.index
                guard let number = scanner.number(in: octets) else {
                    guard scanner.index == start, octets.equal(scanner.word(in: octets), "MODSEQ") else {
                        throw .malformedSearch
                    }
                    return found
                }
                found.append(try Self.uid(number)...(try Self.uid(number)))
            }
        }
    }

    static func extended(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) -> Response {
        var tag: [UInt8]?
        var found = UIDRanges()
        scanner.skipSpaces(in: octets)
        if scanner.skip(UInt8(ascii: "("), in: octets) {
            _ = scanner.word(in: octets)
            scanner.skipSpaces(in: octets)
            switch try scanner.string(in: octets) {
            case .octets(let range): tag = octets.copy(range)
            case .null: break
            case nil: tag = octets.copy(scanner.word(in: octets))
            }
            guard scanner.skip(UInt8(ascii: ")"), in: octets) else { throw .malformedSearch }
        }
        while true {
            scanner.skipSpaces(in: octets)
            let name = scanner.word(in: octets)
            if name.isEmpty { return .extendedSearch(tag: tag, found) }
            if octets.equal(name, "UID") { continue }
            scanner.skipSpaces(in: octets)
            if octets.equal(name, "ALL") {
                found.append(contentsOf: try Self.set(octets, &scanner))
            } else {
                try scanner.skipValue(in: octets)
            }
        }
    }

    /// How many have gone; `(EARLIER)` speaks of before this session.
    static func vanished(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) -> Int {
        scanner.skipSpaces(in: octets)
        guard scanner.peek(in: octets) != UInt8(ascii: "(") else { return 0 }
        return try Self.set(octets, &scanner).count
    }

    /// `1:3,5`: either end of a range may be the lower (RFC 3501 §9).
    private static func set(_ octets: Span<UInt8>, _ scanner: inout Scanner) throws(ProtocolViolation) -> UIDRanges {
        var found = UIDRanges()
        repeat {
            guard let first = scanner.number(in: octets) else { throw .malformedSearch }
            var last = first
            if scanner.skip(UInt8(ascii: ":"), in: octets) {
                guard let number = scanner.number(in: octets) else { throw .malformedSearch }
                last = number
            }
            found.append(try Self.uid(min(first, last))...(try Self.uid(max(first, last))))
        } while scanner.skip(UInt8(ascii: ","), in: octets)
        return found
    }

    private static func uid(_ number: UInt64) throws(ProtocolViolation) -> UInt32 {
        guard let value = UInt32(exactly: number), value > 0 else { throw .malformedSearch }
        return value
    }
}
