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
    let journal: Journal
    private let queue: RecordQueue

    /// Opens the store in `folder`, which must exist and belong to this user; a server makes the database in it.
    ///
    /// `origin` names the log in its checkpoints, `node` this machine in its records; `now` gives microseconds since 1970.
    package static func open(
        folder: String,
        role: Role,
        origin: String = "leavecopy",
        node: String,
        now: @escaping @Sendable () -> Int64
    ) throws(StoreError) -> SQLiteStore {
        try self.checkFolder(folder, role: role)
        let path = "\(folder)/\(self.databaseName)"
        let key = try CheckpointKey.load(folder: folder, mayMake: !FileManager.default.fileExists(atPath: path))
        do {
            let pool = try self.openPool(path: path)
            try Migrations.migrator.migrate(pool)
            return SQLiteStore(pool: pool, journal: Journal(key: key, origin: origin, node: node, now: now))
        } catch let error as StoreError {
            throw error
        } catch {
            throw .failed(StoreFailure(error))
        }
    }

    private init(pool: DatabasePool, journal: Journal) {
        self.pool = pool
        self.journal = journal
        self.queue = RecordQueue(pool: pool, journal: journal)
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
        }
        let mask = umask(0o077)
        defer { umask(mask) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { try Self.set(.synced, on: $0) }
        return pool
    }

    /// The library sets NORMAL on its writer when it turns WAL on, so promise 3 is set here, and read back.
    static func set(_ durability: Durability, on database: Database) throws {
        let wanted = durability == .synced ? 2 : 1
        try database.execute(sql: "PRAGMA synchronous = \(wanted)")
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == wanted else {
            throw StoreError.settingRefused("synchronous = \(wanted)")
        }
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
        do { return try await self.pool.write(body) } catch { throw StoreFailure(error) }
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
