import Gateway
import POP3
import Testing

@testable import Store

@Suite("Notices to devices that are set wrong")
struct NoticeTests {
    private static let made: Int64 = 1_795_500_000_000_000

    private static func notice(_ name: String) throws -> DeviceNotice {
        let uniqueID = try #require(UniqueID(name))
        return DeviceNotice(uniqueID: uniqueID, text: Array("Subject: \(name)\r\n\r\nset wrong\r\n".utf8))
    }

    private static func record(_ device: Device, at time: Int64 = made) -> AuditRecord {
        let attempt = Attempt(
            action: .deviceNotice,
            outcome: .success,
            asked: "",
            answered: "",
            done: "made a notice for \(device.name) alone: it asked to delete 3 messages"
        )
        return AuditRecord(time: time, origin: .notice(AlertSubject(device: device)), attempt: attempt)
    }

    private static func device(_ world: ActivityWorld, _ name: String) async throws -> Device {
        guard case .device(let device, by: _) = try await world.device(name) else { throw StoreError.badName(name) }
        return device
    }

    @Test("are kept with their record, one a device, and the other session's where two made one")
    func kept() async throws {
        let world = try await ActivityWorld()
        let pc = try await Self.device(world, "pc1")
        #expect(try await world.store.notice(of: pc.id) == nil)
        let first = try Self.notice("n1")
        let kept = try await world.store.keep(first, for: pc.id, unlessMadeSince: 0, record: Self.record(pc))
        #expect(kept == KeptNotice(notice: first, made: Self.made, ended: nil))
        #expect(try await world.store.notice(of: pc.id) == kept)
        let second = try Self.notice("n2")
        let record = Self.record(pc, at: Self.made + 1)
        #expect(try await world.store.keep(second, for: pc.id, unlessMadeSince: Self.made, record: record) == kept)
        #expect(try await world.store.records(RecordFilter(action: "device-notice")).count == 1)
        let later = try await world.store.keep(second, for: pc.id, unlessMadeSince: Self.made + 1, record: record)
        #expect(later.notice == second && later.made == Self.made + 1)
        #expect(try await world.store.notice(of: pc.id) == later)
        let records = try await world.store.records(RecordFilter(action: "device-notice"))
        #expect(records.count == 2 && records.first?.deviceID == pc.id && records.first?.effect == .other)
        #expect(try await world.store.verify().isClean)
    }

    @Test("end once, with the record of that, and for good")
    func ended() async throws {
        let world = try await ActivityWorld()
        let pc = try await Self.device(world, "pc1")
        let notice = try Self.notice("n1")
        _ = try await world.store.keep(notice, for: pc.id, unlessMadeSince: 0, record: Self.record(pc))
        let end = RecordEntry(records: [], changes: [.endNotice(notice.uniqueID)])
        try await world.world.write(end, .synced)
        let ended = try #require(try await world.store.notice(of: pc.id)?.ended)
        try await world.world.write(end, .synced)
        #expect(try await world.store.notice(of: pc.id)?.ended == ended)
        // Of one that is gone nothing is left to end.
        try await world.world.write(
            RecordEntry(records: [], changes: [.endNotice(try Self.notice("other").uniqueID)])
        )
    }

    @Test("go with their device, also when it is merged into another")
    func forgotten() async throws {
        let world = try await ActivityWorld()
        let one = try await Self.device(world, "one")
        let two = try await Self.device(world, "two")
        for (device, name) in [(one, "n1"), (two, "n2")] {
            let notice = try Self.notice(name)
            _ = try await world.store.keep(notice, for: device.id, unlessMadeSince: 0, record: Self.record(device))
        }
        let entries = try await world.store.devices()
        let from = try #require(entries.first { $0.device.name == "one" })
        let into = try #require(entries.first { $0.device.name == "two" })
        _ = try await world.store.merge(from, into: into, by: "admin")
        #expect(try await world.store.notice(of: one.id) == nil)
        #expect(try await world.store.notice(of: two.id)?.notice.uniqueID.text == "n2")
        // A session of the first that goes on speaks for the second.
        let kept = try await world.store.keep(
            try Self.notice("n3"),
            for: one.id,
            unlessMadeSince: 0,
            record: Self.record(one)
        )
        #expect(kept.notice.uniqueID.text == "n2")
        try await world.store.remove(into, by: "admin")
        #expect(try await world.store.notice(of: two.id) == nil)
        await #expect(throws: StoreError.self) {
            try await world.store.keep(
                try Self.notice("n4"),
                for: two.id,
                unlessMadeSince: 0,
                record: Self.record(two)
            )
        }
    }

    @Test("are made from what one device did: the same as is counted of it among all, mail before the period included")
    func activity() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc1")
        let other = try await world.device("pc2")
        guard case .device(let device, by: _) = pc else { return }
        try await world.session("a", pc, day: 0, retr: [1, 2, 3, 4])
        let since = (ActivityWorld.begins + 2 * 86_400) * 1_000_000
        #expect(try await world.store.activity(of: device.id, since: since) == nil)
        try await world.session("o", other, day: 2, retr: [1, 5], dele: [1, 5])
        #expect(try await world.store.activity(of: device.id, since: since) == nil)
        try await world.session("b", pc, day: 2, retr: [5, 6], dele: [5, 6])
        try await world.session("c", pc, day: 3, dele: [1, 2, 9])
        let own = try #require(try await world.store.activity(of: device.id, since: since))
        let all = try await world.store.activity(since: "2026-11-26", until: "2027")
        let same = try #require(all.first { $0.device == device.id })
        #expect(own.askedToDelete == 5 && own.deletedAtOnce == 2 && own.deletedLater == 2 && own.deletedUnread == 1)
        #expect(own.retrieved == same.retrieved && own.askedToDelete == same.askedToDelete)
        #expect(own.deletedAtOnce == same.deletedAtOnce && own.deletedLater == same.deletedLater)
        #expect(own.daysKept == same.daysKept && own.largestDeletion == same.largestDeletion)
    }

    @Test("are no mail: what a device does with them is not counted")
    func uncounted() async throws {
        let world = try await ActivityWorld()
        let pc = try await world.device("pc1")
        guard case .device(let device, by: _) = pc else { return }
        let marked = ActivityWorld.attempt(.dele, "DELE 10", "a notice of Leavecopy's own: marked, gone at QUIT")
        let served = ActivityWorld.attempt(.retr, "RETR 10", "a notice of Leavecopy's own: served 9 octets, whole")
        try await world.session("a", pc, day: 0, others: [served, marked])
        #expect(try await world.store.activity(of: device.id, since: 0) == nil)
        let all = try await world.store.activity(since: "2026", until: "2027")
        #expect(all.first?.polls == 1 && all.first?.askedToDelete == 0 && all.first?.retrieved == 0)
        #expect(try await world.store.dailyAttempts(since: "2026", until: "2027").isEmpty)
        let records = try await world.store.records(RecordFilter(action: "dele"))
        #expect(records.count == 1 && records.allSatisfy { $0.key == nil && $0.effect == .other })
    }
}
