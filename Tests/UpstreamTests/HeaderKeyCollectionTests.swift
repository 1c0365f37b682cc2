import Gateway
import IMAP
import Linux
import TestSupport
import Testing
import Upstream

@Suite("Header keys, collected when a session has ended", .timeLimit(.minutes(5)))
struct HeaderKeyCollectionTests {
    @Test("500 at a time, the newest first, until every message has one")
    func bounds() async throws {
        let fixture = try await Fixture(.alike(600)) { $0.collectsHeaderKeys = true }
        _ = try await fixture.poll().get()
        await fixture.whenKept(500)
        #expect(Set(fixture.store.headerKeys.keys) == Set(101...600))
        #expect(fixture.headerFetches.count == 7)
        #expect(fixture.headerFetches.first.map { Set($0) } == Set(521...600))
        _ = try await fixture.poll().get()
        await fixture.whenKept(600)
        #expect(fixture.headerFetches.count == 9)
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(fixture.headerFetches.count == 9)
        #expect(fixture.store.headerKeys.values.allSatisfy { $0.count == 16 })
        try await fixture.stop()
    }

    @Test("a message whose header cannot be had is not asked for again")
    func unreadable() async throws {
        let fixture = try await Fixture(.alike(3)) { $0.collectsHeaderKeys = true }
        fixture.server.change { settings in
            let mailbox = ScriptedMailbox.sample(3)
            settings.script = { request in
                guard request.isForHeaders, mailbox.uids(in: request.arguments).contains(2) else { return nil }
                return [.line("\(request.tag) NO cannot read it")]
            }
        }
        _ = try await fixture.poll().get()
        await fixture.whenKept(3)
        #expect(fixture.store.headerKeys.mapValues(\.count) == [1: 16, 2: 0, 3: 16])
        let count = fixture.headerFetches.count
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(fixture.headerFetches.count == count)
        try await fixture.stop()
    }

    @Test("no further than the line that is under way when another login waits for the connection")
    func yields() async throws {
        let fixture = try await Fixture(.alike(400)) { configuration in
            configuration.collectsHeaderKeys = true
            configuration.connectionsPerAccount = 1
        }
        let answers = AnswerOnce<Int>()
        let opened = AnswerOnce<Result<OpenedMailbox, UpstreamRefusal>>()
        fixture.server.change { [mailboxes = fixture.mailboxes, server = fixture.server] settings in
            settings.script = { request in
                guard request.isForHeaders, server.requests.count(where: { $0.isForHeaders }) == 1 else { return nil }
                mailboxes.open(Fixture.login()) { result in
                    answers.give(server.requests.count { $0.isForHeaders })
                    opened.give(result)
                }
                return nil
            }
        }
        _ = try await fixture.poll().get()
        #expect(await answers.wait() == 1)
        let second = try await opened.wait().get()
        while fixture.store.headerKeys.count < 80 { await Task.yield() }
        #expect(Set(fixture.store.headerKeys.keys) == Set(321...400))
        second.lease.release()
        try await fixture.stop()
    }

    @Test("not at all when somebody waits already")
    func nobodyWaits() async throws {
        let fixture = try await Fixture(.alike(3)) { configuration in
            configuration.collectsHeaderKeys = true
            configuration.connectionsPerAccount = 1
        }
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        let opened = AnswerOnce<Result<OpenedMailbox, UpstreamRefusal>>()
        fixture.mailboxes.open(Fixture.login()) { opened.give($0) }
        lease.release()
        let second = try await opened.wait().get()
        #expect(fixture.headerFetches.isEmpty)
        second.lease.release()
        try await fixture.stop()
    }

    @Test("not from a server that gives messages ids of its own, nor when it is switched off")
    func none() async throws {
        var settings = ScriptedMailServer.Settings.alike(3)
        settings.capabilities += " OBJECTID"
        for index in 0..<3 { settings.mailboxes[Fixture.name]?.mails[index].emailID = "M\(index)" }
        for (settings, isOn) in [(settings, true), (.alike(3), false)] {
            let fixture = try await Fixture(settings) { $0.collectsHeaderKeys = isOn }
            for _ in 0..<2 {
                #expect(try await fixture.poll().get().snapshot.count == 3)
                await fixture.server.whenQuiet()
            }
            #expect(fixture.headerFetches.isEmpty)
            try await fixture.stop()
        }
    }
}
