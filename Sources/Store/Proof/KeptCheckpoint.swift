import Gateway
import LibCrypto

/// A checkpoint that was kept elsewhere: in a file of its own, or in a mail, a report or an export.
package struct KeptCheckpoint: Sendable {
    /// The file.
    package let source: String
    let note: SignedNote
    let checkpoint: Checkpoint

    package var size: Int64 { Int64(clamping: self.checkpoint.size) }

    /// All that stand in `text`, each once, by size. Mail programs and formats wrap what they carry: `KeptText` takes that
    /// away, and a signature that holds afterwards shows that nothing was lost.
    package static func find(in octets: [UInt8], source: String) -> [KeptCheckpoint] {
        var found: Set<SignedNote> = []
        var result: [KeptCheckpoint] = []
        for lines in KeptText.readings(of: octets) {
            for index in lines.indices {
                guard let note = self.note(lines, at: index), found.insert(note).inserted,
                    let checkpoint = Checkpoint(note)
                else { continue }
                result.append(KeptCheckpoint(source: source, note: note, checkpoint: checkpoint))
            }
        }
        return result.sorted { $0.checkpoint.size < $1.checkpoint.size }
    }

    /// The note whose third line is this one: a size before it, an empty line and a signature behind it, and before the
    /// size the name that signed. A mail program may have broken the signature's line at its last space.
    private static func note(_ lines: [Substring], at index: Int) -> SignedNote? {
        guard index >= 2, index + 2 < lines.count, lines[index + 1].isEmpty, Base64.decode(lines[index].utf8) != nil,
            UInt64(lines[index - 1]) != nil
        else { return nil }
        let whole = String(lines[index + 2])
        let joined = index + 3 < lines.count ? "\(whole) \(lines[index + 3])" : whole
        for line in [whole, joined] {
            guard let signature = SignedNote.signature(line), lines[index - 2].hasSuffix(signature.name) else {
                continue
            }
            return SignedNote("\(signature.name)\n\(lines[index - 1])\n\(lines[index])\n\n\(line)\n")
        }
        return nil
    }
}

/// Compares checkpoints that were kept elsewhere with the record, in order of their sizes.
struct KeptComparison {
    private let waiting: [KeptCheckpoint]
    private let sizes: Set<Int64>
    private var place = 0
    /// Roots that checkpoints kept here give for these sizes.
    private var roots: [Int64: MerkleHash] = [:]
    private(set) var answers: [Verification.Comparison] = []

    /// Those that `key` has not signed are answered at once.
    init(_ checkpoints: [KeptCheckpoint], key: VerifyingKey) {
        var waiting: [KeptCheckpoint] = []
        for checkpoint in checkpoints {
            if checkpoint.note.isSigned(by: key, name: checkpoint.checkpoint.origin) {
                waiting.append(checkpoint)
            } else {
                let hash = SignedNote.keyHash(checkpoint.checkpoint.origin, key)
                let isOther = !checkpoint.note.signatures.contains { $0.keyHash == hash }
                self.answers.append(
                    Verification.Comparison(
                        source: checkpoint.source,
                        size: checkpoint.size,
                        verdict: isOther ? .otherKey : .badSignature
                    )
                )
            }
        }
        self.waiting = waiting.sorted { $0.checkpoint.size < $1.checkpoint.size }
        self.sizes = Set(waiting.map(\.size))
    }

    func speaks(of size: Int64) -> Bool { self.sizes.contains(size) }

    mutating func note(_ root: MerkleHash, at size: Int64) {
        if self.speaks(of: size) { self.roots[size] = root }
    }

    /// The next one, when it speaks of at most `count` records.
    func next(upTo count: Int64) -> (size: Int64, root: [UInt8])? {
        guard self.place < self.waiting.count else { return nil }
        let kept = self.waiting[self.place]
        return kept.size <= count ? (kept.size, kept.checkpoint.root) : nil
    }

    mutating func answer(_ verdict: Verification.Comparison.Verdict) {
        guard self.place < self.waiting.count else { return }
        let kept = self.waiting[self.place]
        self.place += 1
        self.answers.append(Verification.Comparison(source: kept.source, size: kept.size, verdict: verdict))
    }

    /// For one of records that were dropped.
    mutating func compareWithKept() {
        guard self.place < self.waiting.count else { return }
        let kept = self.waiting[self.place]
        guard let root = self.roots[kept.size] else { return self.answer(.dropped) }
        self.answer(root.array == kept.checkpoint.root ? .agreesWithKept : .differs)
    }

    /// Those that speak of more records than there are.
    mutating func finish() {
        while self.place < self.waiting.count { self.answer(.ahead) }
    }
}
