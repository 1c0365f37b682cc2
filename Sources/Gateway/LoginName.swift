/// The name of a login without its tag, in the forms that are needed of it. Names come in any old code page.
package struct LoginName: Hashable, Sendable {
    /// As it goes to the mail server: unchanged.
    package let octets: [UInt8]

    package init(_ octets: [UInt8]) { self.octets = octets }
    package init(_ text: String) { self.init(Array(text.utf8)) }

    /// The key of the account: trimmed, ASCII letters in lower case, everything outside printable ASCII escaped, so that
    /// two names are one account exactly when the mail server would hardly tell them apart.
    package var normalised: String {
        Self.escaped(Self.trimmed(self.octets[...]).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }

    /// For people: trimmed and escaped, nothing else changed.
    package var display: String { Self.escaped(Self.trimmed(self.octets[...])) }

    /// Whether the mail server may be asked for it: not empty, and no control characters (S-07).
    package var isWellFormed: Bool {
        !Self.trimmed(self.octets[...]).isEmpty && self.octets.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        let tail = octets.drop(while: isBlank)
        guard let last = tail.lastIndex(where: { !isBlank($0) }) else { return [] }
        return tail[...last]
    }

    /// Printable ASCII as it is, a backslash doubled, all else as `\xE9`: one text for one name.
    private static func escaped(_ octets: some Sequence<UInt8>) -> String {
        var text = ""
        for octet in octets {
            switch octet {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(octet))
            case 0...0x0F: text += "\\x0" + String(octet, radix: 16, uppercase: true)
            case _: text += "\\x" + String(octet, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
