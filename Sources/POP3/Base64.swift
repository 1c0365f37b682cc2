import Linux

/// Base64 as RFC 4648 §4 has it, and nothing else: no white space, no missing padding, no bits beyond the last octet.
package enum Base64 {
    /// The octets, or nil. Secret ones: the caller wipes what it gets.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            guard self.decodeGroup(text, at: start, into: &octets) else {
                wipe(&octets)
                return nil
            }
        }
        return octets
    }

    /// Four characters make three octets; in the last group one or two `=` stand for octets that are not there.
    private static func decodeGroup(_ text: Span<UInt8>, at start: Int, into octets: inout [UInt8]) -> Bool {
        let isLast = start + 4 == text.count
        let padding = text[start + 3] != self.pad ? 0 : text[start + 2] != self.pad ? 1 : 2
        guard padding == 0 || isLast else { return false }
        var bits: UInt32 = 0
        for offset in 0..<(4 - padding) {
            guard let value = self.value(text[start + offset]) else { return false }
            bits |= UInt32(value) << UInt32(18 - 6 * offset)
        }
        let unused: UInt32 = padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF
        guard bits & unused == 0 else { return false }
        for offset in 0..<(3 - padding) { octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * offset))) }
        return true
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// With padding, in one line.
    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let value = Int(truncatingIfNeeded: bits >> UInt32(18 - 6 * place) & 0x3F)
                text.append(place <= group.count ? self.alphabet[value] : self.pad)
            }
        }
        return text
    }

    private static let pad = UInt8(ascii: "=")

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case _: nil
        }
    }
}
