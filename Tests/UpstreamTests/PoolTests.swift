import Gateway
import IMAP
import Linux
import TestSupport
import Testing
import Upstream

@Suite("One mailbox for all sessions of a credential", .timeLimit(.minutes(5)))
struct PoolTests {
    private static func fixture(
        _ settings: ScriptedMailServer.Settings = .init(),
        configure: (inout UpstreamConfiguration) -> Void = { _ in }
    ) async throws -> Fixture {
        try await Fixture(settings) { configuration in
            configuration.loginCacheSeconds = 300
            configuration.cache.memory = 4_194_304
            configure(&configuration)
        }
    }

    private static func end(_ fixture: Fixture) async throws {
        await fixture.mailboxes.quiesce()
        try await fixture.stop()
    }

    @Test("many polls share one login, and each is shown what is there now")
    func oneLogin() async throws {
        let fixture = try await Self.fixture()
        for count in 3..<13 {
            let lease = try await fixture.lease()
            #expect(try await lease.snapshot().get().snapshot.count == count)
            lease.release()
            fixture.server.change { $0.mailboxes[Fixture.name]?.deliver(Array("Subject: new\r\n\r\n".utf8)) }
        }
        #expect(fixture.server.connections == 1)
        try await Self.end(fixture)
        #expect(fixture.server.requests.last?.verb == "LOGOUT")
    }

    @Test("logins at once share one login too, and the listing")
    func atOnce() async throws {
        let fixture = try await Self.fixture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let lease = try await fixture.lease()
                    #expect(try await lease.snapshot().get().snapshot.count == 3)
                    #expect(try await lease.fetch(2).octets == ScriptedMailbox.sample(3).mails[1].octets)
                    lease.release()
                }
            }
            try await group.waitForAll()
        }
        #expect(fixture.server.connections <= 3)
        #expect(fixture.server.requests.filter { $0.arguments.contains("BODY.PEEK[]") }.count == 1)
        try await Self.end(fixture)
    }

    @Test("a password is asked for again when its time is over, and a refused one lets nobody in")
    func expiry() async throws {
        let fixture = try await Self.fixture()
        try await fixture.lease().release()
        fixture.server.change { $0.passwords[Fixture.name] = "another" }
        fixture.clock.advance(299)
        try await fixture.lease().release()
        #expect(fixture.server.connections == 1)
        fixture.clock.advance(2)
        #expect(await fixture.open().problem == .credentials(answeredLocally: false))
        #expect(await fixture.open().problem == .credentials(answeredLocally: true))
        try await fixture.open(password: "another").get().lease.release()
        try await Self.end(fixture)
    }

    @Test("a wrong password opens nothing while the right one has the mailbox open")
    func wrong() async throws {
        let fixture = try await Self.fixture()
        let lease = try await fixture.lease()
        #expect(await fixture.open(password: "wrong").problem == .credentials(answeredLocally: false))
        #expect(await fixture.open("INFO@example.com", "secret").problem != nil)
        #expect(!(try await lease.fetch(1).octets.isEmpty))
        lease.release()
        try await Self.end(fixture)
    }

    @Test("a connection that was parked too long is made again, and the session notices nothing (I-52, I-56)")
    func parked() async throws {
        let fixture = try await Self.fixture()
        var lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        lease.release()
        fixture.server.dropConnections()
        await fixture.server.whenQuiet()
        lease = try await fixture.lease()
        #expect(try await lease.snapshot().get().snapshot.count == 3)
        lease.release()
        #expect(fixture.server.connections == 2)
        try await Self.end(fixture)
    }

    @Test("an expunge between two polls is seen by the second, on a connection that was parked")
    func expunged() async throws {
        let fixture = try await Self.fixture()
        var lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        lease.release()
        // One goes and one comes: EXISTS alone would not tell.
        fixture.server.change { settings in
            settings.mailboxes[Fixture.name]?.mails.remove(at: 1)
            settings.mailboxes[Fixture.name]?.deliver(Array("Subject: new\r\n\r\n".utf8))
        }
        lease = try await fixture.lease()
        let snapshot = try await lease.snapshot().get().snapshot
        #expect((0..<snapshot.count).compactMap { snapshot.uid(at: $0)?.value } == [1, 3, 4])
        lease.release()
        #expect(fixture.server.connections == 1)
        try await Self.end(fixture)
    }

    @Test("a session that lasts over a change of UIDVALIDITY reads nothing more, and the next one everything (T-108)")
    func renumbered() async throws {
        let fixture = try await Self.fixture()
        let old = try await fixture.lease()
        _ = try await old.snapshot().get()
        #expect(!(try await old.fetch(1).octets.isEmpty))
        fixture.server.change { settings in
            settings.mailboxes[Fixture.name]?.validity = 99
            settings.script = { request in
                request.verb == "NOOP" ? [.line("* 4 EXISTS"), .line("\(request.tag) OK")] : nil
            }
        }
        let new = try await fixture.lease()
        #expect(try await new.snapshot().get().snapshot.validity?.value == 99)
        #expect(try await old.fetch(1).failure == .uidValidityChanged)
        #expect(try await old.fetch(2).failure == .uidValidityChanged)
        #expect(!(try await new.fetch(1).octets.isEmpty))
        old.release()
        new.release()
        try await Self.end(fixture)
    }
}
