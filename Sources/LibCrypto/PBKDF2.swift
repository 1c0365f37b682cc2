internal import COpenSSL

/// A key made of a password, at a cost that is chosen (RFC 8018 §5.2), with HMAC-SHA-256.
package enum PBKDF2 {
    /// A key of 32 octets. `iterations` is at least 1; a million take about half a second of one processor.
    package static func key(password: Span<UInt8>, salt: [UInt8], iterations: Int) -> [UInt8] {
        guard let rounds = Int32(exactly: max(1, iterations)), let saltLength = Int32(exactly: salt.count),
            let passwordLength = Int32(exactly: password.count)
        else { preconditionFailure("2 GiB of password, salt or iterations") }
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.length) { buffer, count in
            let done = unsafe password.withUnsafeBytes { octets in
                unsafe PKCS5_PBKDF2_HMAC(
                    octets.baseAddress?.assumingMemoryBound(to: CChar.self),
                    passwordLength,
                    salt,
                    saltLength,
                    rounds,
                    EVP_sha256(),
                    Int32(SHA256.length),
                    buffer.baseAddress
                )
            }
            precondition(done == 1, "PBKDF2 of octets in memory does not fail")
            count = SHA256.length
        }
    }
}
