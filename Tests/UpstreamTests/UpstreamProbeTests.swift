import Gateway
import IMAP
import Linux
import Logging
import NIOPosix
import TLS
import TestSupport
import Testing
import Upstream

@Suite("UpstreamProbe", .timeLimit(.minutes(5)))
struct UpstreamProbeTests {
    private func probe(
        _ server: ScriptedMailServer,
        _ protection: Protection,
        host: String = "127.0.0.1",
        trust: TLSContext.Trust = .system
    ) throws -> UpstreamProbe {
        try UpstreamProbe(
            configuration: UpstreamConfiguration(
                name: "upstream",
                host: host,
                port: server.port,
                protection: protection,
                trust: trust
            ),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: LogBook().logger
        )
    }

    @Test("tells TLS, the certificate and the capabilities, by TLS at once and by STARTTLS", arguments: [false, true])
    func reach(startTLS: Bool) async throws {
        let certificates = try TestCertificates.shared.get()
        var settings = ScriptedMailServer.Settings()
        let context = try certificates.server(strictALPN: false)
        settings.encryption = startTLS ? .startTLS(context) : .implicitTLS(context)
        let server = try await ScriptedMailServer.start(settings)
        try await withAuthorityFile(certificates.authorityPEM) { path in
            let probe = try self.probe(
                server,
                startTLS ? .startTLS : .implicitTLS,
                host: "localhost",
                trust: .file(path)
            )
            let reached = try await probe.reach().get()
            let encryption = try #require(reached.encryption)
            #expect(encryption.version == "TLSv1.3")
            #expect(try #require(encryption.certificate).names.contains("localhost"))
            #expect(reached.capabilities.contains("IMAP4REV1"))
        }
        await server.whenQuiet()
        try await server.stop()
    }

    @Test("says why a certificate is refused, and shows nothing of what stands behind it")
    func refused() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.encryption = .implicitTLS(try TestCertificates.shared.get().server(strictALPN: false))
        let server = try await ScriptedMailServer.start(settings)
        let result = try await self.probe(server, .implicitTLS).reach()
        guard case .failure(.unavailable(let reason)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("certificate not accepted"))
        #expect(server.received.isEmpty)
        try await server.stop()
    }

    @Test("looks at flags before and after the newest message is read, at UIDs and quota")
    func look() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name] = .sample(30)
        settings.mailboxes[Fixture.name]?.mails[29].flags = ["\\Flagged", "\\Answered"]
        settings.mailboxes[Fixture.name]?.quota = (used: 50, limit: 100)
        let server = try await ScriptedMailServer.start(settings)
        let probe = try self.probe(server, .plainLoopback)
        let seen = try await probe.look(name: Array(Fixture.name.utf8), password: Secret("secret".utf8)).get()
        #expect(seen.saysReadOnly)
        #expect(seen.exists == 30)
        #expect(seen.uids == [1...30])
        #expect(seen.flags.map(\.uid) == Array(11...30))
        #expect(seen.flags.last?.before == ["\\Answered", "\\Flagged"])
        #expect(seen.newestWasRead == true)
        #expect(seen.keepsFlags == true)
        #expect(seen.quota?.usedKB == 50)
        #expect(seen.quota?.limitKB == 100)
        await server.whenQuiet()
        try await server.stop()
        #expect(server.requests.last?.verb == "LOGOUT")
    }

    @Test("notices that reading changed a flag")
    func changedFlags() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { request in
            guard request.verb == "UID FETCH", request.arguments.hasSuffix("(UID FLAGS)") else { return nil }
            let isSecond = Int(request.tag.drop { $0 != "x" }.dropFirst()).map { $0 > 7 } ?? false
            return [.line("* 3 FETCH (UID 3 FLAGS (\(isSecond ? "\\Seen" : "")))"), .line("\(request.tag) OK")]
        }
        let server = try await ScriptedMailServer.start(settings)
        let probe = try self.probe(server, .plainLoopback)
        let seen = try await probe.look(name: Array(Fixture.name.utf8), password: Secret("secret".utf8)).get()
        let fetches = server.requests.filter { $0.verb == "UID FETCH" }
        #expect(fetches.count == 3)
        #expect(seen.keepsFlags == (seen.flags.first?.after == seen.flags.first?.before))
        #expect(seen.keepsFlags == false)
        await server.whenQuiet()
        try await server.stop()
    }

    @Test("refused credentials, and a mailbox that opens for writing, are failures")
    func failures() async throws {
        let server = try await ScriptedMailServer.start()
        let probe = try self.probe(server, .plainLoopback)
        let name = Array(Fixture.name.utf8)
        #expect(
            await probe.look(name: name, password: Secret("wrong".utf8))
                == .failure(.credentials(answeredLocally: false))
        )
        server.change { settings in
            settings.script = { request in
                guard request.verb == "EXAMINE" else { return nil }
                return [
                    .line("* 1 EXISTS"), .line("* OK [UIDVALIDITY 1]"), .line("\(request.tag) OK [READ-WRITE] done"),
                ]
            }
        }
        guard case .failure(.misconfigured) = await probe.look(name: name, password: Secret("secret".utf8)) else {
            Issue.record("it was taken for read-only")
            return
        }
        await server.whenQuiet()
        try await server.stop()
    }

    @Test("finds a POP3 port that greets, and not one that says something else")
    func pop3() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.greeting = [.line("+OK POP3 ready")]
        let pop3 = try await ScriptedMailServer.start(settings)
        settings.greeting = [.line("220 smtp")]
        let other = try await ScriptedMailServer.start(settings)
        settings.encryption = .implicitTLS(try TestCertificates.shared.get().server(strictALPN: false))
        let encrypted = try await ScriptedMailServer.start(settings)
        let probe = try self.probe(other, .plainLoopback)
        #expect(
            await probe.openPOP3Ports(plain: pop3.port, encrypted: encrypted.port)
                == [pop3.port, encrypted.port].sorted()
        )
        #expect(await probe.openPOP3Ports(plain: other.port, encrypted: 0).isEmpty)
        #expect(pop3.received.isEmpty && other.received.isEmpty && encrypted.received.isEmpty)
        for server in [pop3, other, encrypted] { try await server.stop() }
    }
}
