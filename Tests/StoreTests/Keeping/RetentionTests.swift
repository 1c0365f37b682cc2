import Foundation
import Gateway
import LibCrypto
import Store
import Synchronization
import Testing

@Suite("How much of the record is kept")
struct RetentionTests {
    /// A record of each day, the oldest `days` ago; each is sealed by a checkpoint.
    private static func fill(_ world: KeepingWorld, days: Int, perDay: Int = 3) async throws {
        for day in 0..<days {
            let time = KeepingWorld.start - Int64(days - day) * KeepingWorld.day
            world.setClock(time)
            try await world.write(
                try (1...perDay).map {
                    AuditRecord(
                        time: time,
                        origin: try AuditRecord.dele(1).origin,
                        attempt: try AuditRecord.dele($0).attempt
                    )
                }
            )
        }
        world.setClock(KeepingWorld.start)
    }

    /// The roots as anybody can compute them: the edge that was kept, and the leaves behind it.
    private static func rootFollows(_ world: KeepingWorld) throws -> Bool {
        func hashes(_ hex: some StringProtocol) throws -> [MerkleHash] {
            let octets = Array(hex.utf8)
            let bytes = try stride(from: 0, to: octets.count, by: 2).map {
                try #require(UInt8(String(decoding: octets[$0..<$0 + 2], as: UTF8.self), radix: 16))
            }
            return try stride(from: 0, to: bytes.count, by: 32).map { try #require(MerkleHash(bytes[$0..<$0 + 32])) }
        }
        let segment = try world.ask("SELECT last, hex(edge) FROM segment ORDER BY number DESC LIMIT 1").split(
            separator: "|"
        )
        let (size, edge) = (try #require(segment.first.flatMap { UInt64($0) }), try #require(segment.last))
        let hasher = SHA256()
        let kept = try hashes(edge)
        var log = try #require(MerkleLog(size: size, edge: kept))
        for leaf in try world.ask("SELECT hex(leaf) FROM record ORDER BY sequence").split(separator: "\n") {
            for hash in try hashes(leaf) { log.append(hash, by: hasher) }
        }
        let tree = try world.ask("SELECT size, hex(edge) FROM tree").split(separator: "|")
        let edgeNow = try hashes(try #require(tree.last))
        return String(log.size) == tree.first.map(String.init) && log.edge == edgeNow
    }

    @Test("what is older goes, sealed, and a record says what; all later roots still follow")
    func age() async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 10)
        let heard = Mutex<[DroppedRecords]>([])
        #expect(try await world.store.retain(Retention(days: 4)) { dropped in heard.withLock { $0.append(dropped) } })
        // Records from before four days ago: days 10 to 5.
        #expect(heard.withLock { $0 } == [DroppedRecords(first: 1, last: 18, cause: .age)])
        #expect(try world.ask("SELECT min(sequence), max(sequence), count(*) FROM record") == "19|31|13")
        #expect(try world.ask("SELECT number, first, last FROM segment") == "1|1|18")
        #expect(try world.ask("SELECT min(size) FROM checkpoint") == "18")
        let record = try #require(try await world.store.records(RecordFilter(action: "records-dropped")).first)
        #expect(record.asked == "record.keep: days 4" && record.reason == "age")
        #expect(record.done.hasPrefix("dropped records 1 to 18, from 2025-11-14T"))
        #expect(try Self.rootFollows(world))
        // The next day one more goes, and nothing twice.
        world.setClock(KeepingWorld.start + KeepingWorld.day)
        #expect(try await world.store.retain(Retention(days: 4)))
        #expect(try await world.store.retain(Retention(days: 4)))
        #expect(try world.ask("SELECT number, first, last FROM segment ORDER BY number") == "1|1|18\n2|19|21")
        #expect(try Self.rootFollows(world))
    }

    @Test("nothing goes for ever, nor before its time")
    func forever() async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 5)
        #expect(try await world.store.retain(Retention(days: nil)))
        #expect(try await world.store.retain(Retention(days: 6)))
        #expect(try world.ask("SELECT count(*), (SELECT count(*) FROM segment) FROM record") == "15|0")
    }

    @Test("the oldest go until the database is as small as it may be; then it takes what is written into the same file")
    func size() async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 60, perDay: 400)
        func pages() throws -> Int {
            try #require(Int(try world.ask("SELECT (SELECT page_count FROM pragma_page_count) * 4096")))
        }
        let before = try pages()
        let limit = 6 << 20
        #expect(before > 2 * limit)
        #expect(try await world.store.retain(Retention(days: nil, octets: limit)))
        let used = try #require(
            Int(try world.ask("SELECT (SELECT * FROM pragma_page_count) - (SELECT * FROM pragma_freelist_count)"))
        )
        #expect(used * 4_096 <= limit)
        #expect(try #require(Int(try world.ask("SELECT count(*) FROM segment"))) > 1)
        #expect(try #require(Int(try world.ask("SELECT count(*) FROM record"))) > 1_000)
        let record = try #require(try await world.store.records(RecordFilter(action: "records-dropped")).first)
        #expect(record.asked == "record.keep-size: \(limit)" && record.reason == "size")
        #expect(try Self.rootFollows(world))
        try await Self.fill(world, days: 5, perDay: 400)
        #expect(try pages() <= before)
    }

    @Test("a size that cannot be reached drops what there was once, and says so")
    func unreachable() async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 3)
        #expect(try await !world.store.retain(Retention(days: nil, octets: 4_096)))
        #expect(try world.ask("SELECT count(*) FROM segment") == "1")
        #expect(try Self.rootFollows(world))
    }

    @Test("what no checkpoint seals stays, however old it is")
    func unsealed() async throws {
        let world = try KeepingWorld()
        let time = KeepingWorld.start - 10 * KeepingWorld.day
        world.setClock(time)
        let old = AuditRecord(time: time, origin: .server, attempt: try AuditRecord.dele(1).attempt)
        try await world.write([old])
        // Within a second of the last checkpoint, and not synced.
        try await StoreWorld.write(RecordEntry(records: [old]), .written, to: world.store)
        world.setClock(KeepingWorld.start)
        #expect(try world.ask("SELECT max(size) FROM checkpoint") == "1")
        #expect(try await world.store.retain(Retention(days: 1)))
        #expect(try world.ask("SELECT min(sequence) FROM record") == "2")
    }

    @Test(
        "a record that is not what was hashed stays, as evidence, with all behind it",
        arguments: [
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'nothing', 'NOTHING') AS BLOB) WHERE sequence = 5",
            "DELETE FROM record WHERE sequence = 5",
            "UPDATE checkpoint SET note = replace(note, 'test', 'tast') WHERE size = 6",
        ]
    )
    func damaged(sql: String) async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 10)
        for trigger in ["recordIsNeverChanged", "recordIsNeverDeleted", "checkpointIsNeverChanged"] {
            #expect(try world.ask("DROP TRIGGER \(trigger)").isEmpty)
        }
        #expect(try world.ask(sql).isEmpty)
        await #expect(throws: RetentionFailure.self) { try await world.store.retain(Retention(days: 4)) }
        #expect(try world.ask("SELECT count(*) FROM segment") == "0")
        #expect(try world.ask("SELECT min(sequence) FROM record") == "1")
    }

    @Test(
        "nobody else deletes, and no segment is made up",
        arguments: [
            "DELETE FROM record WHERE sequence = 19", "DELETE FROM checkpoint WHERE size = 18", "DELETE FROM segment",
            "UPDATE segment SET last = 25",
            "INSERT INTO segment VALUES (2, 19, 20, zeroblob(32))",
            "INSERT INTO segment VALUES (2, 22, 24, zeroblob(32))",
            "INSERT INTO segment VALUES (3, 19, 21, zeroblob(32))",
            "REPLACE INTO segment VALUES (1, 1, 21, zeroblob(32))",
        ]
    )
    func triggers(sql: String) async throws {
        let world = try KeepingWorld()
        try await Self.fill(world, days: 10)
        _ = try await world.store.retain(Retention(days: 4))
        #expect(try world.ask(sql).hasPrefix("error:"))
        #expect(try Self.rootFollows(world))
    }

    @Test("details go with the last record that speaks of their message")
    func details() async throws {
        let world = try KeepingWorld()
        let listing = try await world.mailbox(3)
        let old = KeepingWorld.start - 10 * KeepingWorld.day
        world.setClock(old)
        try await world.retrieve(1, of: listing, KeepingWorld.details("Canary-One"), at: old)
        try await world.retrieve(2, of: listing, KeepingWorld.details("Canary-Two"), at: old)
        world.setClock(KeepingWorld.start)
        try await world.write([try KeepingWorld.retrieval(2, of: listing, at: KeepingWorld.start)])
        #expect(try await world.store.retain(Retention(days: 4)))
        #expect(try world.ask("SELECT CAST(subject AS TEXT) FROM detail") == "Canary-Two")
    }
}
