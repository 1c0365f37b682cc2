internal import COpenSSL

/// An X.509 certificate, owned.
@safe
final class Certificate: @unchecked Sendable {
    /// Not changed once it is signed or read, and libcrypto locks what it caches in it: the reason for
    /// `@unchecked Sendable`.
    let pointer: OpaquePointer

    init() throws(CryptoError) {
        ErrorQueue.clear()
        guard let pointer = unsafe X509_new() else { throw .drained("make a certificate") }
        unsafe self.pointer = pointer
    }

    /// Reads the first certificate.
    init(pem: [UInt8]) throws(CryptoError) {
        ErrorQueue.clear()
        let input = try MemoryBIO(reading: pem)
        guard let pointer = unsafe PEM_read_bio_X509(input.pointer, nil, copenssl_no_passphrase, nil) else {
            throw .drained("read a certificate")
        }
        ErrorQueue.clear()
        unsafe self.pointer = pointer
    }

    deinit { unsafe X509_free(self.pointer) }

    func pem() throws(CryptoError) -> [UInt8] {
        ErrorQueue.clear()
        let output = try MemoryBIO()
        guard unsafe PEM_write_bio_X509(output.pointer, self.pointer) == 1 else {
            throw .drained("write a certificate")
        }
        return output.contents
    }

    // MARK: Building

    /// Version 3, a serial number of 63 random bits (RFC 5280 §4.1.2.2), the dates, the subject and its key.
    func describe(subject: String, key: PrivateKey, validity: CertificateValidity) throws(CryptoError) {
        ErrorQueue.clear()
        var random = Random()
        let serial = UInt64.random(in: 1...UInt64(Int64.max), using: &random)
        let pointer = unsafe self.pointer
        let name = Array(subject.utf8)
        guard unsafe X509_set_version(pointer, Int(X509_VERSION_3)) == 1,
            unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(pointer), serial) == 1,
            unsafe X509_gmtime_adj(X509_getm_notBefore(pointer), Int(validity.startsIn)) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(pointer), Int(validity.endsIn)) != nil,
            unsafe X509_NAME_add_entry_by_txt(
                X509_get_subject_name(pointer),
                "CN",
                MBSTRING_UTF8,
                name,
                Int32(clamping: name.count),
                -1,
                0
            ) == 1,
            unsafe X509_set_pubkey(pointer, key.pointer) == 1
        else { throw .drained("make a certificate") }
    }

    /// Adds extensions in libcrypto's words: only constants of ours and checked names may stand in them.
    func add(_ extensions: [(nid: Int32, value: String)], issuer: Certificate) throws(CryptoError) {
        ErrorQueue.clear()
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.pointer, self.pointer, nil, nil, 0)
        for (nid, value) in extensions {
            guard let made = unsafe X509V3_EXT_nconf_nid(nil, &context, nid, value) else {
                throw .drained("make a certificate")
            }
            defer { unsafe X509_EXTENSION_free(made) }
            guard unsafe X509_add_ext(self.pointer, made, -1) == 1 else { throw .drained("make a certificate") }
        }
    }

    func setIssuer(_ issuer: Certificate) throws(CryptoError) {
        ErrorQueue.clear()
        guard unsafe X509_set_issuer_name(self.pointer, X509_get_subject_name(issuer.pointer)) == 1 else {
            throw .drained("make a certificate")
        }
    }

    func sign(with key: PrivateKey) throws(CryptoError) {
        ErrorQueue.clear()
        guard unsafe X509_sign(self.pointer, key.pointer, EVP_sha256()) > 0 else {
            throw .drained("sign a certificate")
        }
    }
}

/// From when until when, in seconds from now.
package struct CertificateValidity: Hashable, Sendable {
    package let startsIn: Int64
    package let endsIn: Int64

    package init(startsIn: Int64, endsIn: Int64) {
        self.startsIn = startsIn
        self.endsIn = endsIn
    }

    /// Begins yesterday, for devices with a slow clock.
    package static func days(_ days: Int64) -> CertificateValidity {
        CertificateValidity(startsIn: -86_400, endsIn: days * 86_400)
    }
}
