import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("Listing over one connection a lease", .timeLimit(.minutes(5)))
struct ListingTests {
    private func poll(_ fixture: Fixture) async throws -> Result<ListedMailbox, UpstreamFailure> {
        let lease = try await fixture.lease()
        let result = await lease.snapshot()
        lease.release()
        return result
    }

    private static func uids(_ listed: ListedMailbox) -> [UInt32] {
        (0..<listed.snapshot.count).compactMap { listed.snapshot[$0]?.uid.value }
    }

    @Test("nothing new costs no FETCH and no SEARCH (T-144)")
    func nothingNew() async throws {
        let fixture = try await Fixture()
        for _ in 0..<3 { #expect(try await self.poll(fixture).get().snapshot.count == 3) }
        #expect(fixture.server.count(of: "UID FETCH") == 1)
        #expect(fixture.server.count(of: "UID SEARCH") == 0)
        try await fixture.stop()
    }

    @Test("one new message fetches one line")
    func oneNew() async throws {
        let fixture = try await Fixture()
        _ = try await self.poll(fixture).get()
        fixture.server.change { $0.mailboxes[Fixture.name]?.deliver(Array("Subject: new\r\n\r\n".utf8)) }
        #expect(Self.uids(try await self.poll(fixture).get()) == [1, 2, 3, 4])
        let fetches = fixture.server.requests.filter { $0.verb == "UID FETCH" }.map(\.arguments)
        #expect(fetches.last == "4:* (UID RFC822.SIZE INTERNALDATE)")
        #expect(fixture.store.updates.last?.added.count == 1)
        #expect(fixture.server.count(of: "UID SEARCH") == 0)
        try await fixture.stop()
    }

    @Test("a message that has gone is found by one SEARCH")
    func vanished() async throws {
        let fixture = try await Fixture()
        _ = try await self.poll(fixture).get()
        fixture.server.change { $0.mailboxes[Fixture.name]?.mails.remove(at: 1) }
        #expect(Self.uids(try await self.poll(fixture).get()) == [1, 3])
        #expect(fixture.server.count(of: "UID SEARCH") == 1)
        #expect(Self.uids(try await self.poll(fixture).get()) == [1, 3])
        #expect(fixture.server.count(of: "UID SEARCH") == 1)
        try await fixture.stop()
    }

    @Test(
        "a server that lists fewer than it counts has not lost mail: it is unavailable (promise 2)",
        arguments: ["* SEARCH", "* SEARCH 1", "* ESEARCH (TAG \"%\") UID", "* ESEARCH (TAG \"%\") UID ALL 1:2"]
    )
    func fewer(answer: String) async throws {
        let fixture = try await Fixture()
        _ = try await self.poll(fixture).get()
        fixture.server.change { settings in
            if answer.hasPrefix("* SEARCH") {
                settings.capabilities = settings.capabilities.replacing(" ESEARCH", with: "")
            }
            settings.mailboxes[Fixture.name]?.deliver(Array("x\r\n".utf8))
            settings.script = { request in
                switch request.verb {
                case "UID SEARCH": [.line(answer.replacing("%", with: request.tag)), .line("\(request.tag) OK")]
                case "UID FETCH": [.line("\(request.tag) OK")]
                default: nil
                }
            }
        }
        guard case .failure(.unavailable) = try await self.poll(fixture) else {
            Issue.record("the mailbox was shown smaller")
            return
        }
        #expect(fixture.log.count("lists fewer messages than it counts") == 1)
        fixture.server.change { $0.script = nil }
        #expect(Self.uids(try await self.poll(fixture).get()) == [1, 2, 3, 4])
        try await fixture.stop()
    }

    @Test("a message that is found and was not listed is asked for again (I-32)")
    func listedLate() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { request in
            guard request.verb == "UID FETCH", request.arguments.hasPrefix("1:*") else { return nil }
            return [
                .line("* 1 FETCH (UID 1 RFC822.SIZE 9)"), .line("* 3 FETCH (UID 3 RFC822.SIZE 9)"),
                .line("\(request.tag) OK"),
            ]
        }
        let fixture = try await Fixture(settings)
        #expect(Self.uids(try await self.poll(fixture).get()) == [1, 2, 3])
        let fetches = fixture.server.requests.filter { $0.verb == "UID FETCH" }.map(\.arguments)
        #expect(fetches.map { $0.prefix { $0 != " " } } == ["1:*", "2:*"])
        #expect(fixture.store.updates.last?.added.count == 3)
        try await fixture.stop()
    }

    @Test("under another UIDVALIDITY messages keep what they are known by; an empty mailbox waits for a person")
    func renumbered() async throws {
        var settings = ScriptedMailServer.Settings()
        var mailbox = ScriptedMailbox.sample(3)
        for index in mailbox.mails.indices { mailbox.mails[index].octets += Array(repeating: 0x61, count: index) }
        settings.mailboxes[Fixture.name] = mailbox
        let fixture = try await Fixture(settings)
        let before = try await self.poll(fixture).get().snapshot
        mailbox.validity = 2
        mailbox.mails.reverse()
        for index in mailbox.mails.indices { mailbox.mails[index].uid = UInt32(11 + index) }
        let moved = mailbox
        fixture.server.change { $0.mailboxes[Fixture.name] = moved }
        let after = try await self.poll(fixture).get().snapshot
        #expect((0..<3).map { after[$0]?.uid.value } == [11, 12, 13])
        #expect((0..<3).map { after[$0]?.uniqueID } == (0..<3).reversed().map { before[$0]?.uniqueID })
        // Each time anew a person is told once.
        for time in 1...2 {
            fixture.server.change { $0.mailboxes[Fixture.name] = moved }
            #expect(try await self.poll(fixture).get().snapshot == after)
            fixture.server.change { settings in
                settings.mailboxes[Fixture.name]?.validity = 3
                settings.mailboxes[Fixture.name]?.mails = []
            }
            for _ in 0..<2 { #expect(try await self.poll(fixture).problem == .uidValidityChanged) }
            #expect(fixture.log.count("error: UIDVALIDITY has changed") == time)
        }
        #expect(fixture.log.count("again and again") == 0)
        fixture.store.acceptDoubt()
        #expect(try await self.poll(fixture).get().snapshot.count == 0)
        try await fixture.stop()
    }

    @Test("a mailbox that waits for a person costs neither a listing nor headers, until something changes")
    func doubted() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name] = .sample(24)
        let fixture = try await Fixture(settings)
        let before = try await self.poll(fixture).get()
        let validity = try #require(before.snapshot.validity)
        let uids = Self.uids(before).compactMap { UID($0) }
        let keys = Dictionary(uids.map { ($0, Array(repeating: UInt8(9), count: 16)) }) { first, _ in first }
        try await fixture.store.keep(keys.mapValues { $0 }, validity, in: before.mailbox)
        fixture.server.change { settings in
            settings.mailboxes[Fixture.name] = .sample(24, mark: "not the same at all")
            settings.mailboxes[Fixture.name]?.validity = 77
        }
        func fetches() -> (all: Int, headers: [Substring]) {
            let fetches = fixture.server.requests.filter { $0.verb == "UID FETCH" }.map(\.arguments)
            return (fetches.count, fetches.filter { $0.contains("HEADER") }.map { $0.prefix { $0 != " " } })
        }
        #expect(try await self.poll(fixture).problem == .uidValidityChanged)
        let first = fetches()
        #expect(first.headers.count == 1)
        for _ in 0..<3 { #expect(try await self.poll(fixture).problem == .uidValidityChanged) }
        #expect(fetches().all == first.all)
        fixture.server.change { $0.mailboxes[Fixture.name]?.deliver(Array("Subject: one more\r\n\r\n".utf8)) }
        #expect(try await self.poll(fixture).problem == .uidValidityChanged)
        #expect(fetches().headers.dropFirst() == ["25"])
        fixture.store.acceptDoubt()
        #expect(try await self.poll(fixture).get().snapshot.count == 25)
        #expect(fetches().headers.count == 2)
        #expect(fixture.log.count("error: UIDVALIDITY has changed") == 1)
        try await fixture.stop()
    }

    @Test("a mailbox that opens for writing is refused, and the operator hears of it (I-20)")
    func readWrite() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { request in
            guard request.verb == "EXAMINE" else { return nil }
            return [
                .line("* 3 EXISTS"), .line("* OK [UIDVALIDITY 5] x"), .line("\(request.tag) OK [READ-WRITE] opened"),
            ]
        }
        let fixture = try await Fixture(settings)
        guard case .failure(.misconfigured) = await fixture.open() else {
            Issue.record("it was used")
            return
        }
        #expect(fixture.log.count("critical: EXAMINE opened the mailbox for writing") == 1)
        try await fixture.stop()
    }

    @Test("a mailbox that is nearly full is told once a day")
    func quota() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name]?.quota = (used: 90, limit: 100)
        let fixture = try await Fixture(settings)
        for _ in 0..<3 { try await fixture.lease().release() }
        #expect(fixture.log.count("warning: the mailbox is nearly full") == 1)
        fixture.clock.advance(86_400)
        try await fixture.lease().release()
        #expect(fixture.log.count("account=info@example.com") >= 2)
        #expect(fixture.log.count("warning: the mailbox is nearly full") == 2)
        try await fixture.stop()
    }

    @Test("a store that fails is told as a failure, and the slot is free again")
    func storeFails() async throws {
        let fixture = try await Fixture { $0.connectionsPerAccount = 1 }
        fixture.store.fail(with: .full)
        #expect(await fixture.open().problem != nil)
        fixture.store.fail(with: nil)
        let lease = try await fixture.lease()
        fixture.store.fail(with: .busy)
        #expect(await lease.snapshot().problem != nil)
        lease.release()
        fixture.store.fail(with: nil)
        #expect(try await self.poll(fixture).get().snapshot.count == 3)
        try await fixture.stop()
    }
}
