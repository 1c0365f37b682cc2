internal import COpenSSL

/// What tells one key from another, whatever certificate it stands in.
package enum KeyDigest {
    /// SHA-256 of a certificate's SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7), 64 lower-case hexadecimal digits. Nil when
    /// the key cannot be written down.
    package static func of(_ certificate: OpaquePointer) -> String? {
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &start)
        guard count > 0, let octets = unsafe start else { return nil }
        defer { unsafe copenssl_free(octets) }
        let key = unsafe [UInt8](UnsafeBufferPointer(start: octets, count: Int(count)))
        let digest = SHA256.digest(of: key.span)
        return digest.hexadecimal
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits an octet.
    package var hexadecimal: String { self.map { String(String(UInt16($0) | 0x100, radix: 16).dropFirst()) }.joined() }
}
