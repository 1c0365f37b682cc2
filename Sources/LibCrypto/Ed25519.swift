internal import COpenSSL

/// An Ed25519 key that signs (RFC 8032 §5.1).
package final class SigningKey: CustomStringConvertible, CustomReflectable, Sendable {
    /// The length of a signature in octets.
    package static let signatureLength = 64
    /// The length of the seed, and of the public key, in octets.
    package static let keyLength = 32

    private let key: PrivateKey

    private init(key: PrivateKey) {
        self.key = key
    }

    package static func generate() throws(CryptoError) -> SigningKey {
        SigningKey(key: try PrivateKey.generate(.ed25519))
    }

    /// From the 32 octets that RFC 8032 §5.1.5 calls the private key.
    package convenience init(seed: [UInt8]) throws(CryptoError) {
        self.init(key: try PrivateKey(ed25519Seed: seed))
    }

    /// From PKCS #8 in PEM, unencrypted.
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        let key = try PrivateKey(pem: pem)
        guard key.kind == .ed25519 else {
            throw CryptoError(operation: "use the signing key", reason: "it is not an Ed25519 key")
        }
        self.init(key: key)
    }

    /// PKCS #8 in PEM, for a file that only its owner reads.
    package func pem() throws(CryptoError) -> [UInt8] {
        try self.key.pem()
    }

    package func verifyingKey() throws(CryptoError) -> VerifyingKey {
        try VerifyingKey(self.key.ed25519PublicOctets())
    }

    /// The signature over the message, 64 octets. About 50 microseconds.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try self.key.ed25519Signature(of: message)
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An Ed25519 public key.
@safe
package final class VerifyingKey: Hashable, @unchecked Sendable {
    /// The 32 octets of RFC 8032 §5.1.2.
    package let octets: [UInt8]
    /// Never changed after `init`, and libcrypto locks what it caches in it: the reason for `@unchecked Sendable`.
    private let key: OpaquePointer

    package init(_ octets: [UInt8]) throws(CryptoError) {
        ErrorQueue.clear()
        let wanted = "read an Ed25519 public key"
        guard octets.count == SigningKey.keyLength else {
            throw CryptoError(operation: wanted, reason: "it has \(octets.count) octets, not 32")
        }
        guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, octets, octets.count) else {
            throw .drained(wanted)
        }
        self.octets = octets
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(self.key) }

    /// Whether the signature is this key's over the message. A signature of another length is none.
    package func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        defer { ErrorQueue.clear() }
        guard signature.count == SigningKey.signatureLength, let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, self.key) == 1 else { return false }
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    package static func == (left: VerifyingKey, right: VerifyingKey) -> Bool { left.octets == right.octets }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.octets) }
}
