import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("Bodies that are there before they are asked for", .timeLimit(.minutes(5)))
struct ReadAheadTests {
    private static func fixture(
        _ settings: ScriptedMailServer.Settings,
        configure: (inout UpstreamConfiguration) -> Void = { _ in }
    ) async throws -> Fixture {
        try await Fixture(settings) { configuration in
            configuration.loginCacheSeconds = 300
            configuration.cache.memory = 4_194_304
            configure(&configuration)
        }
    }

    private static func sample(_ count: Int) -> ScriptedMailServer.Settings {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name] = .sample(count)
        return settings
    }

    private static func end(_ fixture: Fixture) async throws {
        await fixture.mailboxes.quiesce()
        try await fixture.stop()
    }

    private static func fetches(_ fixture: Fixture) -> [String] {
        fixture.server.requests.filter { $0.arguments.contains("BODY.PEEK[]") }.map { request in
            String(request.arguments.prefix { $0 != " " })
        }
    }

    @Test("what is likely to follow comes with the same command, in any order, and each is served as what it is")
    func ahead() async throws {
        let fixture = try await Self.fixture(Self.sample(20))
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.change { settings in
            let mails = settings.mailboxes[Fixture.name]?.mails ?? []
            settings.script = { request in
                guard request.arguments.contains("BODY.PEEK[]") else { return nil }
                let uids = ScriptedMailbox(mails: mails).uids(in: request.arguments).reversed()
                return uids.flatMap { uid -> [ScriptedMailServer.Step] in
                    guard let mail = mails.first(where: { $0.uid == uid }) else { return [] }
                    return [
                        .octets(Array("* \(uid) FETCH (BODY[] {\(mail.octets.count)}\r\n".utf8) + mail.octets),
                        .line(" UID \(uid))"), .line("* 21 EXISTS"),
                    ]
                } + [.line("\(request.tag) OK")]
            }
        }
        let first = try await lease.fetch(1, ahead: 2...9)
        #expect(first.octets == ScriptedMailbox.sample(20).mails[0].octets)
        #expect(first.transcript.count == 1)
        for uid in UInt32(2)...9 {
            let next = try await lease.fetch(uid)
            #expect(next.octets == ScriptedMailbox.sample(20).mails[Int(uid) - 1].octets)
            #expect(!next.transcript.contains { $0.contains("FETCH") })
        }
        #expect(Self.fetches(fixture) == ["1:9"])
        lease.release()
        try await Self.end(fixture)
    }

    @Test("a message that goes between being read ahead and RETR is gone (P-50)")
    func gone() async throws {
        let fixture = try await Self.fixture(Self.sample(5))
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        _ = try await lease.fetch(1, ahead: 2...5)
        fixture.server.change { settings in
            settings.mailboxes[Fixture.name]?.mails.remove(at: 2)
        }
        // As long as an answer of the mail server is good for.
        try await Task.sleep(for: .milliseconds(1_100))
        #expect(!(try await lease.fetch(2).octets.isEmpty))
        #expect(try await lease.fetch(3).failure == .messageGone)
        #expect(!(try await lease.fetch(4).octets.isEmpty))
        lease.release()
        let next = try await fixture.lease()
        #expect(try await next.snapshot().get().snapshot.count == 4)
        next.release()
        try await Self.end(fixture)
    }

    @Test("of those that do not come, the one that is waited for is asked for again, alone (I-51)")
    func missing() async throws {
        let fixture = try await Self.fixture(Self.sample(5))
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.change { settings in
            settings.script = { request in
                guard request.arguments.hasPrefix("1:5 ") else { return nil }
                return [.line("* 2 FETCH (UID 2 BODY[] {3}"), .line("abc)"), .line("\(request.tag) NO not all")]
            }
        }
        let first = try await lease.fetch(1, ahead: 2...5)
        #expect(first.octets == ScriptedMailbox.sample(5).mails[0].octets)
        #expect(try await lease.fetch(2).octets == Array("abc".utf8))
        #expect(Self.fetches(fixture) == ["1:5", "1"])
        lease.release()
        try await Self.end(fixture)
    }

    @Test("a body cut in the middle of a set is no message, and what came before it is")
    func cut() async throws {
        let fixture = try await Self.fixture(Self.sample(3))
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.change { settings in
            settings.script = { request in
                guard request.arguments.hasPrefix("1:3 ") else { return nil }
                return [
                    .line("* 2 FETCH (UID 2 BODY[] {3}"), .line("abc)"), .line("* 1 FETCH (UID 1 BODY[] {900}"),
                    .line("ab"), .close,
                ]
            }
        }
        guard case .unavailable = try await lease.fetch(1, ahead: 2...3).failure else {
            Issue.record("half a message")
            return
        }
        #expect(try await lease.fetch(2).octets == Array("abc".utf8))
        #expect(try await lease.fetch(3).octets == ScriptedMailbox.sample(3).mails[2].octets)
        lease.release()
        try await Self.end(fixture)
    }

    @Test(
        "what is long goes to the disk at the mail server's speed; devices drain it from there, each at its own",
        arguments: [
            true, false,
        ]
    )
    func long(hasDisk: Bool) async throws {
        var settings = ScriptedMailServer.Settings()
        let octets = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        settings.mailboxes[Fixture.name] = ScriptedMailbox(mails: [.init(uid: 7, octets: octets)])
        let fixture = try await Self.fixture(settings) { configuration in
            configuration.cache.disk = hasDisk ? 16_777_216 : 0
            configuration.cache.folder = "/tmp"
        }
        let (slow, quick) = (try await fixture.lease(), try await fixture.lease())
        _ = try await slow.snapshot().get()
        _ = try await quick.snapshot().get()
        let began = AnswerOnce<Void>()
        let uid = try #require(UID(7))
        let held = slow.body(BodyRequest(uid: uid, section: .whole)) { if case .began = $0 { began.give(()) } }
        await began.wait()
        let fetched = try await quick.fetch(7)
        #expect(fetched.octets == octets)
        held.cancel()
        #expect(try await slow.fetch(7).octets == octets)
        slow.release()
        quick.release()
        try await Self.end(fixture)
    }

    @Test("what follows a long message in the same command comes too, whoever held it back", arguments: [true, false])
    func behindLong(hasDisk: Bool) async throws {
        var settings = ScriptedMailServer.Settings()
        let long = (0..<6_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        let short = (8...30).map { ScriptedMailbox.Mail(uid: $0, octets: [UInt8](repeating: 65, count: 50_000)) }
        settings.mailboxes[Fixture.name] = ScriptedMailbox(mails: [.init(uid: 7, octets: long)] + short)
        let fixture = try await Self.fixture(settings) { configuration in
            configuration.cache.disk = hasDisk ? 16_777_216 : 0
            configuration.cache.folder = "/tmp"
        }
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        #expect(try await lease.fetch(7, ahead: 8...25).octets == long)
        for uid in UInt32(8)...25 { #expect(try await lease.fetch(uid).octets.count == 50_000) }
        #expect(Self.fetches(fixture) == ["7:25"])
        lease.release()
        try await Self.end(fixture)
    }
}

extension MailboxLease {
    /// Fetches one message whole, as a device that is likely to want the others next.
    fileprivate func fetch(_ uid: UInt32, ahead: ClosedRange<UInt32>) async throws -> Fetched {
        guard let uid = UID(uid) else { throw CancellationError() }
        return try await self.fetch(BodyRequest(uid: uid, section: .whole, ahead: ahead.compactMap { UID($0) }))
    }
}
