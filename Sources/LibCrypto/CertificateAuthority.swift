internal import COpenSSL

/// A certificate with its key, both PEM.
package struct IssuedCertificate: Sendable {
    package let certificatePEM: [UInt8]
    /// PKCS #8, unencrypted, for a file that only its owner reads.
    package let keyPEM: [UInt8]
}

/// A private CA: it vouches for the certificates of one gateway, and a PC that trusts it trusts the gateway.
package final class CertificateAuthority: Sendable {
    /// How long a CA is good.
    package static let days: Int64 = 3_650
    /// How long a server's certificate is good: some mail programs refuse more.
    package static let leafDays: Int64 = 825

    /// What a PC is given to trust.
    package let certificatePEM: [UInt8]
    private let certificate: Certificate
    private let key: PrivateKey

    private init(certificate: Certificate, key: PrivateKey) throws(CryptoError) {
        self.certificate = certificate
        self.key = key
        self.certificatePEM = try certificate.pem()
    }

    /// Makes a CA with a P-256 key. Its name ends in random letters, so that two gateways' CAs can be told apart.
    package static func make(validity: CertificateValidity = .days(days)) throws(CryptoError) -> CertificateAuthority {
        let key = try PrivateKey.generate(.p256)
        let certificate = try Certificate()
        let suffix = Random.octets(4).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        try certificate.describe(subject: "Leavecopy private CA \(suffix)", key: key, validity: validity)
        try certificate.setIssuer(certificate)
        let extensions: [(nid: Int32, value: String)] = [
            (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
            (NID_key_usage, "critical,keyCertSign,cRLSign"),
            (NID_subject_key_identifier, "hash"),
        ]
        try certificate.add(extensions, issuer: certificate)
        try certificate.sign(with: key)
        return try CertificateAuthority(certificate: certificate, key: key)
    }

    /// Loads a CA that was made before.
    package convenience init(certificatePEM: [UInt8], keyPEM: [UInt8]) throws(CryptoError) {
        let certificate = try Certificate(pem: certificatePEM)
        let key = try PrivateKey(pem: keyPEM)
        defer { ErrorQueue.clear() }
        let wanted = "use the private CA"
        guard unsafe X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
            throw CryptoError(operation: wanted, reason: "its key does not belong to its certificate")
        }
        guard unsafe X509_check_ca(certificate.pointer) == 1 else {
            throw CryptoError(operation: wanted, reason: "its certificate is not that of a CA")
        }
        try self.init(certificate: certificate, key: key)
    }

    /// PKCS #8, unencrypted, for a file that only its owner reads.
    package func keyPEM() throws(CryptoError) -> [UInt8] {
        try self.key.pem()
    }

    /// A server's certificate for all the names, which must not be none. P-256 or RSA-2048.
    package func issue(
        names: [SubjectName],
        key kind: KeyKind,
        validity: CertificateValidity = .days(leafDays)
    ) throws(CryptoError) -> IssuedCertificate {
        let key = try PrivateKey.generate(kind)
        let leaf = try Self.leaf(names: names, key: key, kind: kind, validity: validity)
        try leaf.setIssuer(self.certificate)
        try leaf.add([(NID_authority_key_identifier, "keyid")], issuer: self.certificate)
        try leaf.sign(with: self.key)
        return IssuedCertificate(certificatePEM: try leaf.pem(), keyPEM: try key.pem())
    }

    /// A certificate that vouches for itself, for tests of those who must refuse it.
    package static func selfSigned(names: [SubjectName], key kind: KeyKind) throws(CryptoError) -> IssuedCertificate {
        let key = try PrivateKey.generate(kind)
        let leaf = try Self.leaf(names: names, key: key, kind: kind, validity: .days(self.leafDays))
        try leaf.setIssuer(leaf)
        try leaf.sign(with: key)
        return IssuedCertificate(certificatePEM: try leaf.pem(), keyPEM: try key.pem())
    }

    private static func leaf(
        names: [SubjectName],
        key: PrivateKey,
        kind: KeyKind,
        validity: CertificateValidity
    ) throws(CryptoError) -> Certificate {
        guard let first = names.first else {
            throw CryptoError(operation: "make a certificate", reason: "it would be for no name")
        }
        let leaf = try Certificate()
        // A common name holds at most 64 characters (RFC 5280 appendix A.1); what counts is the alternative name.
        let subject = first.text.utf8.count <= 64 ? first.text : "Leavecopy"
        try leaf.describe(subject: subject, key: key, validity: validity)
        // Key encipherment is for the RSA key exchange of old clients.
        let usage = kind == .rsa2048 ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature"
        let extensions: [(nid: Int32, value: String)] = [
            (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_key_usage, usage),
            (NID_ext_key_usage, "serverAuth"),
            (NID_subject_key_identifier, "hash"),
            (NID_subject_alt_name, names.map(\.extensionText).joined(separator: ",")),
        ]
        try leaf.add(extensions, issuer: leaf)
        return leaf
    }
}
