/// Octets that may stand between quotes in a command: only printable ASCII, so they can end neither the string nor the
/// line (RFC 3501 §4.3).
package struct QuotedString: Hashable, Sendable {
    /// With the quotes, and `\` before each `"` and `\`.
    package let encoded: [UInt8]

    /// Nil if an octet lies outside 0x20 to 0x7E: such octets need a literal.
    package init?(_ octets: some Sequence<UInt8>) {
        var encoded = [UInt8(ascii: "\"")]
        for octet in octets {
            guard (0x20...0x7E).contains(octet) else { return nil }
            if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { encoded.append(UInt8(ascii: "\\")) }
            encoded.append(octet)
        }
        encoded.append(UInt8(ascii: "\""))
        self.encoded = encoded
    }
}
