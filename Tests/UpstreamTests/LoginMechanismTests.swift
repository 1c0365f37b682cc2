import Gateway
import IMAP
import LibCrypto
import Linux
import TestSupport
import Testing
import Upstream

@Suite("Logins by token and by SCRAM", .timeLimit(.minutes(2)))
struct LoginMechanismTests {
    private static func settings(_ capabilities: String) -> ScriptedMailServer.Settings {
        var settings = ScriptedMailServer.Settings()
        settings.capabilities = "IMAP4rev1 \(capabilities)"
        settings.tokens = [Fixture.name: "ya29.good"]
        return settings
    }

    @Test("the sums are those of RFC 7677 §3")
    func vector() throws {
        let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=\(nonce)"
        let proof = SCRAMComputation(
            password: Secret("pencil".utf8),
            salt: salt,
            iterations: 4_096,
            message: Array(message.utf8)
        ).proof()
        #expect(proof.clientProof == Base64.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").map { Secret($0) })
        #expect(
            proof.serverSignature == Base64.decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").map { Secret($0) }
        )
    }

    @Test("SCRAM opens the mailbox, and nothing that arrives is the password", arguments: ["SASL-IR", ""])
    func scram(initialResponse: String) async throws {
        let fixture = try await Fixture(Self.settings("AUTH=PLAIN AUTH=SCRAM-SHA-256 \(initialResponse)"))
        for _ in 0..<3 {
            let opened = try await fixture.open().get()
            #expect(opened.transcript.contains { $0.hasSuffix("AUTHENTICATE SCRAM-SHA-256 •••") })
            #expect(opened.transcript.filter { $0 == "•••" }.count == (initialResponse.isEmpty ? 3 : 2))
            opened.lease.release()
        }
        #expect(await fixture.open(password: "wrong").problem == .credentials(answeredLocally: false))
        try await fixture.stop()
        #expect(
            fixture.server.requests.allSatisfy { $0.verb != "AUTHENTICATE" || $0.arguments.hasPrefix("SCRAM-SHA-256") }
        )
        #expect(!String(decoding: fixture.server.received, as: UTF8.self).contains(Base64.encode(Array("secret".utf8))))
    }

    @Test("a mail server that does not know the password itself, or asks for endless sums, is unavailable")
    func impostor() async throws {
        var settings = Self.settings("AUTH=SCRAM-SHA-256 SASL-IR")
        settings.liesInSCRAM = true
        let fixture = try await Fixture(settings)
        guard case .unavailable = await fixture.open().problem else {
            Issue.record("a wrong signature was taken")
            return
        }
        fixture.server.change {
            $0.liesInSCRAM = false
            $0.scramIterations = 2_000_000
        }
        guard case .unavailable = await fixture.open().problem else {
            Issue.record("two million iterations were done")
            return
        }
        fixture.server.change { $0.scramIterations = 100_000 }
        try await fixture.lease().release()
        try await fixture.stop()
    }

    @Test(
        "a token logs in by the mechanism that is offered, and a refused one does not bar the next",
        arguments: [
            "AUTH=XOAUTH2 SASL-IR", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER SASL-IR", "AUTH=OAUTHBEARER AUTH=XOAUTH2",
        ]
    )
    func token(capabilities: String) async throws {
        let fixture = try await Fixture(Self.settings(capabilities + " AUTH=PLAIN"))
        #expect(await fixture.open(token: "ya29.old").problem == .credentials(answeredLocally: false))
        #expect(await fixture.open(token: "ya29.old").problem == .credentials(answeredLocally: true))
        let opened = try await fixture.open(token: "ya29.good").get()
        let name = capabilities.contains("OAUTHBEARER") ? "OAUTHBEARER" : "XOAUTH2"
        #expect(opened.transcript.contains { $0.hasSuffix("AUTHENTICATE \(name) •••") })
        #expect(!opened.transcript.joined().contains("ya29"))
        opened.lease.release()
        #expect(fixture.server.count(of: "AUTHENTICATE") == 2)
        try await fixture.stop()
    }

    @Test("the password and the token of the same octets are two credentials")
    func kinds() async throws {
        var settings = Self.settings("AUTH=PLAIN AUTH=XOAUTH2 SASL-IR")
        settings.passwords = [Fixture.name: "ya29.good"]
        settings.tokens = [:]
        let fixture = try await Fixture(settings)
        #expect(await fixture.open(token: "ya29.good").problem == .credentials(answeredLocally: false))
        try await fixture.open(password: "ya29.good").get().lease.release()
        #expect(await fixture.open(token: "ya29.good").problem == .credentials(answeredLocally: true))
        try await fixture.stop()
    }

    @Test("refused tokens count against the account's cap like passwords")
    func cap() async throws {
        let fixture = try await Fixture(Self.settings("AUTH=XOAUTH2 SASL-IR"))
        for number in 0..<12 {
            let problem = await fixture.open(token: "ya29.\(number)").problem
            #expect(problem == .credentials(answeredLocally: number >= 10))
        }
        #expect(fixture.server.count(of: "AUTHENTICATE") == 10)
        try await fixture.stop()
    }

    @Test("a token where none is taken: the account is not set up correctly, and no token leaves")
    func misconfigured() async throws {
        let fixture = try await Fixture(Self.settings("AUTH=PLAIN SASL-IR"))
        guard case .misconfigured = await fixture.open(token: "ya29.good").problem else {
            Issue.record("not misconfigured")
            return
        }
        #expect(fixture.server.count(of: "AUTHENTICATE") + fixture.server.count(of: "LOGIN") == 0)
        try await fixture.stop()
    }

    @Test("a token of 8 KiB passes the guard")
    func longest() async throws {
        let token = String(repeating: "x", count: 8_192)
        for capabilities in ["AUTH=XOAUTH2 SASL-IR", "AUTH=OAUTHBEARER"] {
            var settings = Self.settings(capabilities)
            settings.tokens = [Fixture.name: token]
            let fixture = try await Fixture(settings)
            try await fixture.open(token: token).get().lease.release()
            try await fixture.stop()
        }
    }
}
