import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("Details of messages that were asked to be deleted unread", .timeLimit(.minutes(5)))
struct DetailCollectionTests {
    /// A mailbox that was listed once, with its wishes.
    private static func fixture(
        _ count: Int,
        wanted: some Sequence<UInt32>,
        configure: (inout UpstreamConfiguration) -> Void = { _ in }
    ) async throws -> Fixture {
        let fixture = try await Fixture(.alike(count), configure: configure)
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        fixture.store.want(wanted)
        return fixture
    }

    private static func subjects(_ fixture: Fixture) -> [UInt32: String] {
        fixture.store.readHeaders.flatMap(\.details).reduce(into: [:]) { all, one in
            all[one.key.value] = one.value.map { String(decoding: $0.subject, as: UTF8.self) } ?? "-"
        }
    }

    @Test("are read when the session has ended, the oldest wish first, each once, by lines that the record cites")
    func all() async throws {
        let fixture = try await Self.fixture(1_500, wanted: (1...1_400).reversed())
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        let read = fixture.store.readHeaders
        #expect(read.map(\.details.count) == [512, 512, 376])
        #expect(read.first.map { Set($0.details.keys.map(\.value)) } == Set(889...1_400))
        let subjects = Self.subjects(fixture)
        #expect(subjects.count == 1_400 && subjects.allSatisfy { $0.value == "sample \($0.key)" })
        #expect(read.allSatisfy { $0.account == Fixture.name && $0.session == SessionID("s1") })
        let cited = read.flatMap(\.upstream)
        #expect(cited.allSatisfy { $0.hasSuffix(" (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])") })
        #expect(cited.count == fixture.server.requests.count { $0.isForHeaders })
        let count = fixture.server.requests.count
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(!fixture.server.requests.dropFirst(count).contains { $0.isForHeaders })
        try await fixture.stop()
    }

    @Test("come with the headers that are read for keys, where both are wanted")
    func together() async throws {
        let fixture = try await Fixture(.alike(5)) { $0.collectsHeaderKeys = true }
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.store.want([2, 4])
        lease.release()
        await fixture.whenKept(5)
        #expect(Self.subjects(fixture) == [2: "sample 2", 4: "sample 4"])
        #expect(fixture.headerFetches.count == 1)
        #expect(fixture.store.readHeaders.first?.upstream.count == 1)
        try await fixture.stop()
    }

    @Test("of a message that the mail server does not give, or that has none, are asked for twice and no more")
    func unobtainable() async throws {
        let fixture = try await Self.fixture(4, wanted: 1...4)
        fixture.server.change { settings in
            settings.script = { request in
                guard request.isForHeaders else { return nil }
                let uids = ScriptedMailbox.sample(4).uids(in: request.arguments).filter { $0 != 2 }
                let headers = uids.map { uid in
                    let text = uid == 4 ? "X-Nothing: here" : "Subject: sample \(uid)"
                    return "* \(uid) FETCH (UID \(uid) BODY[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)] \"\(text)\")"
                }
                return (headers + ["\(request.tag) OK"]).map { .line($0) }
            }
        }
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(Self.subjects(fixture) == [1: "sample 1", 2: "-", 3: "sample 3", 4: "-"])
        let count = fixture.server.requests.count { $0.isForHeaders }
        #expect(count == 2)
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(fixture.server.requests.count { $0.isForHeaders } == count)
        try await fixture.stop()
    }

    @Test("go on at the next session where the connection was cut, and what had come is kept")
    func resumed() async throws {
        let fixture = try await Self.fixture(1_000, wanted: 1...1_000)
        fixture.server.change { [server = fixture.server] settings in
            settings.script = { request in
                request.isForHeaders && server.requests.count { $0.isForHeaders } == 4 ? [.close] : nil
            }
        }
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        while fixture.store.readHeaders.count < 2 { await Task.yield() }
        #expect(fixture.store.readHeaders.map(\.details.count) == [512, 256])
        _ = try await fixture.poll().get()
        await fixture.server.whenQuiet()
        #expect(fixture.store.readHeaders.map(\.details.count) == [512, 256, 232])
        #expect(Self.subjects(fixture).count == 1_000)
        try await fixture.stop()
    }

    @Test("give way to a login that waits for the connection")
    func yields() async throws {
        let fixture = try await Self.fixture(2_000, wanted: 1...2_000) { $0.connectionsPerAccount = 1 }
        let opened = AnswerOnce<Result<OpenedMailbox, UpstreamRefusal>>()
        fixture.server.change { [mailboxes = fixture.mailboxes, server = fixture.server] settings in
            settings.script = { request in
                guard request.isForHeaders, server.requests.count(where: { $0.isForHeaders }) == 1 else { return nil }
                mailboxes.open(Fixture.login()) { opened.give($0) }
                return nil
            }
        }
        _ = try await fixture.poll().get()
        let second = try await opened.wait().get()
        #expect(fixture.server.requests.count { $0.isForHeaders } == 1)
        while fixture.store.readHeaders.isEmpty { await Task.yield() }
        #expect(fixture.store.readHeaders.map(\.details.count) == [256])
        fixture.server.change { $0.script = nil }
        second.lease.release()
        try await fixture.stop()
    }
}
