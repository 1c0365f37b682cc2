import Foundation
import GRDB
import Gateway
import LibCrypto

/// Reads the whole record once, in order, and hashes it. Where the numbers in the records show that rows do not stand
/// where they belong, it is read again as it was: so it is known what was done to it, and whether the rest is whole.
struct RecordVerifier {
    /// What is asked of a verification.
    struct Terms: Sendable {
        let key: VerifyingKey
        let origin: String
        let everySignature: Bool
        let kept: [KeptCheckpoint]
        /// The public key as it was kept elsewhere.
        let keptKey: VerifyingKey?
        let tell: @Sendable (Int64, Int64) -> Void
    }

    /// Rows between two words of how far it is.
    private static let portion: Int64 = 16_384

    private let terms: Terms
    private let database: Database
    private let total: Int64
    /// The tree to go on with, as the database has it; nil when it is gone.
    private let tree: (size: Int64, log: MerkleLog?)?

    init(_ terms: Terms, _ database: Database) throws {
        self.terms = terms
        self.database = database
        self.total = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM record") ?? 0
        self.tree = try Row.fetchOne(database, sql: "SELECT size, edge FROM tree WHERE id = 1").map { row in
            (row[0], Journal.log(size: row[0], edge: row[1]))
        }
    }

    func run() throws -> Verification {
        var order = RecordOrder(after: 0)
        var reading = try self.read(by: RecordPlan(), order: &order)
        let plan = order.finish()
        if !plan.isEmpty {
            var again = RecordOrder(after: 0)
            reading = try self.read(by: plan, order: &again)
        }
        return try self.conclude(&reading)
    }

    private struct Reading {
        var walk: TreeWalk
        var records: Int64 = 0
        /// Whether a record says what was dropped.
        var namesDropped = false
        /// The position of the last row that belongs there.
        var last: Int64
    }

    private func read(by plan: RecordPlan, order: inout RecordOrder) throws -> Reading {
        let dropped = try KeptSegments(self.database)
        order = RecordOrder(after: dropped.end)
        var walk = TreeWalk(
            key: self.terms.key,
            origin: self.terms.origin,
            everySignature: self.terms.everySignature,
            checkpoints: try CheckpointCursor(self.database),
            dropped: dropped,
            kept: KeptComparison(self.terms.kept, key: self.terms.keptKey ?? self.terms.key)
        )
        for number in dropped.misfits { walk.findings.add(.segmentChanged(number: number)) }
        for numbers in plan.swapped { walk.findings.add(.swapped(numbers)) }
        try walk.compare()
        var reading = Reading(walk: walk, last: dropped.end)
        var placing = RecordPlacing(plan, end: self.tree?.size ?? .max)
        let rows = try Row.fetchCursor(self.database, sql: "SELECT sequence, body, leaf FROM record ORDER BY sequence")
        while let row = try rows.next() {
            let position: Int64 = row[0]
            reading.records += 1
            if reading.records % Self.portion == 0 {
                self.terms.tell(position, self.total)
                try Task.checkCancellation()
            }
            guard position > dropped.end else {
                reading.walk.findings.add(.inserted(position...position))
                continue
            }
            let body: Data = row[1]
            let leaf: Data = row[2]
            let hash = reading.walk.hasher.leaf(body.span)
            let isWhole = hash.isEqual(to: leaf.span)
            let says = RecordNumber(body.span)
            if !reading.namesDropped, says?.isOfDropping == true { reading.namesDropped = dropped.isNamed(in: body) }
            order.take(position: position, number: isWhole ? says?.number : nil, leaf: hash)
            let entry = RecordPlacing.Entry(position: position, hash: hash, leaf: isWhole ? hash : MerkleHash(leaf))
            reading.last = position
            placing.place(entry, in: &reading.walk)
            try reading.walk.compare()
        }
        if plan.isOverwhelmed {
            reading.walk.findings.add(.rewritten(dropped.end &+ 1...max(dropped.end &+ 1, reading.last)))
        }
        return reading
    }

    private func conclude(_ reading: inout Reading) throws -> Verification {
        try reading.walk.takeRest()
        self.compareTree(&reading.walk, last: reading.last)
        // The record that says what was dropped may be among those that are gone.
        if reading.walk.dropped.end > 0, !reading.namesDropped, !reading.walk.findings.namesGone {
            reading.walk.findings.add(.deleted(1...reading.walk.dropped.end))
        }
        try self.findUnsealed(&reading.walk)
        reading.walk.kept.finish()
        self.judgeKept(&reading.walk)
        let walk = reading.walk
        var findings = walk.findings
        if let keptKey = self.terms.keptKey, keptKey != self.terms.key { findings.add(.keyReplaced(.keptKey)) }
        return Verification(
            records: reading.records,
            checkpoints: walk.checkpointCount,
            dropped: walk.dropped.end,
            findings: try findings.witnessed(self.database),
            hasMore: findings.hasMore,
            newestCheckpoint: walk.newest?.text ?? "",
            fingerprint: self.terms.key.fingerprint,
            comparisons: walk.kept.answers
        )
    }

    /// The tree's own state tells of records behind the newest checkpoint.
    private func compareTree(_ walk: inout TreeWalk, last: Int64) {
        guard let tree = self.tree else { return walk.findings.add(.treeChanged) }
        if tree.size > walk.count {
            walk.settle(byOther: false)
            if !walk.isCutOff { walk.findings.add(.cutOff(at: walk.count, expected: tree.size)) }
            return
        }
        if tree.size < walk.count {
            walk.settle(byOther: false)
            let extra = walk.count - tree.size
            return walk.findings.add(.inserted(last &- extra &+ 1...last))
        }
        guard walk.isKnown, !walk.isRewritten, !walk.isCutOff, let root = tree.log?.root(by: walk.hasher) else {
            walk.settle(byOther: false)
            if tree.log == nil { walk.findings.add(.treeChanged) }
            return
        }
        guard !walk.settle(root) else { return }
        walk.settle(byOther: false)
        walk.findings.add(walk.agreed == walk.count ? .treeChanged : .rewritten(walk.agreed &+ 1...walk.count))
    }

    /// Records behind the newest checkpoint are of the second behind its own last record, or there would be another one.
    private func findUnsealed(_ walk: inout TreeWalk) throws {
        let end = min(walk.count, self.tree?.size ?? walk.count)
        let sealed = walk.sealed
        guard sealed < end, walk.findings.isEmpty || walk.checkpointCount == 0 else { return }
        guard walk.checkpointCount > 0, let time = try SQLiteStore.time(ofRecord: sealed, self.database) else {
            if walk.checkpointCount == 0 { walk.findings.add(.unsealed(sealed &+ 1...end)) }
            return
        }
        let times = try String.fetchCursor(
            self.database,
            sql: "SELECT time FROM record WHERE sequence > ? AND time IS NOT NULL",
            arguments: [sealed]
        )
        while let text = try times.next() {
            guard let other = Timestamp.microseconds(text), Journal.isSealDue(at: other, sealed: time) else { continue }
            return walk.findings.add(.unsealed(sealed &+ 1...end))
        }
    }

    /// What checkpoints that were kept elsewhere show.
    private func judgeKept(_ walk: inout TreeWalk) {
        let answers = walk.kept.answers
        for answer in answers {
            switch answer.verdict {
            case .otherKey: walk.findings.add(.keyReplaced(.keptCheckpoint(source: answer.source)))
            case .badSignature: walk.findings.add(.keptNoteChanged(source: answer.source))
            case .agrees, .agreesWithKept, .dropped, .unknown, .differs, .ahead: break
            }
        }
        let known = max(walk.count, self.tree?.size ?? 0, walk.sealed)
        if let ahead = answers.last(where: { $0.verdict == .ahead }), ahead.size > known {
            walk.findings.add(.rolledBack(to: walk.count, known: ahead.size))
        }
        guard let first = answers.first(where: { $0.verdict == .differs }) else { return }
        let agreed = answers.last { $0.verdict == .agrees || $0.verdict == .agreesWithKept }?.size ?? 0
        if let newest = walk.newest, newest.size >= first.size {
            walk.findings.add(.rewrittenWithKey(min(agreed &+ 1, first.size)...first.size))
        } else if !walk.isRewritten {
            walk.findings.add(.rewritten(min(max(agreed, walk.agreed) &+ 1, first.size)...first.size))
        }
    }
}
