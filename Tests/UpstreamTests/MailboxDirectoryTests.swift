import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("MailboxDirectory", .timeLimit(.minutes(5)))
struct MailboxDirectoryTests {
    @Test("logs in, EXAMINEs, lists, fetches and says LOGOUT")
    func plainPath() async throws {
        let fixture = try await Fixture()
        let opened = try await fixture.open().get()
        #expect(opened.transcript.contains { $0.hasSuffix(" EXAMINE \"INBOX\"") || $0.hasSuffix(" EXAMINE INBOX") })
        #expect(!opened.transcript.contains { $0.contains("secret") || $0.contains("c2VjcmV0") })
        let listed = try await opened.lease.snapshot().get()
        #expect(listed.snapshot.count == 3)
        let body = try await opened.lease.fetch(2)
        #expect(body.octets == ScriptedMailbox.sample(3).mails[1].octets)
        #expect(body.transcript.count == 1)
        opened.lease.release()
        try await fixture.stop()
        #expect(fixture.server.requests.last?.verb == "LOGOUT")
        #expect(fixture.server.connections == 1)
    }

    @Test("a refused connection is answered, and answered once")
    func refused() async throws {
        let fixture = try await Fixture()
        try await fixture.stop()
        await #expect(throws: UpstreamFailure.self) { try await fixture.open().get() }
    }

    @Test("tries the addresses of a name side by side, and speaks to one")
    func severalAddresses() async throws {
        let fixture = try await Fixture(host: "localhost")
        try await fixture.lease().release()
        try await fixture.stop()
        #expect(fixture.server.count(of: "EXAMINE") == 1)
    }

    @Test("a long message goes through piece by piece, and little of it is held here")
    func longBody() async throws {
        var settings = ScriptedMailServer.Settings()
        let octets = [UInt8](repeating: UInt8(ascii: "x"), count: 20 * 1024 * 1024)
        settings.mailboxes[Fixture.name] = ScriptedMailbox(mails: [.init(uid: 7, octets: octets)])
        let fixture = try await Fixture(settings)
        let lease = try await fixture.lease()
        let body = try await lease.fetch(7)
        #expect(body.announced == UInt64(octets.count))
        #expect(body.octets == octets)
        #expect(body.largest <= 1024 * 1024)
        lease.release()
        try await fixture.stop()
    }

    @Test("a fetch that is cancelled ends its connection, and the next one is made anew")
    func cancelled() async throws {
        var settings = ScriptedMailServer.Settings()
        let octets = [UInt8](repeating: UInt8(ascii: "x"), count: 4 * 1024 * 1024)
        settings.mailboxes[Fixture.name] = ScriptedMailbox(
            mails: [.init(uid: 7, octets: octets), .init(uid: 8, octets: [65, 13, 10])]
        )
        let fixture = try await Fixture(settings)
        let lease = try await fixture.lease()
        let began = AnswerOnce<Void>()
        let source = lease.body(BodyRequest(uid: try #require(UID(7)), section: .whole)) { event in
            if case .began = event { began.give(()) }
        }
        await began.wait()
        source.cancel()
        #expect(try await lease.fetch(8).octets == [65, 13, 10])
        #expect(fixture.server.connections == 2)
        lease.release()
        try await fixture.stop()
    }
}
