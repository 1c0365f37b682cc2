package import IMAP
import LibCrypto
import Linux

extension SCRAMComputation {
    /// RFC 5802 §3. Takes milliseconds, and up to half a second at the most iterations: not for an event loop.
    package func proof() -> SCRAMProof {
        var salted = self.password.revealed {
            PBKDF2.key(password: $0, salt: self.salt, iterations: self.iterations)
        }
        let key = HMACKey(salted)
        wipe(&salted)
        let clientKey = key.code(of: Array("Client Key".utf8))
        let clientSignature = HMACKey(SHA256.digest(of: clientKey)).code(of: self.message)
        let serverKey = key.code(of: Array("Server Key".utf8))
        return SCRAMProof(
            clientProof: Secret(zip(clientKey, clientSignature).map { $0 ^ $1 }),
            serverSignature: Secret(HMACKey(serverKey).code(of: self.message))
        )
    }
}
