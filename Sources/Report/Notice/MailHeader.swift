import LibCrypto

/// Header fields and bodies of a message as mail servers write them: ASCII, in lines of at most 76 octets.
enum MailHeader {
    private static let lineLength = 76
    /// Of UTF-8 in one encoded word: with them the word is 64 octets, and fits behind the name of a field.
    private static let octetsOfWord = 39

    /// A field with text, folded between words; encoded words (RFC 2047 §2), one a line, where it is not ASCII.
    static func field(_ name: String, _ text: String) -> String {
        let isPrintable = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        // What looks like an encoded word would be read as one.
        if isPrintable, !text.contains("=?") { return self.folded("\(name): \(text)") }
        var words: [[UInt8]] = [[]]
        // RFC 2047 §5: a character is never cut.
        for scalar in text.unicodeScalars {
            let octets = Array(String(scalar).utf8)
            let length = words.last?.count ?? 0
            if length + octets.count > self.octetsOfWord { words.append([]) }
            words[words.count - 1] += octets
        }
        return "\(name): " + words.map { "=?UTF-8?B?\(Base64.encode($0))?=" }.joined(separator: "\r\n ")
    }

    /// RFC 5322 §2.2.3: what is longer than a line goes on in the next, which begins with a blank.
    private static func folded(_ field: String) -> String {
        var lines = [""]
        for word in field.split(separator: " ", omittingEmptySubsequences: false) {
            let last = lines.count - 1
            if lines[last].utf8.count + word.utf8.count >= self.lineLength, !lines[last].isEmpty, !word.isEmpty {
                lines.append(" \(word)")
            } else {
                lines[last] += (lines[last].isEmpty ? "" : " ") + word
            }
        }
        return lines.joined(separator: "\r\n")
    }

    /// The account, where it is an address that needs no quoting (RFC 5322 §3.4.1); else nobody by name (RFC 5322 §3.4).
    static func addressee(_ account: String) -> String {
        let parts = account.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress = parts.count == 2 && account.utf8.count <= 64 && parts.allSatisfy(self.isDotAtom)
        return isAddress ? account : "undisclosed-recipients:;"
    }

    private static func isDotAtom(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.utf8.allSatisfy { octet in
                    (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet)
                        || "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
                }
        }
    }

    /// RFC 2045 §6.8.
    static func base64Lines(_ octets: [UInt8]) -> [String] {
        let octetsOfLine = self.lineLength / 4 * 3
        return stride(from: 0, to: octets.count, by: octetsOfLine).map { start in
            Base64.encode(Array(octets[start...].prefix(octetsOfLine)))
        }
    }
}
