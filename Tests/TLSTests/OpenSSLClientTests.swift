import Foundation
import NIOCore
import TLS
import TestSupport
import Testing

@Suite("a server of ours and openssl s_client")
struct OpenSSLClientTests {
    let certificates: TestCertificates

    init() throws {
        self.certificates = try TestCertificates.shared.get()
    }

    struct Sample: CustomTestStringConvertible, Sendable {
        var arguments: String
        var profile = TLSContext.Profile.modern
        var strictALPN = true
        var version: String?
        var chosen: String?
        var testDescription: String { "\(self.arguments) to \(self.profile), strict \(self.strictALPN)" }
    }

    @Test(
        "who gets in, with what, and who does not (T-075, T-078)",
        arguments: [
            Sample(arguments: "-tls1_3", version: "TLSv1.3"),
            Sample(arguments: "-tls1_2", version: "TLSv1.2"),
            Sample(arguments: "-tls1 -cipher DEFAULT:@SECLEVEL=0"),
            Sample(arguments: "-tls1_1 -cipher DEFAULT:@SECLEVEL=0"),
            Sample(arguments: "-tls1 -cipher DEFAULT:@SECLEVEL=0", profile: .legacy, version: "TLSv1"),
            Sample(arguments: "-tls1_3", profile: .legacy, version: "TLSv1.3"),
            Sample(arguments: "-alpn pop3", version: "TLSv1.3", chosen: "pop3"),
            Sample(arguments: "-alpn h2,pop3", version: "TLSv1.3", chosen: "pop3"),
            Sample(arguments: "-alpn h2,http/1.1"),
            Sample(arguments: "-alpn h2,http/1.1", strictALPN: false, version: "TLSv1.3"),
            Sample(arguments: "-noservername", version: "TLSv1.3"),
        ]
    )
    func matrix(sample: Sample) throws {
        let context = try self.certificates.server(profile: sample.profile, strictALPN: sample.strictALPN)
        let server = try SingleServer(context: context)
        let output = try server.openssl(sample.arguments, input: "QUIT\n")
        #expect(server.log.session?.version == sample.version, "\(output)")
        #expect(server.log.session?.applicationProtocol == sample.chosen)
        #expect(output.contains("+OK ready") == (sample.version != nil))
        if sample.arguments.contains("-alpn"), sample.version == nil {
            let reason = "the client does not offer the protocol pop3 but h2, http/1.1"
            #expect(server.log.errors == [.handshake(reason: reason)])
        }
    }

    @Test(
        "each client gets the certificate it can check",
        arguments: [("RSA+SHA256", "RSA"), ("ECDSA+SHA256", "ECDSA")]
    )
    func bothLeaves(algorithms: String, expected: String) throws {
        let server = try SingleServer(context: self.certificates.server())
        _ = try server.openssl("-tls1_2 -sigalgs \(algorithms)", input: "QUIT\n")
        #expect(server.log.session?.cipher.contains("ECDHE-\(expected)") == true)
    }

    @Test("a session is resumed from its ticket", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) throws {
        let server = try SingleServer(context: self.certificates.server())
        let session = FileManager.default.temporaryDirectory.appending(path: "session-\(UUID().uuidString).pem").path
        defer { try? FileManager.default.removeItem(atPath: session) }
        _ = try server.openssl("\(version) -sess_out \(session)", input: "QUIT\n")
        #expect(server.log.session?.resumed == false)
        let output = try server.openssl("\(version) -sess_in \(session)", input: "QUIT\n")
        #expect(server.log.session?.resumed == true, "\(output)")
        #expect(output.contains("+OK bye"))
    }

    @Test("a client's renegotiation is refused (T-077)")
    func renegotiation() throws {
        // A greeting that crosses the attempt would be what s_client stumbles over.
        let server = try SingleServer(context: self.certificates.server(), greets: false)
        let output = try server.openssl("-tls1_2", input: "R\n", quiet: false)
        #expect(output.contains("no renegotiation"))
    }

    @Test("STLS on a live channel, with a server name")
    func startTLS() throws {
        let server = try SingleServer(context: self.certificates.server(), upgrades: true)
        let name = TestCertificates.serverName
        let output = try server.openssl("-starttls pop3 -servername \(name.uppercased())", input: "QUIT\n")
        #expect(server.log.session?.serverName == name)
        #expect(output.contains("+OK bye"))
    }

    @Test("certificates that do not fit are errors a person understands")
    func badCertificates() throws {
        let good = self.certificates.p256
        let none = CertificateSource(chainPEM: Array("hello".utf8), keyPEM: good.keyPEM, name: "a.pem")
        let mismatch = CertificateSource(
            chainPEM: good.chainPEM,
            keyPEM: self.certificates.rsa2048.keyPEM,
            name: "b.pem"
        )
        let noKey = CertificateSource(chainPEM: good.chainPEM, keyPEM: good.chainPEM, name: "c.pem")
        for (sources, path) in [
            ([none], "a.pem"), ([mismatch], "b.pem"), ([noKey], "c.pem"), ([good, good], "p256.pem"),
        ] {
            do {
                _ = try TLSContext.server(certificates: sources, profile: .modern, strictALPN: true)
                Issue.record("\(path) was taken")
            } catch {
                guard case .configuration(path: path, _) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }
}
