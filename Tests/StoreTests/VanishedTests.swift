import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("Messages that vanish upstream")
struct VanishedTests {
    /// A listing by a session: of these UIDs among 10, 20, 30 … (nil: nothing was asked), with these new ones.
    private static func look(
        _ world: StoreWorld,
        _ mailbox: MailboxID,
        _ session: String,
        present: [ClosedRange<UInt32>]?,
        added: [UInt32] = []
    ) async throws {
        var update = try StoreWorld.update(added, present: present)
        update.sighting = self.sighting(session)
        _ = try await world.store.update(mailbox, with: update)
    }

    private static func sighting(_ session: String) -> Sighting {
        Sighting(session: SessionID(session), account: "info@example.com", upstream: ["\(session) UID SEARCH ALL"])
    }

    private static func vanished(_ world: StoreWorld) async throws -> [StoredRecord] {
        try await world.store.records(RecordFilter(action: "vanished"))
    }

    private static func hasMissing(_ world: StoreWorld) async throws -> Bool {
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        return try await world.store.listing(account, mailbox: "INBOX").hasMissing
    }

    @Test("are on record once two sessions have not found them, with the time between and what was sent")
    func twice() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        try await Self.look(world, mailbox, "s1", present: nil)
        try await Self.look(world, mailbox, "s2", present: [10...20, 50...50])
        #expect(try await Self.vanished(world).isEmpty)
        let isMissing = try await Self.hasMissing(world)
        #expect(isMissing)
        try await Self.look(world, mailbox, "s2", present: [10...20, 50...50])
        #expect(try await Self.vanished(world).isEmpty, "one session is one witness")
        try await Self.look(world, mailbox, "s3", present: [10...20, 50...50])
        let records = try await Self.vanished(world)
        let record = try #require(records.first)
        let isStillMissing = try await Self.hasMissing(world)
        #expect(records.count == 1 && !isStillMissing)
        #expect(record.done == "nothing was done by us: 2 messages are no longer on the mail server")
        #expect(record.effect == .nothing && record.outcome == "unknown")
        #expect(record.rows == NumberRanges([3...4]) && record.mailbox == mailbox && record.counts == ["messages": 2])
        #expect(record.session == "s3" && record.account == "info@example.com")
        #expect(record.reason == "missed by the sessions s2 and s3; no device can delete upstream")
        #expect(record.upstream == ["s3 UID SEARCH ALL"])
        let time = "2025-11-24T16:00:00.000000Z"
        #expect(record.between == Between(from: time, until: time))
        let life = try #require(try await world.store.life(of: MessageKey(mailbox, 3)))
        #expect(life.records.contains { $0.action == "vanished" } && life.firstSeen == time)
        try await Self.look(world, mailbox, "s4", present: [10...20, 50...50])
        #expect(try await Self.vanished(world).count == 1)
        #expect(try await world.store.verify().isClean)
    }

    @Test(
        "are confirmed also by a session that finds the mailbox as it was listed last, and by one that lists what is new"
    )
    func otherWitnesses() async throws {
        for isNew in [false, true] {
            let world = try StoreWorld()
            let mailbox = try await world.mailbox(3).mailbox
            try await Self.look(world, mailbox, "s1", present: [10...20])
            if isNew {
                try await Self.look(world, mailbox, "s2", present: nil, added: [40])
            } else {
                try await world.store.agreed(mailbox, Self.sighting("s1"))
                #expect(try await Self.vanished(world).isEmpty)
                try await world.store.agreed(mailbox, Self.sighting("s2"))
            }
            #expect(try await Self.vanished(world).map(\.rows) == [NumberRanges([3...3])])
        }
    }

    @Test("are none when they are back before a second session looks; afterwards a record says that they are back")
    func flapping() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(4).mailbox
        try await Self.look(world, mailbox, "s1", present: [10...10])
        try await Self.look(world, mailbox, "s2", present: [10...20])
        // 20 is back; 30 and 40 two sessions have missed.
        #expect(try await Self.vanished(world).map(\.rows) == [NumberRanges([3...4])])
        let changes = RecordFilter(action: "listing-changed")
        #expect(try await world.store.records(changes).isEmpty)
        try await Self.look(world, mailbox, "s3", present: nil, added: [30])
        let back = try await world.store.records(changes)
        #expect(back.map(\.done) == ["1 message that had vanished upstream is there again"])
        #expect(back.map(\.rows) == [NumberRanges([3...3])] && back.first?.session == "s3")
        try await Self.look(world, mailbox, "s4", present: [10...30])
        #expect(try await Self.vanished(world).count == 1)
        #expect(try await world.store.records(changes).count == 1)
        // The same may happen to it again.
        for session in ["s5", "s6"] { try await Self.look(world, mailbox, session, present: [10...20]) }
        #expect(try await Self.vanished(world).map(\.rows) == [NumberRanges([3...4]), NumberRanges([3...3])])
    }

    @Test("of two listings are two records; 20,000 of one are one")
    func groups() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let mailbox = try await world.store.listing(account, mailbox: "INBOX").mailbox
        try await Self.look(world, mailbox, "s1", present: nil, added: Array(1...20_010))
        try await Self.look(world, mailbox, "s2", present: [1...10])
        try await Self.look(world, mailbox, "s3", present: [1...5])
        #expect(try await Self.vanished(world).map(\.counts) == [["messages": 20_000]])
        try await Self.look(world, mailbox, "s4", present: [1...5])
        #expect(try await Self.vanished(world).map(\.counts) == [["messages": 20_000], ["messages": 5]])
    }

    @Test("are not those that a change of UIDVALIDITY lost sight of")
    func renumbered() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(4).mailbox
        try await Self.look(world, mailbox, "s1", present: [10...30])
        let change = try Renumbering.sample([(101, 10), (102, 20), (103, 99)], pairs: [1: 101, 2: 102])
        _ = try await world.store.renumber(mailbox, change)
        let isMissing = try await Self.hasMissing(world)
        #expect(!isMissing)
        for session in ["s2", "s3"] {
            var update = try StoreWorld.update([], present: [101...103], validity: 8)
            update.sighting = Self.sighting(session)
            _ = try await world.store.update(mailbox, with: update)
        }
        #expect(try await Self.vanished(world).isEmpty)
    }

    @Test("are not asked for their headers any more, until they are back")
    func details() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        let seven = try #require(UIDValidity(7))
        #expect(try world.foreign("INSERT INTO wantedDetail (mailbox, number) VALUES (1, 2), (1, 3)").isEmpty)
        func wanted() async throws -> [UInt32] {
            try await world.store.wantedDetails(mailbox, seven, after: 0, limit: 9).map(\.uid.value)
        }
        for session in ["s1", "s2"] { try await Self.look(world, mailbox, session, present: [10...20]) }
        #expect(try await wanted() == [20])
        #expect(try await Self.vanished(world).count == 1)
        try await Self.look(world, mailbox, "s3", present: [10...30])
        #expect(try await wanted() == [20, 30])
    }
}
