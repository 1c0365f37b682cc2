import GRDB
import Gateway
import Synchronization
import TestSupport
import Testing

@testable import Store

@Suite("A search of the record")
struct RecordSearchTests {
    /// What leads to the records changes with what is rare: each finds the same.
    private static let limits = [
        RecordSearch.Limits(), RecordSearch.Limits(records: 0, messages: 0, knownMessages: 0, listed: 0, portion: 7),
        RecordSearch.Limits(records: 0, messages: 0, knownMessages: 100, listed: 20, portion: 3),
        RecordSearch.Limits(records: 40, messages: 2, knownMessages: 3, listed: 1_000, portion: 5),
    ]

    private static let texts = [
        "見積", "見", "書", "求書", "invoice", "O", "12", "1", "ABC", "ガ", "ｶﾞ", "％", "50%", "\"off\"", "NEAR*", "near", "_1",
        "zoë",
        "Ë'S", "bob", "@mx>", "山田 <a", "xyz", "\"", "*", "%", "_", "'", " ", "", "書 1", "書請", "AND", "words:", "^a",
        "a OR b",
        String(repeating: "見積書", count: 500),
    ]

    private static func single(_ log: RandomLog) -> [RecordFilter] {
        let key = MessageKey(log.mailboxes[0].mailbox, 2)
        var forPeople = RecordFilter()
        forPeople.leavesOutOwnWork = true
        var filters = [RecordFilter(), forPeople]
        filters += ["pc1", "PC2", "front-desk", "none", ""].map { RecordFilter(device: $0) }
        filters += ["info@example.com", "SALES@example.com", "nobody"].map { RecordFilter(account: $0) }
        filters += ["retr", "dele", "details", "login", "DELE", ""].map { RecordFilter(action: $0) }
        filters += ["success", "failure", "unknown", "x"].map { RecordFilter(outcome: $0) }
        filters += RecordedEffect.allCases.map { RecordFilter(done: $0) }
        filters += ["192.0.2.1", "2001:DB8::1", "2001:db8::2", "x"].map { RecordFilter(address: $0) }
        filters += ["s1", "s3", "s4"].map { RecordFilter(session: $0) }
        filters += ["tag", "name", "nobody", "address"].map { RecordFilter(identifiedBy: $0) }
        filters += [RecordFilter(message: key), RecordFilter(message: MessageKey(key.mailbox, 99))]
        filters += RandomLog.days.map { RecordFilter(since: $0) } + RandomLog.days.map { RecordFilter(until: $0) }
        filters += [
            RecordFilter(since: "2026-11-01T12:00:00.000000Z", until: "2026-11-02T06:00:00.000000Z"),
            RecordFilter(since: "2027"), RecordFilter(until: "2026-10-31T10:00:00Z"),
        ]
        return filters + self.texts.map { RecordFilter(text: $0) }
    }

    private static func check(
        _ filter: RecordFilter,
        _ log: RandomLog,
        _ limits: RecordSearch.Limits
    ) async throws {
        let expected = log.entries.filter { $0.fits(filter) }.map(\.sequence)
        let size = Int64(log.entries.count)
        let (newest, some, count, few) = try await log.world.store.pool.read { database in
            let search = try RecordSearch(filter, limits: limits, database)
            return (
                try search.newest(.max, upTo: size).map(\.sequence),
                try search.newest(5, upTo: size / 2).map(\.sequence),
                try search.count(.max, upTo: size), try search.count(3, upTo: size)
            )
        }
        #expect(newest == expected.reversed(), "\(filter)")
        #expect(some == expected.filter { $0 <= size / 2 }.suffix(5).reversed(), "\(filter)")
        #expect(count == expected.count && few == min(3, expected.count), "\(filter)")
        var all: [Int64] = []
        var course = try await log.world.store.pool.read {
            try RecordSearch(filter, limits: limits, $0).course(in: RecordStretch(4, size - 3))
        }
        while !course.isOver {
            let before = course
            let (records, next) = try await log.world.store.pool.read { database in
                var course = before
                return (try RecordSearch(before, database).portion(of: &course), course)
            }
            #expect(records.count <= limits.portion)
            all += records.map(\.sequence)
            course = next
        }
        #expect(all == expected.filter { $0 > 3 && $0 <= size - 3 }, "\(filter)")
    }

    @Test("finds by each filter what a plain look finds", arguments: 1...4 as ClosedRange<UInt64>)
    func single(seed: UInt64) async throws {
        let log = try await RandomLog(seed: seed, count: 300)
        for filter in Self.single(log) {
            for limits in Self.limits { try await Self.check(filter, log, limits) }
        }
    }

    @Test("finds by filters together what a plain look finds", arguments: 11...16 as ClosedRange<UInt64>)
    func together(seed: UInt64) async throws {
        let log = try await RandomLog(seed: seed, count: 400)
        var random = SeededGenerator(seed: seed)
        let single = Self.single(log)
        for _ in 0..<120 {
            var filter = RecordFilter()
            for _ in 0..<Int.random(in: 2...4, using: &random) {
                guard let other = single.randomElement(using: &random) else { continue }
                filter = filter.and(other)
            }
            for limits in Self.limits { try await Self.check(filter, log, limits) }
        }
    }

    @Test("turns its pages over what was there when it began, while records come")
    func pages() async throws {
        let log = try await RandomLog(seed: 5, count: 200)
        let filter = RecordFilter(outcome: "success")
        let expected = log.entries.filter { $0.fits(filter) }.map(\.sequence)
        var page = try await log.world.store.page(filter, limit: 7)
        let size = page.size
        var seen = page.records.map(\.sequence)
        while page.hasMore {
            try await log.world.write(RecordEntry(records: [try .dele(1), try .dele(2)]))
            page = try await log.world.store.page(filter, size: size, before: seen.last, limit: 7)
            #expect(page.size == size && !page.records.isEmpty)
            seen += page.records.map(\.sequence)
        }
        #expect(seen == expected.reversed())
        #expect(try await log.world.store.count(filter, size: size, limit: .max) == expected.count)
        #expect(try await log.world.store.count(filter, limit: .max) > expected.count)
        let exported = Mutex<[Int64]>([])
        try await log.world.store.forEach(filter, size: size, after: 10) { records in
            exported.withLock { $0 += records.map(\.sequence) }
        }
        #expect(exported.withLock { $0 } == expected.filter { $0 > 10 })
    }

    @Test("takes any numbers for a page")
    func oddPages() async throws {
        let log = try await RandomLog(seed: 6, count: 30)
        let store = log.world.store
        for (size, before, limit) in [
            (Int64.max, Int64.max, Int.max), (.min, .min, .min), (0, 0, 0), (-1, 5, 3), (5, -1, 3), (5, .max, -1),
        ] {
            let page = try await store.page(RecordFilter(), size: size, before: before, limit: limit)
            #expect(page.records.count <= max(0, limit))
            _ = try await store.count(RecordFilter(), size: size, limit: limit)
            try await store.forEach(RecordFilter(), size: size, after: before) { _ in }
        }
        #expect(try await store.page(RecordFilter(), limit: .max).records.count == log.entries.count)
    }

    @Test("ends when its reader throws")
    func stopped() async throws {
        let log = try await RandomLog(seed: 7, count: 30)
        await #expect(throws: StoreFailure.busy) {
            try await log.world.store.forEach(RecordFilter()) { _ in throw StoreFailure.busy }
        }
    }
}

extension RecordFilter {
    /// What both ask; where both ask the same, `other`.
    fileprivate func and(_ other: RecordFilter) -> RecordFilter {
        var both = RecordFilter(
            since: other.since ?? self.since,
            until: other.until ?? self.until,
            device: other.device ?? self.device,
            account: other.account ?? self.account,
            action: other.action ?? self.action,
            outcome: other.outcome ?? self.outcome,
            done: other.done ?? self.done,
            text: other.text ?? self.text,
            address: other.address ?? self.address,
            session: other.session ?? self.session,
            identifiedBy: other.identifiedBy ?? self.identifiedBy,
            message: other.message ?? self.message
        )
        both.leavesOutOwnWork = self.leavesOutOwnWork || other.leavesOutOwnWork
        return both
    }
}
