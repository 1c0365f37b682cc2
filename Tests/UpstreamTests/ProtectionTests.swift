import Foundation
import Gateway
import IMAP
import LibCrypto
import TLS
import TestSupport
import Testing
import Upstream

@Suite("Protection of the way to the mail server", .timeLimit(.minutes(2)))
struct ProtectionTests {
    enum BadCertificate: CaseIterable, Sendable {
        case otherHost, expired, selfSigned, unknownAuthority
    }

    @Test("a mailbox is read over TLS, and over STARTTLS", arguments: [Protection.implicitTLS, .startTLS])
    func encrypted(protection: Protection) async throws {
        let certificates = try TestCertificates.shared.get()
        var settings = try Self.settings(protection, certificates.p256)
        let octets = [UInt8](repeating: UInt8(ascii: "x"), count: 3 * 1024 * 1024)
        settings.mailboxes[Fixture.name] = ScriptedMailbox(mails: [.init(uid: 7, octets: octets)])
        let chosen = settings
        try await withAuthorityFile(certificates.authorityPEM) { path in
            let fixture = try await Fixture(chosen, protection: protection, host: "localhost", trust: .file(path))
            let lease = try await fixture.lease()
            #expect(try await lease.snapshot().get().snapshot.count == 1)
            #expect(try await lease.fetch(7).octets == octets)
            lease.release()
            try await fixture.stop()
            #expect(fixture.server.requests.last?.verb == "LOGOUT")
        }
    }

    @Test(
        "no credential is sent where the certificate is not good (S-06)",
        arguments: BadCertificate.allCases,
        [Protection.implicitTLS, .startTLS]
    )
    func badCertificate(_ kind: BadCertificate, _ protection: Protection) async throws {
        let authority = try CertificateAuthority.make()
        let names = ["localhost"].compactMap(SubjectName.init)
        let strangers = [TestCertificates.serverName].compactMap(SubjectName.init)
        let issued =
            switch kind {
            case .otherHost: try authority.issue(names: strangers, key: .p256)
            case .expired: try authority.issue(names: names, key: .p256, validity: Self.expired)
            case .selfSigned: try CertificateAuthority.selfSigned(names: names, key: .p256)
            case .unknownAuthority: try CertificateAuthority.make().issue(names: names, key: .p256)
            }
        let source = CertificateSource(chainPEM: issued.certificatePEM, keyPEM: issued.keyPEM, name: "bad.pem")
        let settings = try Self.settings(protection, source)
        try await withAuthorityFile(authority.certificatePEM) { path in
            let fixture = try await Fixture(settings, protection: protection, host: "localhost", trust: .file(path))
            try await Self.expectUnavailable(fixture, "certificate not accepted")
        }
    }

    @Test("what comes behind the OK to STARTTLS closes the connection (S-02)")
    func injection() async throws {
        var settings = try Self.settings(.startTLS, TestCertificates.shared.get().p256)
        settings.script = { request in
            guard request.verb == "STARTTLS" else { return nil }
            return [.octets(Array("\(request.tag) OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA3 OK\r\n".utf8))]
        }
        try await Self.expectUnavailable(Fixture(settings, protection: .startTLS, host: "localhost"), "")
    }

    @Test("without STARTTLS nothing secret is said (S-03)", arguments: ["none", "NO", "BAD"])
    func stripped(how: String) async throws {
        var settings = ScriptedMailServer.Settings()
        settings.capabilities = how == "none" ? "IMAP4rev1 AUTH=PLAIN" : "IMAP4rev1 STARTTLS AUTH=PLAIN"
        settings.script = { request in
            request.verb == "STARTTLS" ? [.line("\(request.tag) \(how) not here")] : nil
        }
        let fixture = try await Fixture(settings, protection: .startTLS, host: "localhost")
        guard case .failure(.misconfigured) = await fixture.open() else {
            Issue.record("it went on")
            return
        }
        try await Self.expectNothingSecret(fixture)
    }

    @Test(
        "a greeting that is none, and PREAUTH, close the connection (S-04, S-05)",
        arguments: [
            "* PREAUTH welcome", "* BYE not now", "garbage", "", "+OK POP3", "* NO", "* 3 EXISTS", "A1 OK",
            String(repeating: "x", count: 1_048_576), "* OK " + String(repeating: "x", count: 1_048_576),
        ],
        [Protection.plainLoopback, .startTLS]
    )
    func greetings(_ greeting: String, _ protection: Protection) async throws {
        var settings = ScriptedMailServer.Settings()
        settings.greeting = [.line(greeting)]
        try await Self.expectUnavailable(Fixture(settings, protection: protection, host: "localhost"), "")
    }

    private static var expired: CertificateValidity {
        CertificateValidity(startsIn: -86_400 * 30, endsIn: -86_400)
    }

    private static func settings(
        _ protection: Protection,
        _ certificate: CertificateSource
    ) throws -> ScriptedMailServer.Settings {
        var settings = ScriptedMailServer.Settings()
        let context = try TLSContext.server(certificates: [certificate], profile: .modern, strictALPN: false)
        settings.encryption = protection == .startTLS ? .startTLS(context) : .implicitTLS(context)
        if protection == .startTLS { settings.capabilities += " STARTTLS" }
        return settings
    }

    private static func expectUnavailable(_ fixture: Fixture, _ words: String) async throws {
        guard case .failure(.unavailable(let reason)) = await fixture.open() else {
            Issue.record("it went on")
            return
        }
        #expect(words.isEmpty || reason.contains(words), "\(reason)")
        try await Self.expectNothingSecret(fixture)
    }

    private static func expectNothingSecret(_ fixture: Fixture) async throws {
        try await fixture.stop()
        let verbs = Set(fixture.server.requests.map(\.verb))
        #expect(verbs.isSubset(of: ["CAPABILITY", "STARTTLS", "LOGOUT"]))
        let received = String(decoding: fixture.server.received, as: UTF8.self)
        #expect(!received.contains("secret") && !received.contains("AHNlY3JldA"))
    }
}
