internal import COpenSSL
internal import Glibc

/// What a person wants to know of a certificate: the first one of a PEM file.
package struct CertificateInfo: Hashable, Sendable {
    /// Seconds since 1970.
    package let notBefore: Int64
    package let notAfter: Int64
    /// The host names and addresses it is for, as they stand in it, with `?` for what is not printable.
    package let names: [String]
    /// One line, as libcrypto prints it: `CN = mail.example.org`.
    package let subject: String
    package let issuer: String
    /// SHA-256 over the certificate: pairs of hexadecimal digits with colons.
    package let fingerprint: String
    package let keyKind: KeyKind
    /// As `KeyDigest` has it.
    package let keyDigest: String

    package init(pem: [UInt8]) throws(CryptoError) {
        let certificate = try Certificate(pem: pem)
        defer { ErrorQueue.clear() }
        let pointer = unsafe certificate.pointer
        self.notBefore = try unsafe Self.seconds(X509_get0_notBefore(pointer))
        self.notAfter = try unsafe Self.seconds(X509_get0_notAfter(pointer))
        self.names = unsafe Self.names(of: pointer)
        self.subject = try unsafe Self.line(X509_get_subject_name(pointer))
        self.issuer = try unsafe Self.line(X509_get_issuer_name(pointer))
        self.keyKind = unsafe PrivateKey.kind(of: X509_get0_pubkey(pointer))
        guard let keyDigest = unsafe KeyDigest.of(pointer) else { throw .drained("read a certificate's key") }
        self.keyDigest = keyDigest
        var digest = [UInt8](repeating: 0, count: SHA256.length)
        guard unsafe X509_digest(pointer, EVP_sha256(), &digest, nil) == 1 else { throw .drained("read a certificate") }
        self.fingerprint = digest.map { String(UInt16($0) | 0x100, radix: 16, uppercase: true).dropFirst() }
            .joined(separator: ":")
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptoError) -> Int64 {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { throw .drained("read a certificate's dates") }
        return Int64(unsafe timegm(&parts))
    }

    private static func line(_ name: OpaquePointer?) throws(CryptoError) -> String {
        let output = try MemoryBIO()
        guard unsafe X509_NAME_print_ex(output.pointer, name, 0, copenssl_name_one_line) >= 0 else {
            throw .drained("read a certificate's names")
        }
        return Self.printable(output.contents)
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        guard let list = unsafe copenssl_alternative_names(certificate) else { return [] }
        defer { unsafe copenssl_names_free(list) }
        var names: [String] = []
        for index in 0..<max(0, unsafe copenssl_names_count(list)) {
            var start: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let kind = unsafe copenssl_names_get(list, index, &start, &count)
            let octets = unsafe [UInt8](UnsafeBufferPointer(start: start, count: max(0, Int(count))))
            if kind == GEN_DNS {
                names.append(Self.printable(octets))
            } else if kind == GEN_IPADD, let address = SubjectName.address(octets) {
                names.append(address)
            }
        }
        return names
    }

    private static func printable(_ octets: [UInt8]) -> String {
        String(decoding: octets.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
