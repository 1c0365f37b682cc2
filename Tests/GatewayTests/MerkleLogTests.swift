import Gateway
import LibCrypto
import Testing

/// SHA-256 as the log wants it.
private final class Hasher: MerkleHasher {
    private let digest = SHA256()

    func update(_ octets: Span<UInt8>) { self.digest.update(octets) }
    func finish() -> MerkleHash { MerkleHash(self.digest.finalizeInPlace()) }
}

@Suite("The Merkle log (RFC 9162 §2.1)")
struct MerkleLogTests {
    /// The leaves and roots that the Certificate Transparency implementations test with.
    private static let published: [(leaf: String, root: String)] = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ]

    private static func octets(_ hex: String) -> [UInt8] {
        var rest = Substring(hex)
        var octets: [UInt8] = []
        while let octet = UInt8(rest.prefix(2), radix: 16) {
            octets.append(octet)
            rest = rest.dropFirst(2)
        }
        return octets
    }

    private let hasher = Hasher()

    private func leaves(_ count: Int) -> [MerkleHash] {
        (0..<count).map { self.hasher.leaf([UInt8(truncatingIfNeeded: $0), 7].span) }
    }

    private func log(_ leaves: some Sequence<MerkleHash>) -> MerkleLog {
        var log = MerkleLog()
        for leaf in leaves { log.append(leaf, by: self.hasher) }
        return log
    }

    // The standard's own definitions, on leaves that lie in memory.

    private func root(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        guard let first = leaves.first, leaves.count > 1 else { return leaves.first ?? self.hasher.finish() }
        let (left, right) = Self.split(leaves)
        return left.isEmpty ? first : self.hasher.node(self.root(left), self.root(right))
    }

    private func path(_ index: Int, _ leaves: ArraySlice<MerkleHash>) -> [MerkleHash] {
        guard leaves.count > 1 else { return [] }
        let (left, right) = Self.split(leaves)
        return index < left.count
            ? self.path(index, left) + [self.root(right)] : self.path(index - left.count, right) + [self.root(left)]
    }

    private func subproof(_ size: Int, _ leaves: ArraySlice<MerkleHash>, _ isWhole: Bool) -> [MerkleHash] {
        if size == leaves.count { return isWhole ? [] : [self.root(leaves)] }
        let (left, right) = Self.split(leaves)
        return size <= left.count
            ? self.subproof(size, left, isWhole) + [self.root(right)]
            : self.subproof(size - left.count, right, false) + [self.root(left)]
    }

    private static func split(_ leaves: ArraySlice<MerkleHash>) -> (ArraySlice<MerkleHash>, ArraySlice<MerkleHash>) {
        var power = 1
        while power << 1 < leaves.count { power <<= 1 }
        return (leaves.prefix(power), leaves.dropFirst(power))
    }

    @Test("has the published roots") func published() {
        var log = MerkleLog()
        let nothing = Self.octets("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(log.root(by: self.hasher).array == nothing)
        for (leaf, root) in Self.published {
            log.append(self.hasher.leaf(Self.octets(leaf).span), by: self.hasher)
            #expect(log.root(by: self.hasher).array == Self.octets(root))
        }
    }

    @Test("is the same however it is continued from what was stored") func stored() throws {
        var log = MerkleLog()
        for (index, leaf) in self.leaves(70).enumerated() {
            log.append(leaf, by: self.hasher)
            log = try #require(MerkleLog(size: log.size, edge: log.edge))
            #expect(log.root(by: self.hasher) == self.root(self.leaves(index + 1)[...]))
            #expect(log.edgeRanges.count == log.edge.count && log.edgeRanges.last?.upperBound == log.size)
        }
        #expect(MerkleLog(size: 3, edge: self.leaves(1)) == nil)
        #expect(MerkleHash([1, 2, 3]) == nil && MerkleHash([UInt8](repeating: 1, count: 33)) == nil)
    }

    @Test("proves each leaf as the standard says, from whatever part of it is left, and nothing else")
    func inclusion() throws {
        for size in 1...20 {
            let leaves = self.leaves(size)
            let root = self.root(leaves[...])
            for index in 0..<size {
                let wanted = self.path(index, leaves[...])
                for dropped in 0...index {
                    let start = self.log(leaves[..<dropped])
                    var proof = try #require(
                        MerkleProof.inclusion(of: UInt64(index), in: UInt64(size), after: start)
                    )
                    for leaf in leaves[dropped..<(size - 1)] { proof.take(leaf, by: self.hasher) }
                    #expect(index == size - 1 || proof.finish(by: self.hasher) == nil)
                    // One more leaf than is wanted does no harm.
                    for leaf in [leaves[size - 1], root] { proof.take(leaf, by: self.hasher) }
                    #expect(proof.finish(by: self.hasher) == wanted)
                }
                func verifies(_ leaf: MerkleHash, _ index: Int, _ proof: [MerkleHash]) -> Bool {
                    MerkleLog.verifiesInclusion(
                        of: leaf,
                        at: UInt64(index),
                        size: UInt64(size),
                        root: root,
                        proof: proof,
                        by: self.hasher
                    )
                }
                #expect(verifies(leaves[index], index, wanted))
                #expect(!verifies(self.hasher.leaf([1].span), index, wanted))
                #expect(size == 1 || !verifies(leaves[index], (index + 1) % size, wanted))
                #expect(!verifies(leaves[index], index, wanted + [root]))
                if !wanted.isEmpty { #expect(!verifies(leaves[index], index, Array(wanted.dropLast()))) }
                #expect(
                    MerkleProof.inclusion(of: UInt64(index), in: UInt64(size), after: self.log(leaves[...index]))
                        == nil
                )
            }
            #expect(MerkleProof.inclusion(of: UInt64(size), in: UInt64(size), after: MerkleLog()) == nil)
        }
    }

    @Test("proves as the standard says that an older log is a beginning of a newer one, where enough of it is left")
    func consistency() throws {
        for size in 1...20 {
            let leaves = self.leaves(size)
            for older in 1...size {
                let wanted = self.subproof(older, leaves[...], true)
                for dropped in 0...size {
                    let start = self.log(leaves[..<dropped])
                    var proof = MerkleProof.consistency(from: UInt64(older), to: UInt64(size), after: start)
                    for leaf in leaves[dropped...] { proof?.take(leaf, by: self.hasher) }
                    // What was dropped behind the older log has left hashes that reach across its end, or has not.
                    #expect(dropped > older || proof != nil)
                    if let proof { #expect(proof.finish(by: self.hasher) == wanted) }
                }
                func verifies(_ oldRoot: MerkleHash) -> Bool {
                    MerkleLog.verifiesConsistency(
                        from: UInt64(older),
                        oldRoot: oldRoot,
                        to: UInt64(size),
                        newRoot: self.root(leaves[...]),
                        proof: wanted,
                        by: self.hasher
                    )
                }
                #expect(verifies(self.root(leaves[..<older])))
                #expect(!verifies(self.hasher.leaf([2].span)))
            }
        }
        #expect(MerkleProof.consistency(from: 0, to: 3, after: MerkleLog()) == nil)
        #expect(MerkleProof.consistency(from: 4, to: 3, after: MerkleLog()) == nil)
    }
}
