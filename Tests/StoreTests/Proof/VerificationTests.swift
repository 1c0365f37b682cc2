import Foundation
import GRDB
import Gateway
import LibCrypto
import Synchronization
import Testing

@testable import Store

@Suite("What a verification tells")
struct VerificationTests {
    private static let start: Int64 = 1_764_000_000_000_000

    /// Records 1 to 8, of which 4 and 8 are sealed; a second lies between them and what follows.
    private func world() async throws -> StoreWorld {
        let world = try StoreWorld()
        for number in 1...8 {
            let time = Self.start + Int64(number) * 100_000 + (number > 4 ? 2_000_000 : 0)
            let record = try AuditRecord.dele(number, time: time)
            try await world.write(RecordEntry(records: [record]), number % 4 == 0 ? .synced : .written)
        }
        return world
    }

    private func kinds(_ world: StoreWorld, _ change: (Insider) throws -> Void) async throws -> [Verification.Kind] {
        let folder = try world.copy()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let insider = try Insider(folder: folder)
        try change(insider)
        try insider.close()
        return try await StoreWorld.open(folder, role: .command).verify().findings.map(\.kind)
    }

    @Test("says when the records are from that it speaks of, and of deleted ones those beside them")
    func witnesses() async throws {
        let world = try await self.world()
        let insider = try Insider(folder: world.folder)
        try insider.run(
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'nothing', 'all') AS BLOB) WHERE sequence = 2"
        )
        try insider.run("DELETE FROM record WHERE sequence IN (5, 6)")
        try insider.close()
        let findings = try await world.store.verify().findings
        #expect(findings.map(\.kind) == [.changed(2...2), .deleted(5...6)])
        #expect(findings.map { $0.records.map(\.sequence) } == [[2], [4, 7]])
        #expect(findings.first?.records.first?.time == "2025-11-24T16:00:00.200000Z")
        #expect(findings.first?.records.first?.action == "dele")
    }

    @Test("finds two changes, joins what follows one another, and lists no more than a person can look at")
    func many() async throws {
        let world = try await self.world()
        let records = try (0..<2_400).map { try AuditRecord.dele($0, time: Self.start + 2_900_000) }
        try await world.write(RecordEntry(records: records), .synced)
        let joined = try await self.kinds(world) { insider in
            try insider.run("UPDATE record SET body = x'7b7d' WHERE sequence BETWEEN 2 AND 4 OR sequence = 7")
        }
        #expect(joined == [.changed(2...4), .changed(7...7)])
        let insider = try Insider(folder: world.folder)
        try insider.run("UPDATE record SET body = x'7b7d' WHERE sequence % 2 = 0")
        try insider.close()
        let verification = try await world.store.verify()
        #expect(verification.findings.count == 1_000 && verification.hasMore)
    }

    @Test("names the records between the last checkpoint that agrees and the first that does not")
    func interval() async throws {
        let world = try await self.world()
        let sizes = try await world.store.pool.read {
            try Int64.fetchAll($0, sql: "SELECT size FROM checkpoint ORDER BY size")
        }
        #expect(sizes == [1, 4, 5, 8])
        for (place, range) in [(1, 1...1), (3, 2...4), (5, 5...5), (6, 6...8)] as [(Int64, ClosedRange<Int64>)] {
            let kinds = try await self.kinds(world) { insider in
                let text = String(decoding: try insider.body(place), as: UTF8.self)
                try insider.replace(place, Array(text.replacing("nothing", with: "all").utf8))
            }
            #expect(kinds == [.rewritten(range)])
        }
    }

    @Test("knows what must be sealed: records of another second than the newest sealed one")
    func unsealed() async throws {
        let world = try await self.world()
        try await world.write(RecordEntry(records: [try .dele(9, time: Self.start + 3_500_000)]))
        #expect(try await world.store.verify().isClean)
        // The next one is a second away and was sealed: it is the checkpoint that somebody took.
        try await world.write(RecordEntry(records: [try .dele(10, time: Self.start + 3_800_000)]))
        let sealed = try await world.store.pool.read { try Int64.fetchOne($0, sql: "SELECT max(size) FROM checkpoint") }
        #expect(sealed == 10)
        #expect(
            try await self.kinds(world) { try $0.run("DELETE FROM checkpoint WHERE size = 10") } == [.unsealed(9...10)]
        )
        #expect(
            try await self.kinds(world) { try $0.run("DELETE FROM checkpoint WHERE size = 4") }
                == [.checkpointsDeleted(2...2)]
        )
    }

    @Test("finds a signature that is wrong only where it is asked for all, but that of the newest")
    func signatures() async throws {
        let world = try await self.world()
        let damage: (Int64) throws -> Void = { size in
            let insider = try Insider(folder: world.folder)
            // The last letters of the signature, before its padding.
            try insider.run(
                "UPDATE checkpoint SET note = substr(note, 1, length(note) - 6) || 'AAA=' || x'0a' WHERE size = ?",
                [size]
            )
            try insider.close()
        }
        try damage(4)
        #expect(try await world.store.verify().isClean)
        let all = try await world.store.verify(everySignature: true)
        #expect(all.findings.map(\.kind) == [.checkpointChanged(number: 2)])
        try damage(8)
        #expect(try await world.store.verify().findings.map(\.kind) == [.checkpointChanged(number: 4)])
    }

    @Test("goes on behind rows that were swapped or put in, and finds what was done there")
    func both() async throws {
        let world = try await self.world()
        let swapped = try await self.kinds(world) { insider in
            try insider.run("UPDATE record SET sequence = -1 WHERE sequence = 2")
            try insider.run("UPDATE record SET sequence = 2 WHERE sequence = 3")
            try insider.run("UPDATE record SET sequence = 3 WHERE sequence = -1")
            try insider.run("UPDATE record SET leaf = zeroblob(32) WHERE sequence = 7")
        }
        #expect(swapped == [.swapped([2, 3]), .hashChanged(7...7)])
        let circle = try await self.kinds(world) { insider in
            try insider.run("UPDATE record SET sequence = -sequence WHERE sequence IN (2, 5, 8)")
            try insider.run(
                "UPDATE record SET sequence = CASE sequence WHEN -2 THEN 5 WHEN -5 THEN 8 ELSE 2 END WHERE sequence < 0"
            )
        }
        #expect(circle == [.swapped([2, 5, 8])])
        let inserted = try await self.kinds(world) { insider in
            let body = try insider.body(8)
            try insider.move(from: 3, by: 1)
            try insider.run("INSERT INTO record VALUES (3, ?, ?)", [Data(body), Insider.leaf(body)])
            let text = String(decoding: try insider.body(8), as: UTF8.self)
            try insider.replace(8, Array(text.replacing("nothing", with: "all").utf8))
        }
        #expect(inserted == [.inserted(3...3), .rewritten(6...8)])
    }

    @Test("knows the key that was kept, in each of its forms, and one that is not it")
    func keys() async throws {
        let world = try await self.world()
        let own = try Data(contentsOf: URL(filePath: "\(world.folder)/checkpoint.pub"))
        let key = try #require(KeptKey.read(String(decoding: own, as: UTF8.self)))
        #expect(try await world.store.verify(keptKey: key).isClean)
        let pem =
            "-----BEGIN PUBLIC KEY-----\n\(Base64.encode([0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0] + key.key.octets))\n-----END PUBLIC KEY-----\n"
        #expect(KeptKey.read(pem)?.key == key.key)
        #expect(KeptKey.read("") == nil && KeptKey.read("no key here") == nil)
        let other = try SigningKey.generate().verifyingKey()
        #expect(KeptKey.read("\(Base64.encode(other.octets)) \(Base64.encode(key.key.octets))") == nil)
        let verification = try await world.store.verify(keptKey: KeptKey(key: other))
        #expect(verification.findings.map(\.kind) == [.keyReplaced(.keptKey)])
        #expect(verification.fingerprint == key.key.fingerprint && verification.fingerprint.count == 64)
    }

    @Test("tells how far it is")
    func progress() async throws {
        let world = try await self.world()
        let records = try (0..<17_000).map { try AuditRecord.dele($0, time: Self.start + 2_900_000) }
        try await world.write(RecordEntry(records: records), .synced)
        let told = Told()
        let verification = try await world.store.verify { done, total in told.add(done, total) }
        #expect(verification.isClean && told.pairs == [[16_384, 17_008]])
    }
}

private final class Told: Sendable {
    private let state = Mutex<[[Int64]]>([])
    var pairs: [[Int64]] { self.state.withLock { $0 } }
    func add(_ done: Int64, _ total: Int64) { self.state.withLock { $0.append([done, total]) } }
}
