import Foundation
import LibCrypto
import TestSupport
import Testing

@Suite("certificates made here")
struct CertificateTests {
    @Test("openssl accepts a leaf for each of its names and for no other", arguments: [KeyKind.p256, .rsa2048])
    func opensslAccepts(kind: KeyKind) throws {
        let authority = try CertificateAuthority.make()
        let names = ["mail.example.org", "*.pop.example.org", "192.0.2.1", "2001:db8::1"].compactMap(SubjectName.init)
        let leaf = try authority.issue(names: names, key: kind)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authorityPath = folder.appendingPathComponent("ca.pem")
        let leafPath = folder.appendingPathComponent("leaf.pem")
        try Data(authority.certificatePEM).write(to: authorityPath)
        try Data(leaf.certificatePEM).write(to: leafPath)
        for (check, name, accepted) in [
            ("-verify_hostname", "mail.example.org", true), ("-verify_hostname", "desk.pop.example.org", true),
            ("-verify_hostname", "mail.example.com", false), ("-verify_ip", "192.0.2.1", true),
            ("-verify_ip", "2001:db8::1", true), ("-verify_ip", "192.0.2.2", false),
        ] {
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            openssl.arguments = [
                "verify", "-x509_strict", "-CAfile", authorityPath.path, "-no-CApath", check, name, leafPath.path,
            ]
            openssl.standardOutput = FileHandle.nullDevice
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            #expect((openssl.terminationStatus == 0) == accepted, "\(name)")
        }
        let info = try CertificateInfo(pem: leaf.certificatePEM)
        #expect(info.names == names.map(\.text))
        #expect(info.keyKind == kind)
        #expect(info.subject == "CN = mail.example.org")
        #expect(info.notAfter - info.notBefore == (CertificateAuthority.leafDays + 1) * 86_400)
        #expect(info.fingerprint.count == 95)
    }

    @Test("a CA is the same after it was stored, and refuses another's key")
    func reloads() throws {
        let authority = try CertificateAuthority.make()
        let again = try CertificateAuthority(certificatePEM: authority.certificatePEM, keyPEM: authority.keyPEM())
        #expect(again.certificatePEM == authority.certificatePEM)
        let other = try CertificateAuthority.make()
        #expect(throws: CryptoError.self) {
            try CertificateAuthority(certificatePEM: authority.certificatePEM, keyPEM: other.keyPEM())
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test(
        "a name that could say more than a name is none",
        arguments: [
            "", "a,DNS:b", "a b", "a\0b", "-a", "a-", "a..b", ".a", "*.", "*", "a.*.b", "1.2.3.4,IP:5.6.7.8",
            "fe80::1%lo",
            "é.example",
            String(repeating: "a", count: 64),
        ]
    )
    func badNames(text: String) {
        #expect(SubjectName(text) == nil)
    }

    @Test("damaged PEM is an error and leaves no trace", arguments: 0..<200 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var pem = try Self.sample.get()
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let place = Int.random(in: pem.indices, using: &generator)
            pem[place] = UInt8.random(in: .min ... .max, using: &generator)
        }
        if Bool.random(using: &generator) { pem = Array(pem.prefix(Int.random(in: 0...pem.count, using: &generator))) }
        _ = try? CertificateInfo(pem: pem)
        _ = try? SigningKey(pem: pem)
        _ = try? CertificateAuthority(certificatePEM: pem, keyPEM: pem)
        #expect(ErrorQueue.isEmpty)
    }

    @Test("a certificate whose key is of an unknown curve is read, without the key")
    func unknownCurve() throws {
        let pem = String(decoding: try CertificateAuthority.make().certificatePEM, as: UTF8.self)
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }
        var der = try #require(Base64.decode(lines.joined()))
        let curve: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        let found = der.indices.first { der[$0...].starts(with: curve) }
        let place = try #require(found)
        der[place + curve.count - 1] = 0x7F
        let damaged = "-----BEGIN CERTIFICATE-----\n\(Base64.encode(der))\n-----END CERTIFICATE-----\n"
        let info = try CertificateInfo(pem: Array(damaged.utf8))
        #expect(info.keyKind == .other)
        #expect(ErrorQueue.isEmpty)
    }

    private static let sample: Result<[UInt8], any Error> = Result {
        let authority = try CertificateAuthority.make()
        return try authority.certificatePEM + authority.keyPEM()
    }
}
