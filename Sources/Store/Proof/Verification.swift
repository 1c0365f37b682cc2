import LibCrypto

/// What `audit verify` found.
package struct Verification: Sendable {
    package let records: Int64
    package let checkpoints: Int
    /// Records 1 to this one were dropped on purpose, and a record says so; 0 when none were.
    package let dropped: Int64
    package let findings: [Finding]
    /// Whether there is more than `findings` lists.
    package let hasMore: Bool
    /// To be kept elsewhere. Empty while there is none.
    package let newestCheckpoint: String
    /// Of the key that signs here: to be compared with what was noted elsewhere.
    package let fingerprint: String
    /// Each checkpoint that was kept elsewhere, by size.
    package let comparisons: [Comparison]

    package var isClean: Bool { self.findings.isEmpty }

    /// What is wrong, and what the records it is about say, where they can be read.
    package struct Finding: Hashable, Sendable {
        package let kind: Kind
        /// Of records that are gone: those beside them.
        package let records: [Witness]
    }

    package enum Kind: Hashable, Sendable {
        /// The bytes of these records are not those that were hashed, or others stand in their place.
        case changed(ClosedRange<Int64>)
        /// These records are as they were; the hashes beside them were changed.
        case hashChanged(ClosedRange<Int64>)
        case deleted(ClosedRange<Int64>)
        /// The record ends here, and there were more.
        case cutOff(at: Int64, expected: Int64)
        /// Rows that another program put in.
        case inserted(ClosedRange<Int64>)
        /// Records that stand in each other's places.
        case swapped([Int64])
        /// All hashes are right among themselves, but not those that were signed: one of these was written anew, and what
        /// follows was hashed again.
        case rewritten(ClosedRange<Int64>)
        /// The same, and signed with this gateway's key. Only a checkpoint that was kept elsewhere tells.
        case rewrittenWithKey(ClosedRange<Int64>)
        /// An older state was put back: `known` records were there once.
        case rolledBack(to: Int64, known: Int64)
        case keyReplaced(KeyEvidence)
        /// A checkpoint cannot be read, or is not signed as it must be.
        case checkpointChanged(number: Int64)
        /// Checkpoints with these numbers were taken away.
        case checkpointsDeleted(ClosedRange<Int64>)
        /// No checkpoint holds these records, and one must: they were put in, or it was taken away.
        case unsealed(ClosedRange<Int64>)
        /// What is kept of the tree to go on with does not fit the records.
        case treeChanged
        /// What is kept of records that were dropped does not fit.
        case segmentChanged(number: Int64)
        /// A note kept elsewhere has this gateway's name, and a signature that is wrong.
        case keptNoteChanged(source: String)
    }

    /// By what it is known that another key signs now.
    package enum KeyEvidence: Hashable, Sendable {
        /// The public key that was kept elsewhere.
        case keptKey
        /// These checkpoints here.
        case checkpoints(ClosedRange<Int64>)
        /// A checkpoint that was kept elsewhere.
        case keptCheckpoint(source: String)
    }

    package struct Witness: Hashable, Sendable {
        package let sequence: Int64
        /// UTC, as the record writes it.
        package let time: String
        package let device: String
        package let action: String
    }

    /// What became of a checkpoint that was kept elsewhere.
    package struct Comparison: Hashable, Sendable {
        package enum Verdict: String, Hashable, Sendable {
            /// The records up to there are those that it was made of.
            case agrees
            /// Those records were dropped since; a checkpoint kept here says the same.
            case agreesWithKept = "agrees-with-kept"
            /// Those records were dropped since, and nothing here says what they were.
            case dropped
            /// Records before its end are missing here, so that nothing can be compared.
            case unknown
            case differs
            /// It speaks of more records than there are.
            case ahead
            /// Another key signed it.
            case otherKey = "other-key"
            case badSignature = "bad-signature"
        }

        package let source: String
        package let size: Int64
        package let verdict: Verdict
    }
}

extension Verification.Kind {
    /// A name for programs, which stays.
    package var name: String {
        switch self {
        case .changed: "changed"
        case .hashChanged: "hash-changed"
        case .deleted: "deleted"
        case .cutOff: "cut-off"
        case .inserted: "inserted"
        case .swapped: "swapped"
        case .rewritten: "rewritten"
        case .rewrittenWithKey: "rewritten-with-key"
        case .rolledBack: "rolled-back"
        case .keyReplaced: "key-replaced"
        case .checkpointChanged: "checkpoint-changed"
        case .checkpointsDeleted: "checkpoints-deleted"
        case .unsealed: "unsealed"
        case .treeChanged: "tree-changed"
        case .segmentChanged: "segment-changed"
        case .keptNoteChanged: "kept-note-changed"
        }
    }

    /// The records it is about; of checkpoints and segments their numbers.
    package var range: ClosedRange<Int64>? {
        switch self {
        case .changed(let range), .hashChanged(let range), .deleted(let range), .inserted(let range),
            .rewritten(let range), .rewrittenWithKey(let range), .unsealed(let range), .checkpointsDeleted(let range),
            .keyReplaced(.checkpoints(let range)):
            range
        case .cutOff(let last, let expected), .rolledBack(let last, let expected):
            last < expected ? last + 1...expected : nil
        case .swapped(let numbers): numbers.min().flatMap { first in numbers.max().map { first...$0 } }
        case .checkpointChanged(let number), .segmentChanged(let number): number...number
        case .keyReplaced(.keptKey), .keyReplaced(.keptCheckpoint), .treeChanged, .keptNoteChanged: nil
        }
    }

    /// The file that shows it.
    package var source: String? {
        switch self {
        case .keyReplaced(.keptCheckpoint(let source)), .keptNoteChanged(let source): source
        default: nil
        }
    }
}

extension VerifyingKey {
    /// SHA-256 of the key's octets, 64 hexadecimal digits.
    var fingerprint: String { SHA256.digest(of: self.octets).hexadecimal }
}
