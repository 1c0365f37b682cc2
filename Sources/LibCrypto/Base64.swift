/// Base64 (RFC 4648 §4), strict: the one spelling of each value, no line ends, no other alphabet.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    package static func encode(_ octets: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        var rest = octets[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for octet in group { bits = bits << 8 | UInt32(octet) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let value = Int(bits >> UInt32(18 - 6 * place) & 63)
                text.append(place <= group.count ? self.alphabet[value] : self.padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that `encode` does not write: bad characters, missing or extra padding, stray bits at the end
    /// (RFC 4648 §3.5).
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var bits: UInt32 = 0
        var values = 0
        var pads = 0
        for character in text {
            if character == self.padding {
                pads += 1
                guard pads <= 2 else { return nil }
                continue
            }
            guard pads == 0, let value = self.value(of: character) else { return nil }
            bits = bits << 6 | value
            values += 1
            guard values == 4 else { continue }
            octets.append(contentsOf: [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) })
            bits = 0
            values = 0
        }
        switch (values, pads) {
        case (0, 0):
            return octets
        case (2, 2) where bits & 0xF == 0:
            return octets + [UInt8(truncatingIfNeeded: bits >> 4)]
        case (3, 1) where bits & 0x3 == 0:
            return octets + [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default:
            return nil
        }
    }

    package static func decode(_ text: String) -> [UInt8]? {
        self.decode(text.utf8)
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
