/// The state of an append-only Merkle tree (RFC 9162 §2.1): its size and the hashes of its right edge, from which the
/// root follows. The leaves themselves are kept elsewhere. The hash function is handed in.
package struct MerkleLog: Hashable, Sendable {
    package private(set) var size: UInt64
    /// The roots of the full subtrees the tree is made of, largest first: one for each bit set in `size`.
    package private(set) var edge: [MerkleHash]

    /// An empty log.
    package init() {
        self.size = 0
        self.edge = []
    }

    /// A log as it was stored. Nil unless `edge` has one hash for each bit set in `size`.
    package init?(size: UInt64, edge: [MerkleHash]) {
        guard edge.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.edge = edge
    }

    package mutating func append(_ leaf: MerkleHash, by hasher: some MerkleHasher) {
        var node = leaf
        var bits = self.size
        while bits & 1 == 1, let left = self.edge.popLast() {
            node = hasher.node(left, node)
            bits >>= 1
        }
        self.edge.append(node)
        self.size &+= 1
    }

    /// The root; of an empty log the hash of nothing (RFC 9162 §2.1.1).
    package func root(by hasher: some MerkleHasher) -> MerkleHash {
        guard var node = self.edge.last else { return hasher.finish() }
        for left in self.edge.dropLast().reversed() { node = hasher.node(left, node) }
        return node
    }

    /// The leaves below each hash of the edge.
    package var edgeRanges: [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        var start: UInt64 = 0
        for bit in (0..<UInt64.bitWidth).reversed() where self.size >> UInt64(bit) & 1 == 1 {
            let end = start + 1 << UInt64(bit)
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }
}

/// Whether a proof holds.
extension MerkleLog {
    /// Whether `proof` shows the leaf at `index` in the log of `size` with `root` (RFC 9162 §2.1.3.2).
    package static func verifiesInclusion(
        of leaf: MerkleHash,
        at index: UInt64,
        size: UInt64,
        root: MerkleHash,
        proof: [MerkleHash],
        by hasher: some MerkleHasher
    ) -> Bool {
        guard index < size else { return false }
        var position = index
        var last = size - 1
        var node = leaf
        for step in proof {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                node = hasher.node(step, node)
                while position & 1 == 0 && position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                node = hasher.node(node, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && node == root
    }

    /// Whether `proof` shows that the log of `oldSize` is a prefix of that of `newSize` (RFC 9162 §2.1.4.2).
    package static func verifiesConsistency(
        from oldSize: UInt64,
        oldRoot: MerkleHash,
        to newSize: UInt64,
        newRoot: MerkleHash,
        proof: [MerkleHash],
        by hasher: some MerkleHasher
    ) -> Bool {
        guard oldSize > 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
        var path = proof[...]
        if oldSize.nonzeroBitCount == 1 { path = ([oldRoot] + proof)[...] }
        guard let first = path.popFirst() else { return false }
        var position = oldSize - 1
        var last = newSize - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        var old = first
        var new = first
        for step in path {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                old = hasher.node(step, old)
                new = hasher.node(step, new)
                while position & 1 == 0 && position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                new = hasher.node(new, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
