import Foundation
import Gateway
import IMAP
import POP3
import Store
import Synchronization
import Testing

@Suite("The record")
struct RecordTests {
    @Test("is written in the order of the calls, many jobs to a commit, and verifies")
    func order() async throws {
        let world = try StoreWorld()
        let answered = Mutex<[Int]>([])
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            for number in 1...2_000 {
                guard let record = try? AuditRecord.dele(number) else { return }
                world.store.write(RecordEntry(records: [record]), number % 500 == 0 ? .synced : .written) { result in
                    let count = answered.withLock { answered in
                        answered.append(number)
                        return answered.count
                    }
                    if count == 2_000 { done.resume(with: result.mapError { $0 }) }
                }
            }
        }
        #expect(answered.withLock { $0 } == Array(1...2_000))
        let records = try await world.store.records(RecordFilter())
        #expect(records.map(\.asked) == (1...2_000).map { "DELE \($0)" })
        #expect(records.map(\.sequence) == Array(1...2_000))
        let verification = try await world.store.verify(everySignature: true)
        #expect(verification.isClean && verification.records == 2_000 && verification.checkpoints > 0)
    }

    @Test("a job that fails takes its own records back, and no neighbour's")
    func savepoint() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        async let good: Void = world.write(RecordEntry(records: [try .dele(1)]))
        let nobody = Change.hide(DeviceID(99), listing.mailbox, NumberRanges(numbers: [1]))
        await #expect(throws: StoreFailure.self) {
            try await world.write(RecordEntry(records: [try .dele(2)], changes: [nobody]), .synced)
        }
        try await good
        try await world.write(RecordEntry(records: [try .dele(3)]))
        let asked = try await world.store.records(RecordFilter()).map(\.asked)
        #expect(asked == ["DELE 1", "DELE 3"])
        #expect(try await world.store.verify().isClean)
    }

    @Test(
        "is append-only, whoever tries to change it",
        arguments: [
            "UPDATE record SET leaf = zeroblob(32)", "DELETE FROM record", "DELETE FROM checkpoint",
            "UPDATE checkpoint SET note = ''",
            "INSERT OR REPLACE INTO record (sequence, body, leaf) VALUES (1, x'7b7d', zeroblob(32))",
            "INSERT INTO record (sequence, body, leaf) VALUES (9, x'7b7d', zeroblob(32))",
            "REPLACE INTO checkpoint (number, size, note) VALUES (1, 1, '')",
            """
            REPLACE INTO checkpoint (number, size, note) SELECT max(number) + 1, max(size), '' FROM checkpoint
            """,
        ]
    )
    func appendOnly(sql: String) async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: [try .dele(1), try .dele(2)]), .synced)
        #expect(!(try world.foreign(sql)).isEmpty)
        #expect(try await world.store.verify().isClean)
    }

    struct Tampering: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sql: String
        let findings: [Verification.Kind]
    }

    private static let tamperings = [
        Tampering(
            testDescription: "one changed",
            sql:
                "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'nothing', 'NOTHING') AS BLOB) WHERE sequence = 3",
            findings: [.changed(3...3)]
        ),
        Tampering(
            testDescription: "one deleted",
            sql: "DELETE FROM record WHERE sequence = 2",
            findings: [.deleted(2...2)]
        ),
        Tampering(
            testDescription: "the first deleted",
            sql: "DELETE FROM record WHERE sequence = 1",
            findings: [.deleted(1...1)]
        ),
        Tampering(
            testDescription: "the end cut off",
            sql: "DELETE FROM record WHERE sequence > 3",
            findings: [.cutOff(at: 3, expected: 5)]
        ),
        Tampering(
            testDescription: "the end and the tree cut off",
            sql: "DELETE FROM record WHERE sequence > 3; UPDATE tree SET size = 3",
            findings: [.cutOff(at: 3, expected: 5)]
        ),
        Tampering(
            testDescription: "one added",
            sql: "INSERT INTO record SELECT 6, body, leaf FROM record WHERE sequence = 1",
            findings: [.inserted(6...6)]
        ),
        Tampering(
            testDescription: "the hash beside one changed",
            sql: "UPDATE record SET leaf = zeroblob(32) WHERE sequence = 5",
            findings: [.hashChanged(5...5)]
        ),
        Tampering(
            testDescription: "the tree changed",
            sql: "UPDATE tree SET edge = zeroblob(64)",
            findings: [.treeChanged]
        ),
        Tampering(
            testDescription: "the tree taken away",
            sql: "DELETE FROM tree",
            findings: [.treeChanged]
        ),
        Tampering(
            testDescription: "every checkpoint taken away",
            sql: "DELETE FROM checkpoint",
            findings: [.unsealed(1...5)]
        ),
        Tampering(
            testDescription: "records in a place that does not exist",
            sql: "UPDATE record SET sequence = -9223372036854775807 WHERE sequence = 5",
            findings: [.inserted(-.max ... -.max), .cutOff(at: 4, expected: 5)]
        ),
        Tampering(
            testDescription: "a checkpoint changed",
            sql: "UPDATE checkpoint SET note = replace(note, 'test', 'tast')",
            findings: [.checkpointChanged(number: 1)]
        ),
    ]

    @Test("names what was done to it once its triggers are gone", arguments: Self.tamperings)
    func tampered(_ tampering: Tampering) async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: try (1...5).map { try .dele($0) }), .synced)
        let triggers = [
            "recordIsNeverChanged", "recordIsNeverDeleted", "recordIsAppended", "checkpointIsNeverChanged",
            "checkpointIsNeverDeleted", "checkpointIsAppended",
        ]
        let said = try world.foreign(triggers.map { "DROP TRIGGER \($0);" }.joined() + tampering.sql)
        #expect(said.isEmpty, "\(said)")
        let verification = try await world.store.verify()
        #expect(verification.findings.map(\.kind) == tampering.findings, "\(verification.findings)")
    }

    @Test("two processes that write at once do not fork it")
    func twoWriters() async throws {
        let world = try StoreWorld()
        let other = try StoreWorld.open(world.folder, role: .command)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...60 {
                let store = number % 2 == 0 ? world.store : other
                group.addTask {
                    let durability: Durability = number % 7 == 0 ? .synced : .written
                    try await StoreWorld.write(RecordEntry(records: [try .dele(number)]), durability, to: store)
                }
            }
            try await group.waitForAll()
        }
        let verification = try await world.store.verify(everySignature: true)
        #expect(verification.isClean && verification.records == 60)
    }

    @Test("keeps texts from outside as one line of printable ASCII that reads back the same")
    func hostile() async throws {
        let world = try StoreWorld()
        let text = "a\r\nb\u{1B}[31m\"\\\u{202E}\u{0}é漢😀'; DROP TABLE record;--"
        try await world.write(RecordEntry(records: [try .dele(1, text: text)]))
        let record = try #require(try await world.store.records(RecordFilter()).first)
        #expect(record.asked == "\(text) 1")
        #expect(record.json.allSatisfy { (0x20...0x7E).contains($0) })
    }

    @Test("details are kept once beside it, and a record commits to them")
    func details() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(1)
        let details = MessageDetails(
            messageID: Array("<1@x>".utf8),
            from: [0x41],
            subject: Array("Secret plan".utf8),
            date: []
        )
        let change = Change.details(listing.mailbox, number: 1, details)
        for _ in 0..<2 { try await world.write(RecordEntry(records: [try .dele(1)], changes: [change])) }
        let records = try await world.store.records(RecordFilter())
        #expect(records.map(\.action) == ["dele", "details", "dele"])
        #expect(!records.contains { String(decoding: $0.json, as: UTF8.self).contains("Secret") })
        #expect(String(decoding: records[1].json, as: UTF8.self).contains("\"commitment\":\""))
        #expect(try await world.store.verify().isClean)
    }

    @Test("nothing in the folder is readable for others")
    func modes() async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: [try .dele(1)]), .synced)
        for name in try FileManager.default.contentsOfDirectory(atPath: world.folder) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(world.folder)/\(name)")
            let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
            #expect(mode & 0o077 == 0, "\(name) has mode \(String(mode, radix: 8))")
        }
    }
}
