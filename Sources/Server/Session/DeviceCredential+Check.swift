import Gateway
import LibCrypto

import class Linux.Secret

extension DeviceCredential {
    /// Whether `password` is this device's own.
    func accepts(_ password: Secret) -> Bool {
        let digest = SHA256()
        digest.update(self.salt)
        password.revealed { digest.update($0) }
        return ConstantTime.equal(digest.finalize(), self.hash)
    }
}
