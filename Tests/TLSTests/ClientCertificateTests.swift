import Foundation
import LibCrypto
import TLS
import TestSupport
import Testing

@Suite("A server that asks for a device's certificate")
struct ClientCertificateTests {
    private let clients: ClientCertificates
    private let context: TLSContext

    init() throws {
        self.clients = try ClientCertificates()
        self.context = try .server(
            certificates: [TestCertificates.shared.get().p256],
            profile: .modern,
            strictALPN: true,
            clientAuthority: self.clients.authority
        )
    }

    private struct Outcome {
        let session: TLSSession?
        let errors: [TLSError]
        let isServed: Bool
    }

    private func connect(_ version: String, _ arguments: [String]) throws -> Outcome {
        let server = try SingleServer(context: self.context)
        let output = try server.openssl(([version] + arguments).joined(separator: " "), input: "QUIT\n")
        return Outcome(
            session: server.log.session,
            errors: server.log.errors,
            isServed: output.contains("+OK bye")
        )
    }

    @Test("knows the device by the digest of its key, at each connection anew", arguments: ["-tls1_2", "-tls1_3"])
    func known(version: String) throws {
        let certificate = try self.clients.make("pc1", subject: "/O=Office/CN=Front desk")
        let kept = self.clients.path("session")
        let first = try self.connect(version, certificate + ["-sess_out", kept])
        let digest = try self.clients.digest(ofKey: "pc1")
        #expect(first.session?.clientCertificate == PeerCertificate(keyDigest: digest, commonName: "Front desk"))
        #expect(first.isServed)
        let hasSession = FileManager.default.fileExists(atPath: kept)
        let second = try self.connect(version, certificate + (hasSession ? ["-sess_in", kept] : []))
        #expect(second.session?.resumed == false)
        #expect(second.session?.clientCertificate == first.session?.clientCertificate)
        let renewed = try self.clients.make("renewed", subject: "/CN=other", key: "pc1")
        let third = try self.connect(version, renewed)
        #expect(third.session?.clientCertificate == PeerCertificate(keyDigest: digest, commonName: "other"))
        #expect(ErrorQueue.isEmpty)
    }

    @Test("lets a device without one go on", arguments: ["-tls1_2", "-tls1_3"])
    func none(version: String) throws {
        let outcome = try self.connect(version, [])
        #expect(outcome.isServed)
        #expect(outcome.session != nil && outcome.session?.clientCertificate == nil)
    }

    @Test(
        "ends the handshake for one that cannot be verified, and says why",
        arguments: ["-tls1_2", "-tls1_3"],
        ["expired", "other CA", "for servers"]
    )
    func refused(version: String, case name: String) throws {
        var certificate: [String]
        let reason: String
        let others = try ClientCertificates()
        switch name {
        case "expired":
            certificate = try self.clients.make("old", subject: "/CN=old", days: -1)
            reason = "certificate has expired"
        case "other CA":
            certificate = try others.make("pc1", subject: "/CN=pc1")
            reason = "unable to get local issuer certificate"
        case _:
            certificate = try self.clients.make("server", subject: "/CN=server", use: "serverAuth")
            reason = "certificate purpose"
        }
        let outcome = try self.connect(version, certificate)
        withExtendedLifetime(others) {}
        #expect(outcome.session == nil && !outcome.isServed)
        guard case .certificate(let said)? = outcome.errors.first else {
            Issue.record("\(outcome.errors)")
            return
        }
        #expect(said.contains(reason), "\(said)")
    }

    @Test(
        "takes no common name that cannot be printed in a line",
        arguments: [("/O=nobody", nil), ("/CN=a/CN=b", "b"), ("/CN=受付", nil), ("/CN=pc-1", "pc-1")]
            as [(String, String?)]
    )
    func commonNames(subject: String, expected: String?) throws {
        let certificate = try self.clients.make("pc", subject: subject)
        let outcome = try self.connect("-tls1_3", certificate)
        let shown = try #require(outcome.session?.clientCertificate)
        #expect(shown.commonName == expected)
    }

    @Test("asks nobody where no CA is given")
    func notAsked() throws {
        let certificate = try self.clients.make("pc1", subject: "/CN=pc1")
        let server = try SingleServer(context: TestCertificates.shared.get().server())
        _ = try server.openssl(certificate.joined(separator: " "), input: "QUIT\n")
        #expect(server.log.session != nil && server.log.session?.clientCertificate == nil)
    }

    @Test("is not made with a file that holds no CA", arguments: [nil, "nothing"] as [String?])
    func noAuthority(content: String?) throws {
        let file = self.clients.path("no.pem")
        try content.map { try Data($0.utf8).write(to: URL(filePath: file)) }
        do {
            _ = try TLSContext.server(
                certificates: [TestCertificates.shared.get().p256],
                profile: .modern,
                strictALPN: true,
                clientAuthority: file
            )
            Issue.record("it was taken")
        } catch let error as TLSError {
            guard case .configuration(path: file, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(ErrorQueue.isEmpty)
    }
}
