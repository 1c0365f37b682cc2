import Foundation
import LibCrypto

/// The size and root of the record at one moment, as a C2SP signed note: three lines, an empty one, and a signature line
/// with an em dash, the origin, and base64 of four octets of key hash and the Ed25519 signature.
struct Checkpoint: Hashable {
    let origin: String
    let size: UInt64
    let root: [UInt8]

    private var text: String { "\(self.origin)\n\(self.size)\n\(Base64.encode(self.root))\n" }

    func signed(by key: SigningKey) throws -> String {
        let text = self.text
        let signature = try key.sign(Array(text.utf8))
        let line = try Base64.encode(Self.keyHash(self.origin, key.verifyingKey()) + signature)
        return "\(text)\n\u{2014} \(self.origin) \(line)\n"
    }

    /// What a note says, and whether `key` signed it. Nil when it is no note.
    static func read(_ note: String, key: VerifyingKey) -> (checkpoint: Checkpoint, isSigned: Bool)? {
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 6, lines[3].isEmpty, lines[5].isEmpty, let size = UInt64(lines[1]),
            let root = Base64.decode(lines[2]), root.count == SHA256.length
        else { return nil }
        let checkpoint = Checkpoint(origin: lines[0], size: size, root: root)
        let words = lines[4].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[0] == "\u{2014}", words[1] == checkpoint.origin,
            let octets = Base64.decode(words[2]), octets.count == 4 + SigningKey.signatureLength
        else { return (checkpoint, false) }
        let isSigned =
            Array(octets.prefix(4)) == Self.keyHash(checkpoint.origin, key)
            && key.verify(Array(octets.dropFirst(4)), of: Array(checkpoint.text.utf8))
        return (checkpoint, isSigned)
    }

    /// C2SP: the first octets of SHA-256 over name, LF, 0x01 for Ed25519, and the key.
    private static func keyHash(_ origin: String, _ key: VerifyingKey) -> [UInt8] {
        Array(SHA256.digest(of: Array(origin.utf8) + [0x0A, 0x01] + key.octets).prefix(4))
    }
}

/// The key that signs checkpoints: a seed in a file of its own, outside the database, made when the server starts first.
struct CheckpointKey: Sendable {
    private static let fileName = "checkpoint.key"
    private static let publicName = "checkpoint.pub"

    let signing: SigningKey
    let verifying: VerifyingKey

    /// With `mayMake` a key is made when there is none.
    static func load(folder: String, mayMake: Bool) throws(StoreError) -> CheckpointKey {
        let path = "\(folder)/\(self.fileName)"
        let files = FileManager.default
        guard mayMake || files.fileExists(atPath: path) else {
            throw .unusable(path: path, reason: "it is missing, and checkpoints were signed with it: bring it back")
        }
        do {
            if !files.fileExists(atPath: path) { try self.keep(Data(SigningKey.generate().pem()), at: path) }
            guard let pem = files.contents(atPath: path) else {
                throw StoreError.unusable(path: path, reason: "it cannot be read")
            }
            let signing = try SigningKey(pem: [UInt8](pem))
            let verifying = try signing.verifyingKey()
            let publicPath = "\(folder)/\(self.publicName)"
            if !files.fileExists(atPath: publicPath) {
                try self.keep(Data("\(Base64.encode(verifying.octets))\n".utf8), at: publicPath)
            }
            return CheckpointKey(signing: signing, verifying: verifying)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unusable(path: path, reason: "\(error)")
        }
    }

    /// Written beside, synced and renamed, so that half a key is never found.
    private static func keep(_ data: Data, at path: String) throws {
        let files = FileManager.default
        let mask = umask(0o077)
        defer { umask(mask) }
        guard files.createFile(atPath: "\(path).new", contents: data, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: "\(path).new")
        else { throw StoreError.unusable(path: path, reason: "it cannot be written") }
        try file.synchronize()
        try file.close()
        try files.moveItem(atPath: "\(path).new", toPath: path)
    }
}
