import Gateway
import Testing

@testable import Store

@Suite("A message's life")
struct MessageLifeTests {
    @Test("is every record that names it, alone or among others, and how each device stands with it")
    func life() async throws {
        let world = try await ActivityWorld()
        let one = try await world.device("one")
        let two = try await world.device("two")
        _ = try await world.device("three")
        let details = Change.details(
            world.mailbox.mailbox,
            number: 2,
            MessageDetails(messageID: [], from: [], subject: Array("Offer".utf8), date: [])
        )
        try await world.session("a", one, day: 0, retr: [1, 2], dele: [1, 2])
        try await world.world.write(RecordEntry(records: [], changes: [details]))
        try await world.session("b", two, day: 1, retr: [2])
        try await world.session("c", .unidentified(.once), day: 2, dele: [2, 3])
        try await world.session("d", one, day: 3, dele: [3, 4])
        let life = try #require(try await world.store.life(of: world.key(2)))
        #expect(life.message.text?.subject == "Offer" && life.message.key == world.key(2))
        #expect(
            life.records.map { "\($0.session) \($0.action)" } == [
                "a retr", "a retr", "a dele", "a quit", " details", "b retr", "b retr", "c dele", "c quit",
            ]
        )
        #expect(life.records.allSatisfy { $0.key == nil || $0.message?.subject == "Offer" })
        let standings = Dictionary(uniqueKeysWithValues: life.standings.map { ($0.device.name, $0) })
        let first = try #require(standings["one"])
        #expect(first.got != nil && first.asked != nil && first.hid != nil && first.isHidden && !first.isSkipped)
        let second = try #require(standings["two"])
        #expect(second.got?.hasPrefix("2026-11-25") == true && second.asked == nil && second.hid == nil)
        #expect(!second.isHidden)
        let third = try #require(standings["three"])
        #expect(third.got == nil && third.asked == nil && !third.isHidden)
        #expect(try await world.store.life(of: world.key(99)) == nil)
        #expect(try await world.store.life(of: MessageKey(MailboxID(.max), 1)) == nil)
    }

    @Test("knows a commit that does not name its mailbox by what else its session did")
    func oldCommit() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc")
        let other = try await world.world.mailbox(9, login: "sales@example.com")
        var quit = ActivityWorld.attempt(.quit, "QUIT", "hidden from pc: 2 messages")
        quit.numbers = NumberRanges([4...5])
        let dele = ActivityWorld.attempt(.dele, "DELE 4", "marked: hidden from pc at QUIT", world.reference(4))
        try await world.session("old", pc, day: 0, others: [dele, quit])
        let life = try #require(try await world.store.life(of: world.key(4)))
        #expect(life.records.map(\.action) == ["dele", "quit"])
        #expect(try await world.store.life(of: MessageKey(other.mailbox, 4))?.records.isEmpty == true)
    }

    @Test("goes on in the device that another was merged into")
    func merged() async throws {
        let world = try await ActivityWorld()
        let one = try await world.device("one")
        _ = try await world.device("two")
        try await world.session("a", one, day: 0, retr: [1], dele: [1])
        let entries = try await world.store.devices()
        let from = try #require(entries.first { $0.device.name == "one" })
        let into = try #require(entries.first { $0.device.name == "two" })
        _ = try await world.store.merge(from, into: into, by: "admin")
        let standings = try #require(try await world.store.life(of: world.key(1))).standings
        #expect(standings.map(\.device.name) == ["two"])
        #expect(standings.first?.got != nil && standings.first?.asked != nil && standings.first?.isHidden == true)
    }

    @Test("a device has not fetched what is shown to it and was never served whole; the newest come first")
    func unfetched() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc")
        guard case .device(let device, by: _) = pc else { return }
        #expect(try await world.store.unfetched(by: device.id, limit: 2).count == 9)
        let cut = ActivityWorld.attempt(
            .retr,
            "RETR 5",
            "cut after 3 octets, no final dot",
            world.reference(5),
            .failure
        )
        let top = ActivityWorld.attempt(.top, "TOP 6 0", "served 5 octets", world.reference(6))
        let whole = ActivityWorld.attempt(.top, "TOP 7 9", "served 5 octets, whole", world.reference(7))
        try await world.session("a", pc, day: 0, retr: [1, 9], dele: [2], others: [cut, top, whole])
        let all = try await world.store.unfetched(by: device.id, limit: 10)
        #expect(all.messages.map(\.key.number) == [8, 6, 5, 4, 3] && all.count == 5)
        let some = try await world.store.unfetched(by: device.id, limit: 2)
        #expect(some.messages.map(\.key.number) == [8, 6] && some.count == 5)
    }
}
