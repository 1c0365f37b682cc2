import Foundation
import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

/// A store in a folder of its own, which goes with it.
final class StoreWorld: Sendable {
    let folder: String
    let store: SQLiteStore

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.store = try Self.open(self.folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    static func open(_ folder: String, role: SQLiteStore.Role = .server) throws -> SQLiteStore {
        try SQLiteStore.open(
            folder: folder,
            role: role,
            origin: "test",
            node: "node",
            now: { 1_764_000_000_000_000 }
        )
    }

    var database: String { "\(self.folder)/leavecopy.sqlite" }

    func write(_ entry: RecordEntry, _ durability: Durability = .written) async throws {
        try await Self.write(entry, durability, to: self.store)
    }

    static func write(_ entry: RecordEntry, _ durability: Durability, to store: SQLiteStore) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            store.write(entry, durability) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    /// A mailbox of `count` messages with the UIDs 10, 20, 30 …
    func mailbox(_ count: Int, login: String = "info@example.com") async throws -> StoredListing {
        let account = try await self.store.account(upstream: "main", login: login)
        let listing = try await self.store.listing(account, mailbox: "INBOX")
        return try await self.store.update(
            listing.mailbox,
            with: Self.update(Array(1...max(1, count)).prefix(count).map { UInt32($0 * 10) })
        )
    }

    static func update(
        _ uids: [UInt32],
        present: [ClosedRange<UInt32>]? = nil,
        validity: UInt32 = 7
    ) throws -> ListingUpdate {
        ListingUpdate(
            validity: try #require(UIDValidity(validity)),
            exists: UInt32(uids.count),
            uidNext: nil,
            added: try uids.map { ListedMessage(uid: try #require(UID($0)), size: $0, internalDate: Int64($0)) },
            present: present
        )
    }

    /// Runs SQL as any other program would: with none of our settings.
    func foreign(_ sql: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], timeout=5)
            try:
                c.executescript(sys.argv[2])
                c.commit()
            except sqlite3.Error as e:
                print(e)
            """
        process.arguments = ["python3", "-c", script, self.database, sql]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension SQLiteStore {
    /// All that fit, oldest first.
    func records(_ filter: RecordFilter = RecordFilter()) async throws -> [StoredRecord] {
        try await self.page(filter, limit: .max).records.reversed()
    }
}

extension AuditRecord {
    /// A DELE of session `session`.
    static func dele(
        _ number: Int,
        session: String = "s1",
        text: String = "DELE",
        time: Int64 = 1_764_000_000_123_456
    ) throws -> AuditRecord {
        try AuditRecord.session(
            session,
            Attempt(action: .dele, outcome: .success, asked: "\(text) \(number)", answered: "+OK", done: "nothing"),
            time: time
        )
    }

    static func session(
        _ id: String,
        _ attempt: Attempt,
        account: String = "info@example.com",
        time: Int64 = 1_764_000_000_123_456
    ) throws -> AuditRecord {
        let address = try #require(IPAddress("192.0.2.1"))
        var arrival = Arrival(
            session: SessionID(id),
            remote: Endpoint(address: address, port: 4_000),
            local: Endpoint(address: address, port: 995),
            listener: "pops"
        )
        arrival.tls = TLSDescription(version: "TLSv1.3", cipher: "X", serverName: nil)
        let origin = SessionOrigin(arrival: arrival, account: account, speaker: .unidentified(.once))
        return AuditRecord(time: time, origin: .session(origin), attempt: attempt)
    }
}
