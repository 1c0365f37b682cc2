internal import COpenSSL

/// The kinds of private key we make and read.
package enum KeyKind: Hashable, Sendable, CaseIterable {
    case p256
    case rsa2048
    case ed25519
    /// Read from a file, and none of the above.
    case other
}

/// An EVP_PKEY with its private half.
@safe
final class PrivateKey: @unchecked Sendable {
    /// Never changed after `init`, and libcrypto locks what it caches in it: the reason for `@unchecked Sendable`.
    let pointer: OpaquePointer

    /// Takes over the reference.
    private init(taking pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_PKEY_free(self.pointer) }

    static func generate(_ kind: KeyKind) throws(CryptoError) -> PrivateKey {
        ErrorQueue.clear()
        let made: OpaquePointer? =
            switch kind {
            case .p256: unsafe copenssl_generate_p256()
            case .rsa2048: unsafe copenssl_generate_rsa2048()
            case .ed25519: unsafe copenssl_generate_ed25519()
            case .other: nil
            }
        guard let pointer = unsafe made else { throw .drained("make a key") }
        return unsafe PrivateKey(taking: pointer)
    }

    init(ed25519Seed seed: [UInt8]) throws(CryptoError) {
        ErrorQueue.clear()
        let wanted = "read an Ed25519 private key"
        guard seed.count == SigningKey.keyLength else {
            throw CryptoError(operation: wanted, reason: "it has \(seed.count) octets, not 32")
        }
        guard let pointer = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw .drained(wanted)
        }
        unsafe self.pointer = pointer
    }

    /// Reads the first unencrypted key; nobody is asked for a passphrase.
    init(pem: [UInt8]) throws(CryptoError) {
        ErrorQueue.clear()
        let input = try MemoryBIO(reading: pem)
        guard let pointer = unsafe PEM_read_bio_PrivateKey(input.pointer, nil, copenssl_no_passphrase, nil) else {
            throw .drained("read a private key")
        }
        ErrorQueue.clear()
        unsafe self.pointer = pointer
    }

    var kind: KeyKind { unsafe PrivateKey.kind(of: self.pointer) }

    /// A certificate whose key libcrypto cannot read has none: nil, and its own functions do not bear that.
    static func kind(of key: OpaquePointer?) -> KeyKind {
        guard let key = unsafe key else { return .other }
        let bits = unsafe EVP_PKEY_get_bits(key)
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_EC where bits == 256: return .p256
        case EVP_PKEY_RSA where bits == 2_048: return .rsa2048
        case EVP_PKEY_ED25519: return .ed25519
        default: return .other
        }
    }

    func pem() throws(CryptoError) -> [UInt8] {
        ErrorQueue.clear()
        let output = try MemoryBIO()
        guard unsafe PEM_write_bio_PKCS8PrivateKey(output.pointer, self.pointer, nil, nil, 0, nil, nil) == 1 else {
            throw .drained("write a private key")
        }
        return output.contents
    }

    func ed25519PublicOctets() throws(CryptoError) -> [UInt8] {
        ErrorQueue.clear()
        var octets = [UInt8](repeating: 0, count: SigningKey.keyLength)
        var count = octets.count
        guard unsafe EVP_PKEY_get_raw_public_key(self.pointer, &octets, &count) == 1, count == octets.count else {
            throw .drained("read the public half of a key")
        }
        return octets
    }

    func ed25519Signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        ErrorQueue.clear()
        let wanted = "sign"
        guard let context = unsafe EVP_MD_CTX_new() else { throw .drained(wanted) }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SigningKey.signatureLength)
        var count = signature.count
        // RFC 8032 §5.1.6: Ed25519 hashes by itself, so there is no digest to name and no update.
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, self.pointer) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
            count == signature.count
        else { throw .drained(wanted) }
        return signature
    }
}

/// A BIO over memory, to read or write PEM.
@safe
final class MemoryBIO {
    let pointer: OpaquePointer
    /// What is read from; it lives as long as the BIO, which does not copy it.
    private let source: UnsafeMutableBufferPointer<UInt8>?

    init() throws(CryptoError) {
        guard let pointer = unsafe BIO_new(BIO_s_mem()) else { throw .drained("allocate memory") }
        unsafe self.pointer = pointer
        unsafe self.source = nil
    }

    init(reading octets: [UInt8]) throws(CryptoError) {
        guard let count = Int32(exactly: octets.count) else {
            throw CryptoError(operation: "read PEM", reason: "it is larger than 2 GiB")
        }
        let source = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, octets.count))
        _ = unsafe source.update(fromContentsOf: octets)
        guard let pointer = unsafe BIO_new_mem_buf(source.baseAddress, count) else {
            unsafe source.deallocate()
            throw .drained("allocate memory")
        }
        unsafe self.pointer = pointer
        unsafe self.source = source
    }

    deinit {
        unsafe BIO_free(self.pointer)
        guard let source = unsafe self.source else { return }
        // It may have been a key.
        unsafe OPENSSL_cleanse(source.baseAddress, source.count)
        unsafe source.deallocate()
    }

    var contents: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_bio_contents(self.pointer, &start)
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: max(0, count)))
    }
}
