import Foundation
import Gateway
import IMAP
import POP3
import Store
import Synchronization
import TestSupport
import Testing

/// A store whose clock, disk and policy the test says.
final class KeepingWorld: Sendable {
    static let day: Int64 = 86_400_000_000
    /// 2025-11-24, in microseconds.
    static let start: Int64 = 1_764_000_000_000_000

    let folder: String
    let store: SQLiteStore
    private let time: Clock

    final class Clock: Sendable {
        private let value: Mutex<Int64>
        init(_ value: Int64) { self.value = Mutex(value) }
        var now: Int64 { self.value.withLock { $0 } }
        func set(_ new: Int64) { self.value.withLock { $0 = new } }
    }

    init(
        folder: String? = nil,
        details: MessageDetailsPolicy = MessageDetailsPolicy(),
        reserve: UInt64 = 0
    ) throws {
        self.folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "keeping-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let clock = Clock(Self.start)
        self.time = clock
        self.store = try SQLiteStore.open(
            folder: self.folder,
            role: .server,
            origin: "test",
            node: "node",
            details: details,
            reserve: reserve,
            now: { clock.now }
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    func setClock(_ time: Int64) { self.time.set(time) }

    func command() throws -> SQLiteStore { try StoreWorld.open(self.folder, role: .command) }

    func write(_ records: [AuditRecord], _ changes: [Change] = []) async throws {
        try await StoreWorld.write(RecordEntry(records: records, changes: changes), .synced, to: self.store)
    }

    /// A mailbox of `count` messages.
    func mailbox(_ count: Int, login: String = "info@example.com") async throws -> StoredListing {
        let account = try await self.store.account(upstream: "main", login: login)
        let listing = try await self.store.listing(account, mailbox: "INBOX")
        let uids = Array(1...max(1, count)).prefix(count).map { UInt32($0 * 10) }
        return try await self.store.update(listing.mailbox, with: StoreWorld.update(uids))
    }

    /// Somebody retrieved a message of the mailbox, and its header was read.
    func retrieve(
        _ number: UInt32,
        of listing: StoredListing,
        _ details: MessageDetails,
        at time: Int64? = nil
    ) async throws {
        try await self.write(
            [try Self.retrieval(number, of: listing, at: time ?? self.time.now)],
            [.details(listing.mailbox, number: number, details)]
        )
    }

    static func retrieval(_ number: UInt32, of listing: StoredListing, at time: Int64) throws -> AuditRecord {
        let message = try #require(listing.snapshot[Int(number) - 1])
        let reference = MessageReference(
            messageNumber: Int(number),
            mailbox: listing.mailbox,
            message: message,
            validity: 7
        )
        let attempt = Attempt(
            action: .retr,
            outcome: .success,
            asked: "RETR \(number)",
            answered: "+OK",
            done: "served",
            message: reference
        )
        return AuditRecord(time: time, origin: try AuditRecord.dele(1).origin, attempt: attempt)
    }

    static func details(
        _ subject: String,
        from: String = "Tanaka <tanaka@example.net>",
        id: String = "<1@x>"
    ) -> MessageDetails {
        MessageDetails(
            messageID: Array(id.utf8),
            from: Array(from.utf8),
            subject: Array(subject.utf8),
            date: Array("Mon, 24 Nov 2025 10:00:00 +0900".utf8)
        )
    }

    /// What the database itself says, to a program that knows nothing of us.
    func ask(_ sql: String) throws -> String { try Self.ask(sql, of: "\(self.folder)/leavecopy.sqlite") }

    static func ask(_ sql: String, of database: String) throws -> String {
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], timeout=5)
            try:
                print("\\n".join("|".join(str(v) for v in row) for row in c.execute(sys.argv[2])))
                c.commit()
            except sqlite3.Error as e:
                print("error:", e)
            """
        return try Self.run("python3", "-c", script, database, sql)
    }

    /// Names of the state's files in which the octets stand, in UTF-8 or UTF-16.
    func files(with text: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.folder).sorted().filter { name in
            let data = try Data(contentsOf: URL(filePath: "\(self.folder)/\(name)"))
            return data.range(of: Data(text.utf8)) != nil
        }
    }

    @discardableResult
    static func run(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.first ?? "")")
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
