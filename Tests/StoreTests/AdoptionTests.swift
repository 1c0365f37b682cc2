import Gateway
import POP3
import Store
import TestSupport
import Testing

@Suite("Unique-ids of the provider's own, in the store")
struct AdoptionTests {
    private static let key = [UInt8](repeating: 7, count: 16)

    private static func finish(
        _ world: StoreWorld,
        _ mailbox: MailboxID,
        paired: Set<String>? = nil,
        replacing: Bool = false
    ) async throws -> AdoptionResult {
        let learned = try await world.store.learned(mailbox)
        return try await world.store.finishAdoption(
            of: mailbox,
            AdoptionCounts(),
            paired: paired ?? Set(learned.map(\.text)),
            replacing: replacing,
            asked: "uidl learn",
            origin: .operatorCommand(user: "admin"),
            upstream: ["CAPA"]
        )
    }

    private static func texts(_ world: StoreWorld) async throws -> [String] {
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let snapshot = try await world.store.listing(account, mailbox: "INBOX").snapshot
        return (0..<snapshot.count).compactMap { snapshot[$0]?.uniqueID.text }
    }

    private static func learned(_ pairs: [(String, UInt32?)]) -> [LearnedUniqueID] {
        pairs.map { LearnedUniqueID(text: $0.0, key: nil, row: $0.1) }
    }

    @Test("progress is kept, and adds up over the runs")
    func progress() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        try await world.store.keep(Self.learned([("a", nil), ("b", 2)]), keys: [1: Self.key], of: mailbox)
        try await world.store.keep([LearnedUniqueID(text: "a", key: Self.key, row: nil)], keys: [:], of: mailbox)
        try await world.store.keep(Self.learned([("a", 1), ("b", nil)]), keys: [:], of: mailbox)
        let kept = try await world.store.learned(mailbox)
        #expect(
            Set(kept) == [
                LearnedUniqueID(text: "a", key: Self.key, row: 1), LearnedUniqueID(text: "b", key: nil, row: 2),
            ]
        )
        let recognition = try await world.store.recognition(mailbox)
        #expect(recognition[1]?.key == Self.key && recognition[2]?.key == nil && recognition[2]?.received == 20)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        #expect(try await world.store.adoptionState(account, mailbox: "INBOX") == .open)
    }

    @Test("messages get what was learned, with a record; what is too long or not found stays out")
    func giving() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(4)
        let before = try await Self.texts(world)
        let long = String(repeating: "x", count: 71)
        try await world.store.keep(
            Self.learned([("one", 1), (long, 2), ("three", 3), ("lost", nil)]),
            keys: [:],
            of: listing.mailbox
        )
        let result = try await Self.finish(world, listing.mailbox)
        #expect(result.changed == 2 && result.unusable == 1)
        #expect(try await Self.texts(world) == ["one", before[1], "three", before[3]])
        let records = try await world.store.records(RecordFilter(action: "uidl-learned"))
        #expect(records.count == 1)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        #expect(try await world.store.adoptionState(account, mailbox: "INBOX") == .finished)
        #expect(try await Self.finish(world, listing.mailbox).changed == 0, "a second time there is nothing to do")
        #expect(try await world.store.verify().isClean)
    }

    @Test("two messages exchange their texts; a learned text wins over a generated one (U-15)")
    func collisions() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        let before = try await Self.texts(world)
        try await world.store.keep(Self.learned([(before[1], 1), (before[0], 2)]), keys: [:], of: mailbox)
        #expect(try await Self.finish(world, mailbox).changed == 2)
        #expect(try await Self.texts(world) == [before[1], before[0], before[2]])
        try await world.store.keep(Self.learned([(before[2], 2)]), keys: [:], of: mailbox)
        // What was given once stays, also when the provider says another text later.
        #expect(try await Self.finish(world, mailbox).changed == 0)

        let other = try await world.mailbox(2, login: "other").mailbox
        let account = try await world.store.account(upstream: "main", login: "other")
        let first = try #require(try await world.store.listing(account, mailbox: "INBOX").snapshot[0]).uniqueID.text
        try await world.store.keep(Self.learned([(first, 2)]), keys: [:], of: other)
        #expect(try await Self.finish(world, other).changed == 1)
        let snapshot = try await world.store.listing(account, mailbox: "INBOX").snapshot
        #expect(snapshot[0]?.uniqueID.text == "\(first)-2" && snapshot[1]?.uniqueID.text == first)
    }

    @Test("a text that stands for no message any more does not keep its message from a new one; its key is kept")
    func retired() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let old = [LearnedUniqueID(text: "old", key: Self.key, row: 1), LearnedUniqueID(text: "b", key: nil, row: 2)]
        try await world.store.keep(old, keys: [:], of: mailbox)
        #expect(try await Self.finish(world, mailbox).changed == 2)
        try await world.store.keep(Self.learned([("new", 1), ("b", 2)]), keys: [:], of: mailbox)
        #expect(try await Self.finish(world, mailbox, paired: ["new", "b"]).changed == 1)
        #expect(try await Self.texts(world) == ["new", "b"])
        let kept = try await world.store.learned(mailbox)
        #expect(kept.first { $0.text == "old" } == LearnedUniqueID(text: "old", key: Self.key, row: nil))
        #expect(try await Self.finish(world, mailbox, paired: []).changed == 0)
        #expect(try await Self.texts(world) == ["new", "b"], "what was given stays when the service lists nothing")
    }

    @Test("of two texts for one message neither is certain: none is given")
    func twoTexts() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let before = try await Self.texts(world)
        try await world.store.keep(Self.learned([("a", 1), ("z", 1), ("b", 2)]), keys: [:], of: mailbox)
        let result = try await Self.finish(world, mailbox)
        #expect(result.changed == 1 && result.unusable == 2)
        #expect(try await Self.texts(world) == [before[0], "b"])
    }

    @Test("a device that was shown the mailbox before keeps the texts it knows, unless told otherwise")
    func stability() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let before = try await Self.texts(world)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let old = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "old"))
        let new = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "new"))
        let hide = Change.hide(old.id, mailbox, NumberRanges(numbers: [2]))
        try await world.write(RecordEntry(records: [try .dele(2)], changes: [hide]), .synced)
        try await world.store.keep(Self.learned([("one", 1), ("two", 2)]), keys: [:], of: mailbox)
        #expect(try await Self.finish(world, mailbox).unchangedDevices == 1)
        let own = try await world.store.view(old.id, of: mailbox).ownUniqueIDs
        #expect(own.mapValues(\.text) == [1: before[0], 2: before[1]])
        #expect(try await world.store.view(new.id, of: mailbox).ownUniqueIDs.isEmpty)
        _ = try await Self.finish(world, mailbox, replacing: true)
        #expect(try await world.store.view(old.id, of: mailbox).ownUniqueIDs.isEmpty)
        #expect(try await Self.texts(world) == ["one", "two"])
    }

    @Test("what a device has by a format of its own, or by a restore, stays when all take the learned texts")
    func ownFormat() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        let before = try await Self.texts(world)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let old = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "old"))
        let cyrus = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "cyrus"))
        let hide = Change.hide(old.id, mailbox, NumberRanges(numbers: [1, 3]))
        try await world.write(RecordEntry(records: [try .dele(1)], changes: [hide]), .synced)
        let own = try await world.store.view(cyrus.id, of: mailbox, ViewTerms(uniqueIDs: .cyrus)).ownUniqueIDs
        #expect(own.count == 3)
        try await world.store.keep(Self.learned([("one", 1), ("two", 2), ("three", 3)]), keys: [:], of: mailbox)
        _ = try await Self.finish(world, mailbox)
        let entry = try await world.store.device(named: "old", account: nil)
        _ = try await world.store.restore(
            .rows(NumberRanges(numbers: [3])),
            to: entry,
            by: .operatorCommand(user: "admin")
        )
        let kept = try await world.store.view(old.id, of: mailbox).ownUniqueIDs.mapValues(\.text)
        #expect(kept == [1: before[0], 2: before[1], 3: "threer1"])
        _ = try await Self.finish(world, mailbox, replacing: true)
        #expect(try await world.store.view(cyrus.id, of: mailbox, ViewTerms(uniqueIDs: .cyrus)).ownUniqueIDs == own)
        #expect(try await world.store.view(old.id, of: mailbox).ownUniqueIDs.mapValues(\.text) == [3: "threer1"])
    }

    @Test("no device hears one text for two messages when all take the learned ones")
    func replacingDisplaced() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let before = try await Self.texts(world)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let old = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "old"))
        _ = try await world.store.view(old.id, of: mailbox)
        try await world.store.keep(Self.learned([(before[0], 2)]), keys: [:], of: mailbox)
        #expect(try await Self.finish(world, mailbox).unchangedDevices == 1)
        _ = try await Self.finish(world, mailbox, replacing: true)
        #expect(try await world.store.view(old.id, of: mailbox).ownUniqueIDs.isEmpty)
        #expect(try await Self.texts(world) == ["\(before[0])-2", before[0]])
    }

    @Test("given up, it is on record, and no login waits any more")
    func givingUp() async throws {
        let world = try StoreWorld()
        _ = try await world.mailbox(1)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        #expect(try await world.store.giveUpAdoption(login: "nobody", by: "admin") == false)
        #expect(try await world.store.giveUpAdoption(login: "info@example.com", by: "admin"))
        #expect(try await world.store.adoptionState(account, mailbox: "INBOX") == .givenUp)
        #expect(try await world.store.giveUpAdoption(login: "info@example.com", by: "admin") == false)
        #expect(try await world.store.records(RecordFilter(action: "uidl-learned")).count == 1)
        #expect(try await world.store.verify().isClean)
    }
}
