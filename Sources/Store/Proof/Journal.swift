import Foundation
import GRDB
package import Gateway
package import LibCrypto

/// The record as a Merkle log (RFC 9162 §2): what is written in one transaction is a page, opened on the tree as the
/// database has it, so that the server and a command beside it cannot fork the log.
struct Journal: Sendable {
    let key: CheckpointKey
    let origin: String
    let node: String
    let details: DetailKeeping
    let now: @Sendable () -> Int64

    /// Whether a record of this time must be sealed by a checkpoint: it is a second or more away from the newest record that
    /// is sealed. Only the records say it, and no clock, so that whoever verifies them can tell what must be sealed.
    static func isSealDue(at time: Int64, sealed: Int64) -> Bool {
        let (age, isFarOff) = time.subtractingReportingOverflow(sealed)
        return isFarOff || age.magnitude >= 1_000_000
    }

    func open(_ database: Database) throws -> Page {
        let statement = try database.cachedStatement(sql: "SELECT size, edge, checkpointTime FROM tree WHERE id = 1")
        guard let row = try Row.fetchOne(statement), let log = Self.log(size: row[0], edge: row[1])
        else {
            throw StoreError.unusable(
                path: SQLiteStore.databaseName,
                reason: "the state of the record's tree is damaged"
            )
        }
        return Page(journal: self, database: database, log: log, sealedTime: row[2])
    }

    /// What the newest checkpoint calls the log; nil while there is none that can be read.
    static func newestOrigin(_ database: Database) throws -> String? {
        let note = try String.fetchOne(database, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return note.flatMap { SignedNote($0) }.flatMap { Checkpoint($0) }?.origin
    }

    /// The tree as a row holds it: the hashes of the edge one behind the other. Nil when it is damaged.
    static func log(size: Int64, edge: Data) -> MerkleLog? {
        guard size >= 0, edge.count % MerkleHash.length == 0 else { return nil }
        let octets = [UInt8](edge)
        let hashes = stride(from: 0, to: octets.count, by: MerkleHash.length)
            .compactMap { MerkleHash(octets[$0..<$0 + MerkleHash.length]) }
        return MerkleLog(size: UInt64(size), edge: hashes)
    }

    /// What one transaction adds.
    struct Page {
        fileprivate let journal: Journal
        fileprivate let database: Database
        fileprivate var log: MerkleLog
        /// Of the newest record that a checkpoint has sealed.
        fileprivate let sealedTime: Int64
        fileprivate var newestTime: Int64?
        /// Whether a record's time is so far from `sealedTime` that it must be sealed.
        fileprivate var isFar = false
        fileprivate let hasher = SHA256()

        var details: DetailKeeping { self.journal.details }

        /// Microseconds since 1970, for a record that the store makes itself.
        var time: Int64 { self.journal.now() }

        mutating func append(_ record: AuditRecord, commitment: [UInt8]? = nil) throws {
            let sequence = Int64(clamping: self.log.size) + 1
            let body = RecordEncoder.encode(
                record,
                sequence: sequence,
                node: self.journal.node,
                commitment: commitment
            )
            let leaf = self.hasher.leaf(body.span)
            self.log.append(leaf, by: self.hasher)
            self.newestTime = record.time
            self.isFar = self.isFar || Journal.isSealDue(at: record.time, sealed: self.sealedTime)
            try self.database.cachedStatement(sql: "INSERT INTO record (sequence, body, leaf) VALUES (?, ?, ?)")
                .execute(arguments: [sequence, Data(body), Data(leaf.array)])
        }

        /// Keeps the tree, and seals it with a checkpoint: always when `sealing`, else once a second while records come.
        func close(sealing: Bool) throws {
            guard self.newestTime != nil else { return }
            try self.database.cachedStatement(sql: "UPDATE tree SET size = ?, edge = ? WHERE id = 1")
                .execute(arguments: [Int64(clamping: self.log.size), Data(self.log.edge.flatMap(\.array))])
            if sealing || self.isFar { try self.seal() }
        }

        /// The checkpoint of the record as it is now, added to the others where records came since the last.
        @discardableResult
        func seal() throws -> String {
            let note = try self.note()
            guard try !self.isSealed() else { return note }
            let size = Int64(clamping: self.log.size)
            try self.database.cachedStatement(
                sql: """
                    INSERT INTO checkpoint (number, size, note)
                    SELECT coalesce(max(number), 0) + 1, ?, ? FROM checkpoint
                    """
            ).execute(arguments: [size, note])
            // Where the newest record says no time, the next one is sealed.
            let time = try self.newestTime ?? SQLiteStore.time(ofRecord: size, self.database) ?? 0
            try self.database.cachedStatement(sql: "UPDATE tree SET checkpointTime = ? WHERE id = 1")
                .execute(arguments: [time])
            return note
        }

        /// Whether there is a checkpoint of all records.
        func isSealed() throws -> Bool {
            let sealed = try Int64.fetchOne(self.database.cachedStatement(sql: "SELECT max(size) FROM checkpoint"))
            return (sealed ?? 0) >= Int64(clamping: self.log.size)
        }

        func note() throws -> String {
            try Checkpoint(origin: self.journal.origin, size: self.log.size, root: self.log.root(by: self.hasher).array)
                .signed(by: self.journal.key.signing)
        }
    }
}

extension SQLiteStore {
    /// In microseconds since 1970; nil where there is no such record, or it says no time.
    static func time(ofRecord sequence: Int64, _ database: Database) throws -> Int64? {
        try String.fetchOne(database, sql: "SELECT time FROM record WHERE sequence = ?", arguments: [sequence])
            .flatMap(Timestamp.microseconds)
    }
}

/// The hash function of the record's tree.
extension SHA256: MerkleHasher {
    package func finish() -> MerkleHash { MerkleHash(self.finalizeInPlace()) }
}
