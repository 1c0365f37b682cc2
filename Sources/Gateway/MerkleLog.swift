/// The state of an append-only Merkle tree (RFC 9162 §2.1): its size and the hashes of its right edge, from which the
/// root follows. The leaves themselves are kept elsewhere. The hash function is handed in.
package struct MerkleLog: Sendable {
    package typealias Hash = @Sendable ([UInt8]) -> [UInt8]

    package private(set) var size: UInt64
    /// The roots of the full subtrees the tree is made of, largest first: one for each bit set in `size`.
    package private(set) var edge: [[UInt8]]
    private let hash: Hash

    /// An empty log.
    package init(hash: @escaping Hash) {
        self.size = 0
        self.edge = []
        self.hash = hash
    }

    /// A log as it was stored. Nil unless `edge` has one hash for each bit set in `size`.
    package init?(size: UInt64, edge: [[UInt8]], hash: @escaping Hash) {
        guard edge.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.edge = edge
        self.hash = hash
    }

    /// Hash of a leaf: 0x00 before its octets (RFC 9162 §2.1.1).
    package static func leafHash(of octets: some Collection<UInt8>, hash: Hash) -> [UInt8] {
        var input: [UInt8] = [0]
        input.reserveCapacity(octets.count &+ 1)
        input.append(contentsOf: octets)
        return hash(input)
    }

    /// Hash of an inner node: 0x01 before its children (RFC 9162 §2.1.1).
    package static func nodeHash(_ left: [UInt8], _ right: [UInt8], hash: Hash) -> [UInt8] {
        hash([1] + left + right)
    }

    package mutating func append(leafHash: [UInt8]) {
        var node = leafHash
        var bits = self.size
        while bits & 1 == 1, let left = self.edge.popLast() {
            node = Self.nodeHash(left, node, hash: self.hash)
            bits >>= 1
        }
        self.edge.append(node)
        self.size &+= 1
    }

    /// The root; of an empty log the hash of nothing (RFC 9162 §2.1.1).
    package var root: [UInt8] {
        guard var node = self.edge.last else { return self.hash([]) }
        for left in self.edge.dropLast().reversed() { node = Self.nodeHash(left, node, hash: self.hash) }
        return node
    }
}

/// Proofs over the leaf hashes of a log, and their verification.
extension MerkleLog {
    /// The root over `leaves`.
    package static func root(of leaves: some Sequence<[UInt8]>, hash: @escaping Hash) -> [UInt8] {
        var log = MerkleLog(hash: hash)
        for leaf in leaves { log.append(leafHash: leaf) }
        return log.root
    }

    /// That the leaf at `index` is in the log of `leaves` (RFC 9162 §2.1.3.1). Nil outside.
    package static func inclusionProof(
        of index: Int,
        in leaves: ArraySlice<[UInt8]>,
        hash: @escaping Hash
    ) -> [[UInt8]]? {
        guard leaves.indices.contains(leaves.startIndex &+ index), index >= 0 else { return nil }
        guard leaves.count > 1 else { return [] }
        let split = leaves.startIndex &+ Self.split(leaves.count)
        let left = leaves[..<split]
        let right = leaves[split...]
        if index < left.count {
            return Self.inclusionProof(of: index, in: left, hash: hash).map { $0 + [Self.root(of: right, hash: hash)] }
        }
        return Self.inclusionProof(of: index - left.count, in: right, hash: hash)
            .map { $0 + [Self.root(of: left, hash: hash)] }
    }

    /// That the log of the first `size` leaves is a prefix of the log of `leaves` (RFC 9162 §2.1.4.1). Nil unless
    /// `size` is from 1 to the number of leaves.
    package static func consistencyProof(
        from size: Int,
        in leaves: ArraySlice<[UInt8]>,
        hash: @escaping Hash
    ) -> [[UInt8]]? {
        guard (1...max(1, leaves.count)).contains(size), size <= leaves.count else { return nil }
        return Self.subproof(size, leaves, whole: true, hash: hash)
    }

    private static func subproof(
        _ size: Int,
        _ leaves: ArraySlice<[UInt8]>,
        whole: Bool,
        hash: @escaping Hash
    ) -> [[UInt8]] {
        if size == leaves.count { return whole ? [] : [Self.root(of: leaves, hash: hash)] }
        let split = Self.split(leaves.count)
        let left = leaves[..<(leaves.startIndex &+ split)]
        let right = leaves[(leaves.startIndex &+ split)...]
        if size <= split {
            return Self.subproof(size, left, whole: whole, hash: hash) + [Self.root(of: right, hash: hash)]
        }
        return Self.subproof(size - split, right, whole: false, hash: hash) + [Self.root(of: left, hash: hash)]
    }

    /// The largest power of two smaller than `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        var power = 1
        while power << 1 < count { power <<= 1 }
        return power
    }

    /// Whether `proof` shows the leaf at `index` in the log of `size` with `root` (RFC 9162 §2.1.3.2).
    package static func verifiesInclusion(
        of leafHash: [UInt8],
        at index: UInt64,
        size: UInt64,
        root: [UInt8],
        proof: [[UInt8]],
        hash: Hash
    ) -> Bool {
        guard index < size else { return false }
        var position = index
        var last = size - 1
        var node = leafHash
        for step in proof {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                node = Self.nodeHash(step, node, hash: hash)
                while position & 1 == 0 && position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                node = Self.nodeHash(node, step, hash: hash)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && node == root
    }

    /// Whether `proof` shows that the log of `oldSize` is a prefix of that of `newSize` (RFC 9162 §2.1.4.2).
    package static func verifiesConsistency(
        from oldSize: UInt64,
        oldRoot: [UInt8],
        to newSize: UInt64,
        newRoot: [UInt8],
        proof: [[UInt8]],
        hash: Hash
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
                old = Self.nodeHash(step, old, hash: hash)
                new = Self.nodeHash(step, new, hash: hash)
                while position & 1 == 0 && position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                new = Self.nodeHash(new, step, hash: hash)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
