import Foundation
import LibCrypto

/// The key that signs checkpoints: a seed in a file of its own, outside the database, made when the server starts first.
struct CheckpointKey: Sendable {
    static let fileName = "checkpoint.key"
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
            if !files.fileExists(atPath: path) { try StateFile.keep(Data(SigningKey.generate().pem()), at: path) }
            guard let pem = files.contents(atPath: path) else {
                throw StoreError.unusable(path: path, reason: "it cannot be read")
            }
            let signing = try SigningKey(pem: [UInt8](pem))
            let verifying = try signing.verifyingKey()
            let publicPath = "\(folder)/\(self.publicName)"
            if !files.fileExists(atPath: publicPath) {
                try StateFile.keep(Data("\(Base64.encode(verifying.octets))\n".utf8), at: publicPath)
            }
            return CheckpointKey(signing: signing, verifying: verifying)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unusable(path: path, reason: "\(error)")
        }
    }
}
