import LibCrypto

/// A text and who signed it, as C2SP writes it: the text, an empty line, and for each signature a line with an em dash,
/// the signer's name, and base64 of four octets of key hash and the Ed25519 signature.
struct SignedNote: Hashable {
    struct Signature: Hashable {
        let name: String
        let keyHash: [UInt8]
        let octets: [UInt8]
    }

    /// Lines, each with the line feed that ends it.
    let text: String
    let signatures: [Signature]

    /// Nil when it is no note, or a signature line is none of an Ed25519 key.
    init?(_ note: String) {
        let lines = note.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard lines.last?.isEmpty == true, let end = lines.dropLast().lastIndex(of: ""), end > 0
        else { return nil }
        self.text = lines[..<end].map { "\($0)\n" }.joined()
        guard !self.text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" }) else { return nil }
        let signatures = lines[(end + 1)...].dropLast().map(Self.signature)
        self.signatures = signatures.compactMap(\.self)
        guard !signatures.isEmpty, self.signatures.count == signatures.count else { return nil }
    }

    /// As it was read.
    var whole: String {
        let lines = self.signatures.map { "\u{2014} \($0.name) \(Base64.encode($0.keyHash + $0.octets))\n" }
        return "\(self.text)\n\(lines.joined())"
    }

    static func signature(_ line: String) -> Signature? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[0] == "\u{2014}", !words[1].isEmpty, let octets = Base64.decode(words[2]),
            octets.count == self.keyHashLength + SigningKey.signatureLength
        else { return nil }
        return Signature(
            name: words[1],
            keyHash: Array(octets.prefix(self.keyHashLength)),
            octets: Array(octets.dropFirst(self.keyHashLength))
        )
    }

    /// Whether one of the signatures is that of `key` under this name.
    func isSigned(by key: VerifyingKey, name: String) -> Bool {
        let hash = Self.keyHash(name, key)
        return self.signatures.contains {
            $0.name == name && $0.keyHash == hash && key.verify($0.octets, of: Array(self.text.utf8))
        }
    }

    /// The note over `text`, whose lines each end with a line feed.
    static func sign(_ text: String, name: String, key: SigningKey) throws -> String {
        let signature = try key.sign(Array(text.utf8))
        let line = try Base64.encode(Self.keyHash(name, key.verifyingKey()) + signature)
        return "\(text)\n\u{2014} \(name) \(line)\n"
    }

    private static let keyHashLength = 4

    /// The first octets of SHA-256 over name, LF, 0x01 for Ed25519, and the key.
    static func keyHash(_ name: String, _ key: VerifyingKey) -> [UInt8] {
        Array(SHA256.digest(of: Array(name.utf8) + [0x0A, 0x01] + key.octets).prefix(self.keyHashLength))
    }
}
