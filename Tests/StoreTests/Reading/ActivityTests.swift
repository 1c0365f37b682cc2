import Gateway
import Testing

@testable import Store

@Suite("What devices did in a period")
struct ActivityTests {
    private static func day(_ number: Int) -> String { "2026-11-\(24 + number)" }

    @Test("is counted from the record: what began is not served, what was hidden was committed")
    func counts() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc1")
        let cut = ActivityWorld.attempt(
            .retr,
            "RETR 5",
            "cut after 3 octets, no final dot",
            world.reference(5),
            .failure
        )
        let top = ActivityWorld.attempt(.top, "TOP 6 0", "served 5 octets", world.reference(6))
        let wholeTop = ActivityWorld.attempt(.top, "TOP 7 999", "served 10 octets, whole", world.reference(7))
        try await world.session("a", pc, day: 0, retr: [1, 2], dele: [1])
        try await world.session("b", pc, day: 1, tls: nil, dele: [2, 3], others: [cut, top, wholeTop])
        let all = try await world.store.activity(since: Self.day(0), until: Self.day(2))
        let activity = try #require(all.first)
        #expect(all.count == 1 && activity.name == "pc1" && activity.account == "info@example.com")
        #expect(activity.polls == 2 && activity.retrieved == 3 && activity.octets == 30)
        #expect(activity.askedToDelete == 3 && activity.hidden == 3)
        #expect(activity.deletedAtOnce == 1 && activity.deletedLater == 1 && activity.deletedUnread == 1)
        #expect(activity.daysKept == 1 && activity.tlsVersions == ["TLSv1.3": 1, "none": 1])
        #expect(activity.identifiedBy == ["tag pc1": 2] && activity.addresses == ["192.0.2.7": 2])
        #expect(activity.firstSeen.hasPrefix(Self.day(0)) && activity.lastSeen.hasPrefix(Self.day(1)))
        let largest = try #require(activity.largestDeletion)
        #expect(largest.session == "b" && largest.count == 2 && largest.unread == 1)
        #expect(largest.begins < largest.ends)
    }

    @Test("knows what was retrieved before the period, and how long it was kept")
    func earlier() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc1")
        let other = try await world.device("pc2")
        try await world.session("a", pc, day: 0, retr: [1, 2, 3])
        try await world.session("o", other, day: 0, retr: [4])
        try await world.session("b", pc, day: 3, dele: [1, 2, 4])
        try await world.session("c", pc, day: 4, retr: [4])
        let activity = try #require(
            try await world.store.activity(since: Self.day(2), until: Self.day(4)).first { $0.name == "pc1" }
        )
        #expect(activity.deletedLater == 2 && activity.deletedUnread == 1 && activity.deletedAtOnce == 0)
        #expect(activity.daysKept == 3 && activity.retrieved == 0)
    }

    @Test("of those that nobody knows is told by address, with refusals and what was withheld")
    func unknown() async throws {
        let world = try await ActivityWorld()
        let withheld = ActivityWorld.attempt(
            .retr,
            "RETR 1",
            "nothing",
            world.reference(1),
            .failure,
            reason: Attempt.withheld
        )
        try await world.session("a", .unidentified(.once), day: 0, retr: [1], dele: [1])
        try await world.session("b", .unidentified(.once), day: 1, dele: [1], others: [withheld])
        try await world.refusals(4, every: 300, day: 2)
        try await world.refusals(1, every: 1, day: 3, counts: ["refusals": 40])
        let all = try await world.store.activity(since: Self.day(0), until: "2026-12")
        let activity = try #require(all.first)
        #expect(all.count == 1 && activity.device == nil && activity.name == "192.0.2.7")
        #expect(activity.polls == 2 && activity.withheld == 1 && activity.hidden == 0 && activity.askedToDelete == 2)
        #expect(activity.deletedAtOnce == 1 && activity.deletedLater == 1)
        #expect(activity.refusedLogins == 44 && activity.secondsBetweenRefusals == 300)
        #expect(try await world.store.activity(since: Self.day(0), until: "2026-12", account: "sales").isEmpty)
    }

    @Test("of a merged device counts to the one it became; an alert of two PCs on a name is given")
    func merged() async throws {
        let world = try await ActivityWorld()
        let one = try await world.device("one")
        let two = try await world.device("two")
        try await world.session("a", one, day: 0, retr: [1])
        try await world.session("b", two, day: 1, dele: [1])
        guard case .device(let device, by: _) = two else { return }
        let alert = AuditRecord.alert(
            .sharedName,
            about: AlertSubject(device: device),
            sentence: "two is used by two",
            at: (ActivityWorld.begins + 90_000) * 1_000_000
        )
        try await world.world.write(RecordEntry(records: [alert]))
        let entries = try await world.store.devices()
        let from = try #require(entries.first { $0.device.name == "one" })
        let into = try #require(entries.first { $0.device.name == "two" })
        _ = try await world.store.merge(from, into: into, by: "admin")
        let all = try await world.store.activity(since: Self.day(0), until: "2026-12")
        #expect(all.map(\.device) == [device.id] && all.first?.polls == 2 && all.first?.deletedLater == 1)
        let number = try #require(all.first?.sharedName)
        #expect(try await world.store.record(number)?.reason == Attempt.sharedName)
    }

    @Test("is counted a day at a time, days without any left out")
    func days() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc1")
        try await world.session("a", pc, day: 0, retr: [1, 2], dele: [1])
        try await world.session("b", .unidentified(.once), day: 2, retr: [1])
        try await world.refusals(2, every: 5, day: 2, counts: ["refusals": 3])
        let all = try await world.store.dailyAttempts(since: Self.day(0), until: "2026-12")
        #expect(
            all == [
                DailyAttempts(day: "2026-11-24", retrieved: 2, askedToDelete: 1, refused: 0),
                DailyAttempts(day: "2026-11-26", retrieved: 1, askedToDelete: 0, refused: 6),
            ]
        )
        guard case .device(let device, by: _) = pc else { return }
        let own = try await world.store.dailyAttempts(since: Self.day(0), until: "2026-12", device: device.id)
        #expect(own == [DailyAttempts(day: "2026-11-24", retrieved: 2, askedToDelete: 1, refused: 0)])
        #expect(
            try await world.store.dailyAttempts(since: "2026-11-24T00:00:04", until: Self.day(1)).first?.retrieved == 1
        )
        #expect(try await world.store.dailyAttempts(since: Self.day(1), until: Self.day(2)).isEmpty)
    }
}
