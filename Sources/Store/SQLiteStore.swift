import Foundation
import GRDB
package import Gateway
import LibCrypto

/// What lasts, in one SQLite database in the state folder, beside the key that signs the record's checkpoints.
///
/// Reads may come from many threads at once; writes go one after the other. Another process (a command) may write too:
/// the database waits 2 seconds for it, then the answer is `.busy`.
package final class SQLiteStore: Sendable {
    package enum Role: Sendable {
        case server
        /// A command beside the server, or without one.
        case command
    }

    static let databaseName = "leavecopy.sqlite"

    let pool: DatabasePool
    /// For the short questions of a login.
    private let lookups: DatabaseQueue
    private let strength: WriterStrength
    let journal: Journal
    let condition: StoreCondition
    let windows = ReceivedBefore()
    let agreements = Agreements()
    private let queue: RecordQueue

    /// Opens the store in `folder`, which must exist and belong to this user; a server makes the database in it.
    ///
    /// `origin` names the log in its checkpoints (nil: as the newest has it), `node` this machine in its records; `now` gives
    /// microseconds since 1970; `details` says what is kept of headers, `reserve` are the octets that a server keeps free
    /// for commands.
    package static func open(
        folder: String,
        role: Role,
        origin: String? = nil,
        node: String,
        details: MessageDetailsPolicy = MessageDetailsPolicy(),
        reserve: UInt64 = 0,
        now: @escaping @Sendable () -> Int64
    ) throws(StoreError) -> SQLiteStore {
        try self.checkFolder(folder, role: role)
        let path = "\(folder)/\(self.databaseName)"
        let key = try CheckpointKey.load(folder: folder, mayMake: !FileManager.default.fileExists(atPath: path))
        let condition = StoreCondition(role: role, reserve: Reserve(folder: folder, octets: reserve), now: now)
        let keeping = DetailKeeping(
            policy: details,
            key: try DetailsKey.load(folder: folder, mayMake: role == .server)
        )
        func open() throws -> SQLiteStore {
            let pool = try self.openPool(path: path)
            try Migrations.migrator.migrate(pool)
            // A burst in one commit would write the pages it changes to a file of its own again and again, outside this
            // folder. Not before the migrations, which sort whole indexes.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
            let named = try origin ?? pool.read(Journal.newestOrigin) ?? "leavecopy"
            let journal = Journal(key: key, origin: named, node: node, details: keeping, now: now)
            let lookups = try self.openLookups(path: path)
            return SQLiteStore(pool: pool, lookups: lookups, journal: journal, condition: condition)
        }
        do {
            return try open()
        } catch {
            guard condition.releaseReserve(for: error) else { throw StoreError(error) }
            do { return try open() } catch { throw StoreError(error) }
        }
    }

    private init(pool: DatabasePool, lookups: DatabaseQueue, journal: Journal, condition: StoreCondition) {
        self.pool = pool
        self.lookups = lookups
        self.strength = WriterStrength()
        self.journal = journal
        self.condition = condition
        self.queue = RecordQueue(pool: pool, strength: self.strength, journal: journal, condition: condition)
    }

    /// Nothing is made in a folder of somebody else: a file of another user there could keep the server from starting.
    private static func checkFolder(_ folder: String, role: Role) throws(StoreError) {
        let files = FileManager.default
        guard let attributes = try? files.attributesOfItem(atPath: folder) else { throw .noState(folder: folder) }
        if let owner = attributes[.ownerAccountID] as? NSNumber, owner.uint32Value != geteuid() {
            throw .wrongUser(owner: attributes[.ownerAccountName] as? String ?? "user \(owner)")
        }
        guard role == .server || files.fileExists(atPath: "\(folder)/\(self.databaseName)") else {
            throw .noState(folder: folder)
        }
    }

    private static func openPool(path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { database in
            // Without it INSERT OR REPLACE deletes a row and no trigger hears of it.
            try database.execute(sql: "PRAGMA recursive_triggers = ON")
            // What is erased or dropped is overwritten, and not only forgotten.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // A page that many commits change is copied to the database once for all of them: every 16 MiB, and not every 4.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        }
        let mask = umask(0o077)
        defer { umask(mask) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { try WriterStrength().set(.synced, on: $0) }
        return pool
    }

    private static func openLookups(path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Answers a question of a few rows that an index finds, on the thread that asks: what costs some microseconds is not worth
    /// a change of threads and a transaction. One statement, since there is no transaction. Never for what grows with a
    /// mailbox.
    func lookUp<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
        do { return try self.lookups.unsafeRead(body) } catch { throw StoreFailure(error) }
    }

    /// The same, of more than one statement, which see the database at one moment.
    func lookUpTogether<Value>(_ body: (Database) throws -> Value) throws(StoreFailure) -> Value {
        do { return try self.lookups.read(body) } catch { throw StoreFailure(error) }
    }

    /// Runs a read, with the errors of this module.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do { return try await self.pool.read(body) } catch { throw StoreFailure(error) }
    }

    /// Runs a write in a transaction of its own, with the errors of this module.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do {
            return try await self.withRoom { try await self.pool.write(body) }
        } catch {
            throw StoreFailure(error)
        }
    }

    /// The same, with the records that belong to it.
    func writeRecording<Value: Sendable>(
        _ body: @escaping @Sendable (Database, inout Journal.Page) throws -> Value
    ) async throws(StoreFailure) -> Value {
        let journal = self.journal
        return try await self.write { database in
            var page = try journal.open(database)
            let value = try body(database, &page)
            try page.close(sealing: false)
            return value
        }
    }

    /// The same, on the disk when it answers.
    func writeSynced<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do {
            return try await self.withRoom { try await self.inTransaction(.synced, body) }
        } catch {
            throw StoreFailure(error)
        }
    }

    /// As strong as `durability` when it answers.
    func inTransaction<Value: Sendable>(
        _ durability: Durability,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await self.pool.writeWithoutTransaction { [strength = self.strength] database in
            try strength.set(durability, on: database)
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw StoreFailure.broken(reason: "a write without a result") }
            return value
        }
    }
}

extension SQLiteStore: Recorder {
    package func write(
        _ entry: RecordEntry,
        _ durability: Durability,
        answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void
    ) {
        self.queue.append(entry, durability, answer: answer)
    }
}
