import Foundation
import GRDB
import Gateway
import Testing

@testable import Store

@Suite("The text by which a message is found")
struct MessageTextTests {
    private static func details(_ subject: String, from: String = "a@example.com") -> MessageDetails {
        MessageDetails(
            messageID: Array("<1@mx.example>".utf8),
            from: Array(from.utf8),
            subject: Array(subject.utf8),
            date: []
        )
    }

    /// With words that wait, or that are in the index.
    private static func world(_ subjects: [String], indexed: Bool = true) async throws -> (StoreWorld, MailboxID) {
        let world = try StoreWorld()
        let listing = try await world.mailbox(subjects.count)
        let changes = subjects.enumerated().map { index, subject in
            Change.details(listing.mailbox, number: UInt32(index + 1), Self.details(subject))
        }
        try await world.write(RecordEntry(records: [try .dele(1)], changes: changes))
        if indexed { try await world.store.pool.write { try MessageTexts.indexWaiting($0) } }
        return (world, listing.mailbox)
    }

    private static func found(_ text: String, _ world: StoreWorld) async throws -> [UInt32] {
        try await world.store.messages(matching: text, limit: 100).map(\.key.number).sorted()
    }

    @Test("is decoded, of any case and width; one letter is enough, and none finds all", arguments: [false, true])
    func finds(indexed: Bool) async throws {
        let encoded = "=?ISO-2022-JP?B?GyRCOCtAUT1xGyhC?= No. 7"
        let (world, _) = try await Self.world([encoded, "Ｉｎｖｏｉｃｅ ﾃｽﾄ", "ZOË", ""], indexed: indexed)
        #expect(try await Self.found("見積書", world) == [1])
        #expect(try await Self.found("見積", world) == [1])
        #expect(try await Self.found("書", world) == [1])
        #expect(try await Self.found("書 no", world) == [1])
        #expect(try await Self.found("INVOICE テスト", world) == [2])
        #expect(try await Self.found("zoë", world) == [3])
        #expect(try await Self.found("", world) == [1, 2, 3, 4])
        #expect(try await Self.found("mx.example", world) == [1, 2, 3, 4])
        #expect(try await Self.found("見書", world).isEmpty)
        let messages = try await world.store.messages(matching: "見積", account: "INFO@example.com", limit: 1)
        #expect(messages.map(\.text?.subject) == ["見積書 No. 7"])
        #expect(try await world.store.messages(matching: "見積", account: "other", limit: 1).isEmpty)
    }

    @Test("does not reach from one field into the next", arguments: [false, true])
    func fields(indexed: Bool) async throws {
        let (world, _) = try await Self.world(["offer", "book"], indexed: indexed)
        #expect(try await Self.found("ra", world).isEmpty, "offer, and a@example.com behind it")
        #expect(try await Self.found("r a", world).isEmpty)
        #expect(try await Self.found("com<", world).isEmpty)
    }

    @Test("is the newest first of those that fit, and as many as are wanted")
    func newest() async throws {
        let (world, _) = try await Self.world((1...9).map { "report \($0)" })
        let found = try await world.store.messages(matching: "report", limit: 3).map(\.key.number)
        #expect(found == [9, 8, 7])
    }

    @Test(
        "goes with its detail: no word of it is left, whoever deletes the detail",
        arguments: [
            "見積書 (1) \"x\"", "", " ", "a", "ﾃｽﾄ\u{1F600}\u{202E}é́", String(repeating: "長い subject! ", count: 40),
        ]
    )
    func erased(subject: String) async throws {
        let (world, mailbox) = try await Self.world([subject, "other"])
        let said = try world.foreign("DELETE FROM detail WHERE number = 1")
        #expect(said.isEmpty, "\(said)")
        #expect(try await Self.found("", world) == [2])
        try await world.store.pool.write { try Scrubbing.run($0) }
        let words = try await Self.words(world)
        #expect(
            words
                == Set(
                    FoldedText.joined(["other", "a@example.com", "<1@mx.example>"]).words.split(separator: " ").map(
                        String.init
                    )
                )
        )
        #expect(try world.foreign("DELETE FROM detail").isEmpty)
        try await world.store.pool.write { try Scrubbing.run($0) }
        #expect(try await Self.words(world).isEmpty)
        let life = try #require(try await world.store.life(of: MessageKey(mailbox, 1)))
        #expect(life.message.text == nil && life.records.allSatisfy { $0.message == nil })
        #expect(try await world.store.verify().isClean)
    }

    /// All that the index holds.
    private static func words(_ world: StoreWorld) async throws -> Set<String> {
        try await world.store.pool.write { database in
            try database.execute(sql: "INSERT INTO messageWord (messageWord) VALUES ('integrity-check')")
            try database.execute(sql: "DROP TABLE IF EXISTS temp.word")
            try database.execute(sql: "CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, messageWord, row)")
            return try String.fetchSet(database, sql: "SELECT term FROM temp.word")
        }
    }

    @Test("is found while its words wait and when they do not, and those that go meanwhile are no longer")
    func waiting() async throws {
        let (world, _) = try await Self.world((1...90).map { "report \($0)" }, indexed: false)
        #expect(try await Self.found("report", world) == Array(1...90))
        #expect(try world.foreign("DELETE FROM detail WHERE number IN (1, 90)") == "")
        #expect(try await Self.found("report", world) == Array(2...89))
        #expect(try await world.store.messages(matching: "report", limit: 30).map(\.key.number).last == 60)
        try await world.store.pool.write { try MessageTexts.indexWaiting($0) }
        #expect(try await Self.found("report", world) == Array(2...89))
        _ = try await Self.words(world)
    }

    @Test("a detail is never changed under it")
    func unchanged() async throws {
        let (world, _) = try await Self.world(["one"])
        #expect(!(try world.foreign("UPDATE detail SET subject = x'00'")).isEmpty)
    }

    @Test("is made for the details of a database from before there was one; its records are found")
    func migrated() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The key must be there before the database is.
        _ = try CheckpointKey.load(folder: folder, mayMake: true)
        let pool = try DatabasePool(path: "\(folder)/\(SQLiteStore.databaseName)")
        try Migrations.migrator.migrate(pool, upTo: "2")
        let body = RecordEncoder.encode(try .dele(1), sequence: 1, node: "old")
        try await pool.write { database in
            try database.execute(
                sql:
                    "INSERT INTO account VALUES (1, 'main', 'info'); INSERT INTO mailbox (id, account, name) VALUES (1, 1, 'INBOX')"
            )
            try database.execute(
                sql: "INSERT INTO message (mailbox, number, uidValidity, uid, uidl) VALUES (1, 1, 7, 1, 'a')"
            )
            try database.execute(
                sql:
                    "INSERT INTO detail VALUES (1, 1, x'00', CAST('<1@x>' AS BLOB), CAST('Bob' AS BLOB), CAST('注文書' AS BLOB), x'')"
            )
            try database.execute(
                sql: "INSERT INTO record (sequence, body, leaf) VALUES (1, ?, zeroblob(32))",
                arguments: [Data(body)]
            )
        }
        try pool.close()
        let store = try StoreWorld.open(folder)
        #expect(try await store.messages(matching: "注文", limit: 1).map(\.key) == [MessageKey(MailboxID(1), 1)])
        let filter = RecordFilter(
            action: "dele",
            done: .nothing,
            address: "192.0.2.1",
            identifiedBy: RecordFilter.nobody
        )
        #expect(try await store.records(filter).map(\.asked) == ["DELE 1"])
    }
}
