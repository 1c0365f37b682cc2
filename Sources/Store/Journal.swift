import Foundation
import GRDB
import Gateway
import LibCrypto

/// The record as a Merkle log (RFC 9162 §2): what is written in one transaction is a page, opened on the tree as the
/// database has it, so that the server and a command beside it cannot fork the log.
struct Journal: Sendable {
    let key: CheckpointKey
    let origin: String
    let node: String
    let now: @Sendable () -> Int64

    static let hash: MerkleLog.Hash = { SHA256.digest(of: $0) }

    /// A written record is sealed by a checkpoint at most this often, in microseconds.
    private static let sealInterval: Int64 = 1_000_000

    func open(_ database: Database) throws -> Page {
        guard let row = try Row.fetchOne(database, sql: "SELECT size, edge, checkpointTime FROM tree WHERE id = 1"),
            let log = Self.log(size: row[0], edge: row[1])
        else {
            throw StoreError.unusable(
                path: SQLiteStore.databaseName,
                reason: "the state of the record's tree is damaged"
            )
        }
        return Page(journal: self, database: database, log: log, sealedAt: row[2])
    }

    static func log(size: Int64, edge: Data) -> MerkleLog? {
        guard size >= 0, edge.count % SHA256.length == 0 else { return nil }
        let octets = [UInt8](edge)
        let hashes = stride(from: 0, to: octets.count, by: SHA256.length).map { Array(octets[$0..<$0 + SHA256.length]) }
        return MerkleLog(size: UInt64(size), edge: hashes, hash: Self.hash)
    }

    /// What one transaction adds.
    struct Page {
        fileprivate let journal: Journal
        fileprivate let database: Database
        fileprivate var log: MerkleLog
        fileprivate let sealedAt: Int64
        fileprivate var hasGrown = false

        /// Microseconds since 1970, for a record that the store makes itself.
        var time: Int64 { self.journal.now() }

        mutating func append(_ record: AuditRecord, commitment: [UInt8]? = nil) throws {
            let body = RecordEncoder.encode(record, node: self.journal.node, commitment: commitment)
            let leaf = MerkleLog.leafHash(of: body, hash: Journal.hash)
            self.log.append(leafHash: leaf)
            self.hasGrown = true
            try self.database.cachedStatement(sql: "INSERT INTO record (sequence, body, leaf) VALUES (?, ?, ?)")
                .execute(arguments: [Int64(clamping: self.log.size), Data(body), Data(leaf)])
        }

        /// Keeps the tree, and seals it with a checkpoint: always when `sealing`, else once a second while records come.
        func close(sealing: Bool) throws {
            guard self.hasGrown else { return }
            let now = self.journal.now()
            let (age, isFarOff) = now.subtractingReportingOverflow(self.sealedAt)
            let seals = sealing || isFarOff || age < 0 || age >= Journal.sealInterval
            if seals {
                let note = try Checkpoint(origin: self.journal.origin, size: self.log.size, root: self.log.root)
                    .signed(by: self.journal.key.signing)
                try self.database.cachedStatement(
                    sql:
                        "INSERT INTO checkpoint (number, size, note) SELECT coalesce(max(number), 0) + 1, ?, ? FROM checkpoint"
                ).execute(arguments: [Int64(clamping: self.log.size), note])
            }
            try self.database.cachedStatement(
                sql: "UPDATE tree SET size = ?, edge = ?, checkpointTime = ? WHERE id = 1"
            )
            .execute(arguments: [
                Int64(clamping: self.log.size), Data(self.log.edge.flatMap(\.self)), seals ? now : self.sealedAt,
            ])
        }
    }
}
