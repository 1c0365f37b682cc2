import Gateway
import LibCrypto
import Server
import Store
import TLS
import TestSupport
import Testing

@Suite("A device is known by what TLS tells of it", .timeLimit(.minutes(2)))
struct DialledNameTests {
    private static let domain = "pop.office.example"
    private static let chain = IdentityChain(domains: [domain])

    private static func listener(isImplicitTLS: Bool, chain: IdentityChain = Self.chain) -> Listener.Settings {
        Listener.Settings(
            name: isImplicitTLS ? "pops" : "pop",
            address: .v4(0x7F00_0001),
            port: 0,
            isImplicitTLS: isImplicitTLS,
            chain: chain
        )
    }

    private static func text(_ record: StoredRecord) -> String { String(decoding: record.json, as: UTF8.self) }

    @Test("by the server name it dials, with TLS at once and behind STLS", arguments: [true, false])
    func dialled(isImplicit: Bool) async throws {
        let certificates = try TestCertificates(names: ["*.\(Self.domain)"])
        let world = try await ServerWorld(
            [Self.listener(isImplicitTLS: isImplicit)],
            tls: certificates.server()
        )
        let name = "frontdesk.\(Self.domain)"
        let client = try await DeviceClient.connect(
            world.ports[0],
            tls: isImplicit ? certificates.client() : nil,
            serverName: name
        )
        #expect(await client.line() == "+OK POP3 server ready")
        if !isImplicit {
            #expect(await client.ask("STLS") == "+OK Begin TLS negotiation")
            try await client.startTLS(certificates.client(), serverName: name)
        }
        #expect(await client.ask("USER info@example.com") == "+OK send PASS")
        #expect(await client.ask("PASS secret") == "+OK Logged in")
        #expect(await client.ask("QUIT") == "+OK bye")
        await client.close()
        let login = try #require(await world.records().first { $0.action == "login" })
        #expect(login.device == "frontdesk" && login.account == "info@example.com")
        #expect(Self.text(login).contains(#""identified_by":{"kind":"name","value":"frontdesk"}"#))
        #expect(Self.text(login).contains(#""server_name":"frontdesk.pop.office.example""#))
        try await world.stop()
    }

    @Test("by the certificate it shows; one of another CA gets a record and no session")
    func certificate() async throws {
        let clients = try ClientCertificates()
        let server = try TestCertificates.shared.get()
        let world = try await ServerWorld(
            [Self.listener(isImplicitTLS: true)],
            tls: .server(
                certificates: [server.p256],
                profile: .modern,
                strictALPN: true,
                clientAuthority: clients.authority
            )
        )
        let script = "USER info@example.com\nPASS secret\nQUIT\n"
        let good = try clients.make("good", subject: "/CN=frontdesk")
        let output = try OpenSSLClient.talk(to: world.ports[0], good + ["-quiet", "-crlf"], input: script)
        #expect(output.contains("+OK bye"))
        let others = try ClientCertificates()
        let bad = try others.make("bad", subject: "/CN=frontdesk")
        let refused = try OpenSSLClient.talk(to: world.ports[0], bad + ["-quiet", "-crlf"], input: script)
        withExtendedLifetime(others) {}
        #expect(!refused.contains("+OK"))
        try await world.stop()
        let records = try await world.records()
        let login = try #require(records.first { $0.action == "login" })
        let digest = try clients.digest(ofKey: "good")
        #expect(login.device == "frontdesk")
        #expect(
            Self.text(login).contains(
                #""identified_by":{"kind":"certificate","value":"\#(digest)","label":"frontdesk"}"#
            )
        )
        let refusal = try #require(records.first { $0.action == "connection-refused" })
        #expect(refusal.reason.hasPrefix("TLS: the device's certificate was not accepted: "))
        #expect(records.count { $0.action == "login" } == 1)
    }
}
