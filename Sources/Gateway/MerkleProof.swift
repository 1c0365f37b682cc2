/// Makes a proof while the leaves of a log pass by, from the first one or from a stored edge on: the log never lies in
/// memory as a whole.
package struct MerkleProof: Sendable {
    /// The subtrees whose roots are the proof, in its order; those of the leaves are disjoint.
    private let ranges: [Range<UInt64>]
    private var logs: [MerkleLog]
    /// Indices of `ranges`, by their first leaf; those behind `place` are still to come.
    private let order: [Int]
    private var place: Int
    private var next: UInt64

    /// That the leaf at `index` is in the log of the first `size` leaves (RFC 9162 §2.1.3.1). `start` is what is known of the
    /// leaves that will not pass by. Nil where the leaf does not stand between `start` and `size`.
    package static func inclusion(of index: UInt64, in size: UInt64, after start: MerkleLog) -> MerkleProof? {
        guard index >= start.size, index < size else { return nil }
        var ranges: [Range<UInt64>] = []
        var tree = 0..<size
        while tree.count > 1 {
            let (left, right) = Self.split(tree)
            ranges.append(left.contains(index) ? right : left)
            tree = left.contains(index) ? left : right
        }
        return MerkleProof(ranges.reversed(), after: start)
    }

    /// That the log of the first `oldSize` leaves is a beginning of that of `size` (RFC 9162 §2.1.4.1). Nil unless `oldSize`
    /// is from 1 to `size`, and where `start` does not hold what is needed: a part of it alone.
    package static func consistency(
        from oldSize: UInt64,
        to size: UInt64,
        after start: MerkleLog
    ) -> MerkleProof? {
        guard oldSize > 0, oldSize <= size else { return nil }
        var ranges: [Range<UInt64>] = []
        var tree = 0..<size
        while tree.upperBound != oldSize {
            let (left, right) = Self.split(tree)
            ranges.append(oldSize <= left.upperBound ? right : left)
            tree = oldSize <= left.upperBound ? left : right
        }
        // A subtree that is the whole old log is known to whoever holds its root.
        if tree.lowerBound > 0 { ranges.append(tree) }
        return MerkleProof(ranges.reversed(), after: start)
    }

    private init?(_ ranges: [Range<UInt64>], after start: MerkleLog) {
        var logs: [MerkleLog] = []
        let known = Array(zip(start.edgeRanges, start.edge))
        for range in ranges {
            let covered = range.lowerBound..<max(range.lowerBound, min(range.upperBound, start.size))
            let nodes = known.filter { $0.0.overlaps(covered) }
            guard nodes.allSatisfy({ covered.contains($0.0) }),
                let log = MerkleLog(size: UInt64(covered.count), edge: nodes.map(\.1))
            else { return nil }
            logs.append(log)
        }
        self.ranges = ranges
        self.logs = logs
        self.order = ranges.indices.sorted { ranges[$0].lowerBound < ranges[$1].lowerBound }
        self.place = 0
        self.next = start.size
    }

    /// The first leaf that is not in `start` comes first, and then each.
    package mutating func take(_ leaf: MerkleHash, by hasher: some MerkleHasher) {
        defer { self.next &+= 1 }
        while self.place < self.order.count, self.ranges[self.order[self.place]].upperBound <= self.next {
            self.place += 1
        }
        guard self.place < self.order.count else { return }
        let index = self.order[self.place]
        if self.ranges[index].contains(self.next) { self.logs[index].append(leaf, by: hasher) }
    }

    /// The proof; nil while leaves of it have not passed by.
    package func finish(by hasher: some MerkleHasher) -> [MerkleHash]? {
        guard zip(self.ranges, self.logs).allSatisfy({ UInt64($0.count) == $1.size }) else { return nil }
        return self.logs.map { $0.root(by: hasher) }
    }

    /// At the largest power of two that is smaller than the number of leaves, which is at least 2.
    private static func split(_ tree: Range<UInt64>) -> (left: Range<UInt64>, right: Range<UInt64>) {
        let count = tree.upperBound - tree.lowerBound
        let half = (UInt64(1) << 63) >> UInt64((count - 1).leadingZeroBitCount)
        return (tree.lowerBound..<tree.lowerBound + half, tree.lowerBound + half..<tree.upperBound)
    }
}
