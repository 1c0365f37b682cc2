/// Base64 as SASL wants it, and the variant of mailbox names.
enum Base64 {
    /// RFC 4648 §4.
    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// `,` in place of `/` (RFC 3501 §5.1.3).
    static let mailboxNames = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

    static func encode(_ octets: [UInt8], alphabet: [UInt8] = Self.standard, padded: Bool = true) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count / 3 &* 4 &+ 4)
        var bits: UInt32 = 0
        var count = 0
        for octet in octets {
            bits = (bits << 8) | UInt32(octet)
            count += 8
            while count >= 6 {
                count -= 6
                output.append(alphabet[Int((bits >> UInt32(count)) & 0x3F)])
            }
            bits &= 0xFF
        }
        if count > 0 { output.append(alphabet[Int((bits << UInt32(6 - count)) & 0x3F)]) }
        while padded && output.count % 4 != 0 { output.append(UInt8(ascii: "=")) }
        return output
    }

    /// Strict (RFC 4648 §3.5): nil for anything that `encode` does not write.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for octet in text.prefix(while: { $0 != UInt8(ascii: "=") }) {
            guard let value = self.standard.firstIndex(of: octet) else { return nil }
            bits = (bits << 6) | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        return self.encode(output) == Array(text) ? output : nil
    }
}
