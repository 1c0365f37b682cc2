import Foundation
import LibCrypto
package import TLS

/// Certificates made when the tests run: a private CA and what it issues. Use `shared` unless the CA itself is the subject.
package struct TestCertificates: Sendable {
    package static let serverName = "mail.example.org"

    /// Made once in a process.
    package static let shared: Result<TestCertificates, any Error> = Result { try TestCertificates() }

    /// The CA in PEM, to be trusted by a client.
    package let authorityPEM: [UInt8]
    package let p256: CertificateSource
    package let rsa2048: CertificateSource

    /// For `mail.example.org`, `localhost`, 127.0.0.1 and ::1, unless told otherwise.
    package init(names: [String] = [serverName, "localhost", "127.0.0.1", "::1"]) throws {
        let authority = try CertificateAuthority.make()
        let subjects = names.compactMap(SubjectName.init)
        self.authorityPEM = authority.certificatePEM
        let elliptic = try authority.issue(names: subjects, key: .p256)
        let rsa = try authority.issue(names: subjects, key: .rsa2048)
        self.p256 = CertificateSource(chainPEM: elliptic.certificatePEM, keyPEM: elliptic.keyPEM, name: "p256.pem")
        self.rsa2048 = CertificateSource(chainPEM: rsa.certificatePEM, keyPEM: rsa.keyPEM, name: "rsa2048.pem")
    }

    /// A server with both leaves.
    package func server(
        profile: TLSContext.Profile = .modern,
        strictALPN: Bool = true
    ) throws -> TLSContext {
        try .server(certificates: [self.p256, self.rsa2048], profile: profile, strictALPN: strictALPN)
    }

    /// A client that trusts this CA alone.
    package func client() throws -> TLSContext {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString).pem")
        try Data(self.authorityPEM).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try .client(trust: .file(file.path))
    }
}
