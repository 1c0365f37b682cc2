import LibCrypto

/// A public key as it was kept elsewhere.
package struct KeptKey: Sendable {
    let key: VerifyingKey

    /// What stands before the octets of an Ed25519 key in a PEM file.
    private static let derPrefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

    /// Of `checkpoint.pub` or a copy of it, or of a PEM file. Nil unless there is exactly one key in the text, and where it
    /// is a note, whose root has the length of a key.
    package static func read(_ text: String) -> KeptKey? {
        guard !text.contains("\u{2014} ") else { return nil }
        let words = text.utf8.split { !Self.isBase64($0) }.compactMap { Base64.decode($0) }
        let keys = Set(words.compactMap(Self.key))
        guard keys.count == 1, let key = keys.first else { return nil }
        return (try? VerifyingKey(key)).map(KeptKey.init)
    }

    private static func key(_ octets: [UInt8]) -> [UInt8]? {
        if octets.count == SigningKey.keyLength { return octets }
        let isPEM = octets.count == Self.derPrefix.count + SigningKey.keyLength && octets.starts(with: Self.derPrefix)
        return isPEM ? Array(octets.dropFirst(Self.derPrefix.count)) : nil
    }

    static func isBase64(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
