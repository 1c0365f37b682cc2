/// A hash in the tree of a log, kept in place: of a leaf, of a node, or of a whole log.
package struct MerkleHash: Hashable, Sendable {
    package static let length = 32

    package let octets: InlineArray<32, UInt8>

    package init(_ octets: InlineArray<32, UInt8>) {
        self.octets = octets
    }

    /// Nil unless there are 32.
    package init?(_ octets: some Collection<UInt8>) {
        guard octets.count == Self.length else { return nil }
        var iterator = octets.makeIterator()
        self.octets = InlineArray { _ in iterator.next() ?? 0 }
    }

    package var array: [UInt8] { self.octets.indices.map { self.octets[$0] } }

    package static func == (left: MerkleHash, right: MerkleHash) -> Bool { right.isEqual(to: left.octets.span) }

    package func isEqual(to octets: Span<UInt8>) -> Bool {
        guard octets.count == Self.length else { return false }
        var difference: UInt8 = 0
        for index in self.octets.indices { difference |= self.octets[index] ^ octets[index] }
        return difference == 0
    }

    package func hash(into hasher: inout Hasher) {
        for index in self.octets.indices { hasher.combine(self.octets[index]) }
    }
}

/// The hash function of a log, handed in: SHA-256. Takes octets in pieces; not for two threads at once.
package protocol MerkleHasher: AnyObject {
    func update(_ octets: Span<UInt8>)
    /// The hash of all pieces since the last call.
    func finish() -> MerkleHash
}

extension MerkleHasher {
    /// 0x00 before the octets of a leaf (RFC 9162 §2.1.1).
    package func leaf(_ octets: Span<UInt8>) -> MerkleHash {
        let prefix: InlineArray<1, UInt8> = [0]
        self.update(prefix.span)
        self.update(octets)
        return self.finish()
    }

    /// 0x01 before the children of a node (RFC 9162 §2.1.1).
    package func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        let prefix: InlineArray<1, UInt8> = [1]
        self.update(prefix.span)
        self.update(left.octets.span)
        self.update(right.octets.span)
        return self.finish()
    }
}
