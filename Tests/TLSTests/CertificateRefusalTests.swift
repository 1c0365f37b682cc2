import Foundation
import LibCrypto
import NIOCore
import TLS
import TestSupport
import Testing

/// What the mail server's certificate must not be (S-06). Each is signed by a CA that the client trusts, unless said.
@Suite("A client refuses a certificate")
struct CertificateRefusalTests {
    private let authority: CertificateAuthority
    private let folder: URL

    init() throws {
        self.authority = try CertificateAuthority.make()
        self.folder = FileManager.default.temporaryDirectory.appending(path: "refusal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try Data(self.authority.certificatePEM).write(to: self.folder.appending(path: "ca.crt"))
        try Data(self.authority.keyPEM()).write(to: self.folder.appending(path: "ca.key"))
    }

    /// Whether the client takes it; nothing of ours is sent before.
    private func isAccepted(_ certificate: [UInt8], _ key: [UInt8]) throws -> Bool {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        let source = CertificateSource(chainPEM: certificate, keyPEM: key, name: "leaf")
        let client = try TLSContext.client(trust: .file(self.folder.appending(path: "ca.crt").path))
        let server = try TLSContext.server(certificates: [source], profile: .modern, strictALPN: false)
        let pair = try TLSPair(client: client, server: server)
        defer { pair.drop() }
        pair.client.writeAndFlush(ByteBuffer(string: "secret"), promise: nil)
        try pair.carry()
        let isAccepted = pair.clientEvents.session != nil
        #expect((pair.serverEvents.takeText() == "secret") == isAccepted)
        return isAccepted
    }

    /// A leaf that openssl makes with these extensions.
    private func made(
        _ extensions: String,
        subject: String,
        days: String = "30"
    ) throws -> (certificate: [UInt8], key: [UInt8]) {
        let script = """
            set -e
            cd "$1"
            openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
            openssl req -new -key leaf.key -subj "$3" -out leaf.csr
            printf '%s\\n' "$2" > leaf.ext
            openssl x509 -req -in leaf.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$4" -extfile leaf.ext -out leaf.crt
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh", self.folder.path, extensions, subject, days]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try (
            [UInt8](Data(contentsOf: self.folder.appending(path: "leaf.crt"))),
            [UInt8](Data(contentsOf: self.folder.appending(path: "leaf.key")))
        )
    }

    private static let usual = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"

    @Test("that is good: none (so that the others can fail)")
    func good() throws {
        let leaf = try self.made(Self.usual + "subjectAltName=DNS:\(TestCertificates.serverName)", subject: "/CN=x")
        #expect(try self.isAccepted(leaf.certificate, leaf.key))
    }

    @Test("that has ended")
    func expired() throws {
        let leaf = try self.made(
            Self.usual + "subjectAltName=DNS:\(TestCertificates.serverName)",
            subject: "/CN=x",
            days: "-1"
        )
        #expect(try !self.isAccepted(leaf.certificate, leaf.key))
    }

    @Test("that vouches for itself")
    func selfSigned() throws {
        let name = try #require(SubjectName(TestCertificates.serverName))
        let leaf = try CertificateAuthority.selfSigned(names: [name], key: .p256)
        #expect(try !self.isAccepted(leaf.certificatePEM, leaf.keyPEM))
    }

    @Test("whose name stands in the subject alone")
    func commonNameOnly() throws {
        let leaf = try self.made(Self.usual, subject: "/CN=\(TestCertificates.serverName)")
        #expect(try !self.isAccepted(leaf.certificate, leaf.key))
    }

    @Test("whose name goes on behind a NUL")
    func embeddedNUL() throws {
        let name = Array(TestCertificates.serverName.utf8) + [0] + Array(".example.net".utf8)
        let octets = [0x30, UInt8(name.count + 2), 0x82, UInt8(name.count)] + name
        let hex = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
        let leaf = try self.made(Self.usual + "subjectAltName=DER:\(hex)", subject: "/CN=x")
        #expect(try !self.isAccepted(leaf.certificate, leaf.key))
    }

    @Test("that is for clients")
    func wrongUse() throws {
        let leaf = try self.made(
            "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=clientAuth\nsubjectAltName=DNS:\(TestCertificates.serverName)",
            subject: "/CN=x"
        )
        #expect(try !self.isAccepted(leaf.certificate, leaf.key))
    }
}
