import Foundation
import GRDB
import Gateway
import LibCrypto

/// What `audit verify` found.
package struct Verification: Sendable {
    package enum Finding: Hashable, Sendable {
        /// The bytes of this record are not those that were hashed.
        case changed(sequence: Int64)
        case missing(ClosedRange<Int64>)
        /// Records were there that no tree knows.
        case added(ClosedRange<Int64>)
        /// A checkpoint speaks of more records than there are.
        case cutOff(at: Int64, expected: Int64)
        /// A checkpoint cannot be read, or its signature is not that of the gateway's key.
        case badCheckpoint(number: Int64)
        /// All hashes are right among themselves, but not those of a checkpoint: the records were written anew, one of
        /// these at least.
        case rewritten(ClosedRange<Int64>)
    }

    package let records: Int64
    package let checkpoints: Int
    package let findings: [Finding]
    /// The newest checkpoint, to be kept elsewhere. Empty while there is none.
    package let newestCheckpoint: String

    package var isClean: Bool { self.findings.isEmpty }
}

extension SQLiteStore {
    /// Reads the whole record and every checkpoint, and hashes them again. With `everySignature` each checkpoint's is
    /// checked; otherwise the newest one's, whose root covers everything before it.
    package func verify(everySignature: Bool = false) async throws(StoreError) -> Verification {
        let key = self.journal.key.verifying
        do throws(StoreFailure) {
            return try await self.read { database in
                var verifier = Verifier(key: key, everySignature: everySignature)
                return try verifier.run(database)
            }
        } catch {
            throw .failed(error)
        }
    }
}

/// One pass over the record, in order.
private struct Verifier {
    let key: VerifyingKey
    let everySignature: Bool
    private var findings: [Verification.Finding] = []
    private var log = MerkleLog(hash: Journal.hash)
    /// False once a record was missing or changed: roots behind it say nothing new.
    private var isWhole = true
    private var sealed: Int64 = 0

    init(key: VerifyingKey, everySignature: Bool) {
        self.key = key
        self.everySignature = everySignature
    }

    mutating func run(_ database: Database) throws -> Verification {
        let notes = try Row.fetchAll(database, sql: "SELECT number, size, note FROM checkpoint ORDER BY size, number")
        var waiting = notes[...]
        var next: Int64 = 1
        let rows = try Row.fetchCursor(database, sql: "SELECT sequence, body, leaf FROM record ORDER BY sequence")
        while let row = try rows.next() {
            let sequence: Int64 = row[0]
            guard sequence >= next else {
                self.find(.added(sequence...sequence))
                continue
            }
            if sequence > next { self.find(.missing(next...sequence - 1)) }
            self.take(sequence, body: row[1], leaf: row[2])
            next = sequence == .max ? sequence : sequence + 1
            while let note = waiting.first, (note[1] as Int64) <= sequence {
                self.compare(note, isNewest: waiting.count == 1)
                waiting.removeFirst()
            }
        }
        let last = next - 1
        if let newest = waiting.last {
            self.find(.cutOff(at: last, expected: newest[1]))
            for note in waiting { self.compare(note, isNewest: note == newest) }
        }
        try self.compareTree(last: last, database)
        return Verification(
            records: try Int64.fetchOne(database, sql: "SELECT count(*) FROM record") ?? 0,
            checkpoints: notes.count,
            findings: self.findings,
            newestCheckpoint: notes.last?[2] ?? ""
        )
    }

    private mutating func find(_ finding: Verification.Finding) {
        self.findings.append(finding)
        self.isWhole = false
    }

    private mutating func add(_ finding: Verification.Finding) {
        if self.findings.last != finding { self.findings.append(finding) }
    }

    private mutating func take(_ sequence: Int64, body: Data, leaf: Data) {
        let hash = MerkleLog.leafHash(of: body, hash: Journal.hash)
        if hash != [UInt8](leaf) { self.find(.changed(sequence: sequence)) }
        if self.isWhole { self.log.append(leafHash: hash) }
    }

    private mutating func compare(_ note: Row, isNewest: Bool) {
        let number: Int64 = note[0]
        let size: Int64 = note[1]
        guard let read = Checkpoint.read(note[2], key: self.key), Int64(clamping: read.checkpoint.size) == size else {
            self.findings.append(.badCheckpoint(number: number))
            return
        }
        if self.everySignature || isNewest, !read.isSigned { self.add(.badCheckpoint(number: number)) }
        if self.isWhole, read.checkpoint.size == self.log.size, read.checkpoint.root != self.log.root {
            // Only what the gateway signed says something about the records.
            guard read.isSigned else {
                self.add(.badCheckpoint(number: number))
                return
            }
            self.find(.rewritten(self.sealed + 1...max(self.sealed + 1, size)))
        }
        self.sealed = max(self.sealed, size)
    }

    /// The tree's own state tells of records behind the newest checkpoint.
    private mutating func compareTree(last: Int64, _ database: Database) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT size, edge FROM tree WHERE id = 1") else { return }
        let size: Int64 = row[0]
        if size > last, !self.findings.contains(where: { if case .cutOff = $0 { true } else { false } }) {
            self.find(.cutOff(at: last, expected: size))
        } else if size < last {
            self.find(.added(size + 1...last))
        } else if self.isWhole, Journal.log(size: size, edge: row[1])?.root != self.log.root {
            self.find(.rewritten(min(self.sealed + 1, max(1, last))...max(1, last)))
        }
    }
}
