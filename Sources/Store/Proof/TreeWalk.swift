import Foundation
import Gateway
import LibCrypto

/// Builds the tree of the records as they pass by, and compares it with each checkpoint on the way: those that are kept
/// here, and those that were kept elsewhere.
struct TreeWalk {
    /// What two readings of a row differ in. The log is built by the first; where a checkpoint agrees with the other one, it
    /// is built by that from there on.
    enum Doubt {
        /// The body of this record does not fit the hash beside it: the hash, or else the body, is as it was.
        case hash(number: Int64)
        /// Two rows say one number, and these are their positions: the second, or else the first, belongs there.
        case repeated(first: Int64, second: Int64)
    }

    let key: VerifyingKey
    /// What the log is called now.
    let origin: String
    let hasher: SHA256
    let everySignature: Bool
    let checkpoints: CheckpointCursor
    let dropped: KeptSegments

    var findings = FindingList()
    var log: MerkleLog
    /// Records that there should be so far, those that are missing counted.
    private(set) var count: Int64
    /// False once a record is missing: nothing behind can be hashed together.
    var isKnown = true
    /// Whether a signed checkpoint has disagreed: those behind it say nothing new.
    var isRewritten = false
    /// Whether checkpoints speak of more records than there are.
    var isCutOff = false
    /// The size of the newest checkpoint that agrees.
    var agreed: Int64
    /// The newest checkpoint, where it agrees with the records and is signed.
    var newest: StoredCheckpoint?
    /// The size of the newest checkpoint, whatever it says.
    var sealed: Int64 = 0
    var checkpointCount = 0
    var number: Int64?
    var form: CheckpointForm
    var kept: KeptComparison
    private var doubts: [Doubt] = []
    private var other: MerkleLog?

    init(
        key: VerifyingKey,
        origin: String,
        everySignature: Bool,
        checkpoints: CheckpointCursor,
        dropped: KeptSegments,
        kept: KeptComparison
    ) {
        self.key = key
        self.origin = origin
        self.hasher = SHA256()
        self.everySignature = everySignature
        self.checkpoints = checkpoints
        self.dropped = dropped
        self.log = dropped.start
        self.count = dropped.end
        self.agreed = dropped.end
        self.form = CheckpointForm(key: key)
        self.kept = kept
    }

    mutating func append(_ leaf: MerkleHash, number: Int64) {
        self.skip(to: number)
        self.count = number
        guard self.isKnown else { return }
        self.log.append(leaf, by: self.hasher)
        self.other?.append(leaf, by: self.hasher)
    }

    /// The same where a row can be read in two ways. Only the first doubt since a checkpoint is built both ways.
    mutating func append(_ leaf: MerkleHash, orElse otherLeaf: MerkleHash, _ doubt: Doubt, number: Int64) {
        self.skip(to: number)
        self.doubts.append(doubt)
        if self.other == nil, self.isKnown {
            self.other = self.log
            self.other?.append(otherLeaf, by: self.hasher)
            self.log.append(leaf, by: self.hasher)
            self.count = number
        } else {
            self.append(leaf, number: number)
        }
    }

    /// Records before `number` are missing.
    private mutating func skip(to number: Int64) {
        guard number > self.count &+ 1 else { return }
        self.findings.add(.deleted(self.count &+ 1...number &- 1))
        self.lose()
    }

    /// What stands here is not what was hashed, and that is not known.
    mutating func lose() {
        self.settle(byOther: false)
        self.isKnown = false
    }

    /// Whether the log, read in one way or the other, has this root; what was in doubt is then settled.
    mutating func settle(_ root: MerkleHash) -> Bool {
        if self.log.root(by: self.hasher) == root {
            self.settle(byOther: false)
            return true
        }
        guard let other = self.other, other.root(by: self.hasher) == root else { return false }
        self.log = other
        self.settle(byOther: true)
        return true
    }

    mutating func settle(byOther: Bool) {
        guard !self.doubts.isEmpty else { return }
        for (index, doubt) in self.doubts.enumerated() {
            switch (doubt, byOther && index == 0) {
            case (.hash(let number), false): self.findings.add(.changed(number...number))
            case (.hash(let number), true): self.findings.add(.hashChanged(number...number))
            case (.repeated(let first, _), false): self.findings.add(.inserted(first...first))
            case (.repeated(_, let second), true): self.findings.add(.inserted(second...second))
            }
        }
        self.doubts = []
        self.other = nil
    }

    var isInDoubt: Bool { !self.doubts.isEmpty }

    /// Reads the checkpoints up to where the log is now.
    mutating func compare() throws {
        while let checkpoint = self.checkpoints.next, checkpoint.size <= self.count {
            try self.checkpoints.advance()
            self.take(checkpoint, isNewest: self.checkpoints.next == nil)
        }
        while let checkpoint = self.kept.next(upTo: self.count) {
            if checkpoint.size < self.dropped.end {
                self.kept.compareWithKept()
            } else if let root = MerkleHash(checkpoint.root), self.isKnown {
                self.kept.answer(self.settle(root) ? .agrees : .differs)
            } else {
                self.kept.answer(.unknown)
            }
        }
    }
}
