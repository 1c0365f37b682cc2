import Foundation
import GRDB
import Gateway
import LibCrypto

/// A stretch of the oldest records that may go: hashed again, and found to be what a signed checkpoint says.
struct SealedStretch: Sendable {
    let number: Int64
    let first: Int64
    let last: Int64
    let edge: [MerkleHash]
    let root: MerkleHash
    /// The times of the first and the last record, as these write them.
    let begins: String
    let ends: String
    /// Messages that its records speak of.
    let messages: Set<MessageKey>

    /// The records are not those that were hashed once, or no checkpoint of ours says that they are.
    struct Damage: Error {
        let sequence: Int64
    }
}

/// Goes through the oldest records for one stretch.
struct SegmentBuilder {
    /// Records of a stretch, where checkpoints allow it: what is deleted in one transaction holds up nobody for long.
    static let usualCount = 5_000

    /// The newest record that may go.
    let limit: Int64
    /// Only records from before this time, as records write it; nil: of any time.
    let before: String?
    let key: VerifyingKey
    private let hasher = SHA256()

    init(limit: Int64, before: String?, key: VerifyingKey) {
        self.limit = limit
        self.before = before
        self.key = key
    }

    private struct Mark {
        let last: Int64
        let log: MerkleLog
        let ends: String
        let messages: Set<MessageKey>
    }

    /// Nil where nothing may go.
    func build(_ database: Database) throws -> SealedStretch? {
        let former = try Row.fetchOne(
            database,
            sql: "SELECT number, last, edge FROM segment ORDER BY number DESC LIMIT 1"
        )
        let number: Int64 = (former?[0] ?? 0) + 1
        let first: Int64 = (former?[1] ?? 0) + 1
        var log = MerkleLog()
        if let former {
            guard let kept = Journal.log(size: former[1], edge: former[2]) else {
                throw SealedStretch.Damage(sequence: first - 1)
            }
            log = kept
        }
        guard first <= self.limit, let mark = try self.walk(from: first, &log, database) else { return nil }
        let begins = try String.fetchOne(
            database,
            sql: "SELECT time FROM record WHERE sequence = ?",
            arguments: [first]
        )
        return SealedStretch(
            number: number,
            first: first,
            last: mark.last,
            edge: mark.log.edge,
            root: mark.log.root(by: self.hasher),
            begins: begins ?? "",
            ends: mark.ends,
            messages: mark.messages
        )
    }

    /// The newest checkpoint on the way at which a stretch may end.
    private func walk(from first: Int64, _ log: inout MerkleLog, _ database: Database) throws -> Mark? {
        let notes = try Row.fetchCursor(
            database,
            sql: "SELECT size, note FROM checkpoint WHERE size >= ? AND size <= ? ORDER BY size",
            arguments: [first, self.limit]
        )
        var note = try notes.next()
        let records = try Row.fetchCursor(
            database,
            sql: """
                SELECT sequence, body, leaf, time, message, CASE WHEN message IS NOT NULL THEN
                  json_extract(CAST(body AS TEXT), '$.leavecopy.message.mailbox') END
                FROM record WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
                """,
            arguments: [first, self.limit]
        )
        var mark: Mark?
        var messages: Set<MessageKey> = []
        var expected = first
        while let size: Int64 = note?[0], let record = try records.next() {
            let sequence: Int64 = record[0]
            let time = record[3] as String? ?? ""
            if let before, time >= before { break }
            let leaf = self.hasher.leaf((record[1] as Data).span)
            guard sequence == expected, leaf.isEqual(to: (record[2] as Data).span) else {
                throw SealedStretch.Damage(sequence: expected)
            }
            expected += 1
            log.append(leaf, by: self.hasher)
            if let row: Int64 = record[4], let mailbox: Int64 = record[5], let number = UInt32(exactly: row) {
                messages.insert(MessageKey(MailboxID(mailbox), number))
            }
            guard sequence == size else { continue }
            guard self.agrees(note?[1], log) else { throw SealedStretch.Damage(sequence: sequence) }
            mark = Mark(last: sequence, log: log, ends: time, messages: messages)
            if sequence - first >= Self.usualCount { break }
            note = try notes.next()
        }
        return mark
    }

    private func agrees(_ note: String?, _ log: MerkleLog) -> Bool {
        guard let note, let read = Checkpoint.read(note, key: self.key) else { return false }
        return read.isSigned && read.checkpoint.size == log.size
            && read.checkpoint.root == log.root(by: self.hasher).array
    }
}
