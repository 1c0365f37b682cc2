import LibCrypto

import class Linux.Secret

/// A password that nobody can guess and everybody can type: 130 bits in five groups, without letters that look alike. So
/// one salted digest is enough to keep of it.
struct GeneratedPassword {
    /// In groups of these lengths; 32 letters, 5 bits each.
    private static let groups = [5, 5, 5, 5, 6]
    private static let letters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let saltLength = 16

    let text: Secret
    let salt: [UInt8]
    /// SHA-256 of the salt and the password.
    let hash: [UInt8]

    init() {
        let groups = Self.groups.map { length in Random.octets(length).map { Self.letters[Int($0 & 31)] } }
        let password = Array(groups.joined(separator: [UInt8(ascii: "-")]))
        self.text = Secret(password)
        self.salt = Random.octets(Self.saltLength)
        self.hash = SHA256.digest(ofPieces: [self.salt, password])
    }
}
