/// The name of a mailbox as a command carries it: modified UTF-7 between quotes (RFC 3501 §5.1.3). Every name has this
/// form, also one with control characters, and none can end the line.
package struct MailboxName: Hashable, Sendable {
    /// As it is sent, with its quotes.
    package let encoded: [UInt8]

    package init(_ name: String) {
        var encoded = [UInt8(ascii: "\"")]
        var shifted: [UInt8] = []
        func flush() {
            guard !shifted.isEmpty else { return }
            encoded.append(UInt8(ascii: "&"))
            encoded += Base64.encode(shifted, alphabet: Base64.mailboxNames, padded: false)
            encoded.append(UInt8(ascii: "-"))
            shifted = []
        }
        for unit in name.utf16 {
            guard let octet = UInt8(exactly: unit), (0x20...0x7E).contains(octet) else {
                shifted.append(UInt8(truncatingIfNeeded: unit >> 8))
                shifted.append(UInt8(truncatingIfNeeded: unit))
                continue
            }
            flush()
            switch octet {
            case UInt8(ascii: "&"): encoded += Array("&-".utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): encoded += [UInt8(ascii: "\\"), octet]
            default: encoded.append(octet)
            }
        }
        flush()
        encoded.append(UInt8(ascii: "\""))
        self.encoded = encoded
    }
}
