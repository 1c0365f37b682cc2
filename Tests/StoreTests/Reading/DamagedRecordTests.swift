import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

@testable import Store

@Suite("A record that somebody damaged")
struct DamagedRecordTests {
    private static let bodies: [[UInt8]] =
        [
            #"{}"#, "[]", "null", "7", "", "{\"event\":7}", #"{"event":{"action":7,"outcome":[]},"leavecopy":"x"}"#,
            #"{"@timestamp":5,"leavecopy":{"message":{"row":-1,"mailbox":1e300},"rows":"9:1","device":{"id":"x"}}}"#,
            #"{"leavecopy":{"message":{"row":4294967296,"mailbox":9223372036854775807},"rows":"1:4294967295"}}"#,
            #"{"leavecopy":{"rows":"99999999999","mailbox":1,"octets":-1,"counts":{"refusals":-5}}}"#,
            #"{"event":{"action":"refusal"},"leavecopy":{"session":"s","counts":{"refusals":9223372036854775807}}}"#,
            #"{"@timestamp":"2026-11-24T00:00:00.000000Z","event":{"action":"retr","outcome":"success"},"leavecopy":{"done":"served 1 octets, whole","session":"s","message":{"row":0,"mailbox":-1}}}"#,
            #"{"leavecopy":{"device":{"id":-9223372036854775808,"name":"a\u001fb"}},"event":{"action":"\u001f"}}"#,
        ].map { Array($0.utf8) } + [[0xFF, 0xFE, 0x00], [0x7B, 0x22, 0x00], Array(repeating: 0x5B, count: 5_000)]

    /// A log with these rows in it, written past all triggers.
    private static func world(_ bodies: [[UInt8]]) async throws -> StoreWorld {
        let log = try await RandomLog(seed: 3, count: 60)
        try await log.world.store.pool.write { database in
            try database.execute(sql: "DROP TRIGGER recordIsNeverChanged")
            for (index, body) in bodies.enumerated() {
                try database.execute(
                    sql: "UPDATE record SET body = ? WHERE sequence = ?",
                    arguments: [Data(body), index * 2 + 1]
                )
            }
        }
        return log.world
    }

    private static func readAll(_ store: SQLiteStore) async throws {
        let filters = [
            RecordFilter(), RecordFilter(since: "2026"), RecordFilter(device: "pc1"), RecordFilter(done: .served),
            RecordFilter(text: "書"), RecordFilter(address: "192.0.2.1"), RecordFilter(account: "info@example.com"),
        ]
        for filter in filters {
            let page = try await store.page(filter, limit: .max)
            #expect(try await store.count(filter, limit: .max) >= page.records.count)
            try await store.forEach(filter) { _ in }
        }
        _ = try await store.activity(since: "", until: "~")
        _ = try await store.dailyAttempts(since: "", until: "~")
        for entry in try await store.devices() {
            _ = try await store.unfetched(by: entry.device.id, limit: 5)
            _ = try await store.profile(of: entry)
        }
        for message in try await store.messages(matching: "", limit: 5) { _ = try await store.life(of: message.key) }
    }

    @Test("is listed, and keeps nothing else from being found")
    func listed() async throws {
        let world = try await Self.world(Self.bodies)
        try await Self.readAll(world.store)
        let all = try await world.store.records()
        #expect(all.map(\.sequence) == Array(1...Int64(all.count)))
        #expect(all[0].action.isEmpty && !all[1].action.isEmpty)
    }

    @Test("never stops a reader", arguments: 1...5 as ClosedRange<UInt64>)
    func random(seed: UInt64) async throws {
        var chance = RandomRecord(seed: seed)
        let bodies = (0..<25).map { number in
            var body = RecordEncoder.encode(chance.next(), sequence: Int64(number), node: "n")
            for _ in 0..<3 {
                body[Int.random(in: 0..<body.count, using: &chance.random)] = UInt8.random(
                    in: 0...255,
                    using: &chance.random
                )
            }
            return body
        }
        try await Self.readAll(try await Self.world(bodies).store)
    }
}
