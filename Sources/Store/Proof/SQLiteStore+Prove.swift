import Foundation
import GRDB
import Gateway
import LibCrypto

extension SQLiteStore {
    /// The proof that record `sequence` is in the log of the newest checkpoint, which is made now where the record came
    /// after it. Throws where it cannot be proven: whatever is given here holds.
    package func prove(_ sequence: Int64) async throws(StoreError) -> RecordProof {
        let note = try await self.checkpoint()
        let key = self.journal.key.verifying
        return try await self.ask { database in
            let dropped = try KeptSegments(database)
            guard sequence > dropped.end else { throw StoreError.recordDropped(sequence) }
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT body FROM record WHERE sequence = ?",
                    arguments: [sequence]
                )
            else { throw StoreError.unknownRecord(sequence) }
            let record = [UInt8](row[0] as Data)
            let hasher = SHA256()
            let leaf = hasher.leaf(record.span)
            guard let read = Checkpoint.read(note, key: key), read.isSigned,
                let root = MerkleHash(read.checkpoint.root),
                let started = MerkleProof.inclusion(
                    of: UInt64(sequence) - 1,
                    in: read.checkpoint.size,
                    after: dropped.start
                )
            else { throw StoreError.unprovable(sequence) }
            let path = try Self.complete(started, size: read.checkpoint.size, after: dropped, hasher, database)
            guard let path,
                MerkleLog.verifiesInclusion(
                    of: leaf,
                    at: UInt64(sequence) - 1,
                    size: read.checkpoint.size,
                    root: root,
                    proof: path,
                    by: hasher
                )
            else { throw StoreError.unprovable(sequence) }
            return RecordProof(
                sequence: sequence,
                record: record,
                leaf: leaf,
                path: path,
                checkpoint: read.checkpoint,
                note: note,
                key: key
            )
        }
    }

    /// The proof that the record as it was at `kept` is a beginning of what it is now. Nil where it is not, and where so much
    /// was dropped that nobody can tell.
    package func consistency(with kept: KeptCheckpoint) async throws(StoreError) -> ConsistencyProof? {
        let note = try await self.checkpoint()
        let key = self.journal.key.verifying
        return try await self.ask { database in
            let dropped = try KeptSegments(database)
            let hasher = SHA256()
            let old = kept.checkpoint
            guard let new = Checkpoint.read(note, key: key)?.checkpoint, let newRoot = MerkleHash(new.root),
                let oldRoot = MerkleHash(old.root),
                let started = MerkleProof.consistency(from: old.size, to: new.size, after: dropped.start)
            else { return nil }
            let path = try Self.complete(started, size: new.size, after: dropped, hasher, database)
            guard let path,
                MerkleLog.verifiesConsistency(
                    from: old.size,
                    oldRoot: oldRoot,
                    to: new.size,
                    newRoot: newRoot,
                    proof: path,
                    by: hasher
                )
            else { return nil }
            return ConsistencyProof(
                oldNote: kept.note.whole,
                newNote: note,
                oldSize: old.size,
                newSize: new.size,
                path: path.map { Base64.encode($0.array) }
            )
        }
    }

    /// Lets the leaves pass by.
    private static func complete(
        _ started: MerkleProof,
        size: UInt64,
        after dropped: KeptSegments,
        _ hasher: SHA256,
        _ database: Database
    ) throws -> [MerkleHash]? {
        var proof = started
        let leaves = try Data.fetchCursor(
            database,
            sql: "SELECT leaf FROM record WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
            arguments: [dropped.end, Int64(clamping: size)]
        )
        while let octets = try leaves.next() {
            guard let leaf = MerkleHash(octets) else { return nil }
            proof.take(leaf, by: hasher)
        }
        return proof.finish(by: hasher)
    }
}
