import Gateway
import LibCrypto
import Testing

@Suite("The Merkle log (RFC 9162 §2.1)")
struct MerkleLogTests {
    private static let hash: MerkleLog.Hash = { SHA256.digest(of: $0) }

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

    private static func leaves(_ count: Int) -> [[UInt8]] {
        (0..<count).map { MerkleLog.leafHash(of: [UInt8(truncatingIfNeeded: $0), 7], hash: Self.hash) }
    }

    @Test("has the published roots") func published() {
        var log = MerkleLog(hash: Self.hash)
        #expect(log.root == Self.octets("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        for (leaf, root) in Self.published {
            log.append(leafHash: MerkleLog.leafHash(of: Self.octets(leaf), hash: Self.hash))
            #expect(log.root == Self.octets(root))
        }
    }

    @Test("is the same however it is continued from what was stored") func stored() throws {
        var log = MerkleLog(hash: Self.hash)
        for (index, leaf) in Self.leaves(70).enumerated() {
            log.append(leafHash: leaf)
            log = try #require(MerkleLog(size: log.size, edge: log.edge, hash: Self.hash))
            #expect(log.root == MerkleLog.root(of: Self.leaves(index + 1), hash: Self.hash))
        }
        #expect(MerkleLog(size: 3, edge: [[]], hash: Self.hash) == nil)
    }

    @Test("proves each leaf, and nothing else") func inclusion() throws {
        for size in 1...20 {
            let leaves = Self.leaves(size)
            let root = MerkleLog.root(of: leaves, hash: Self.hash)
            for index in 0..<size {
                let proof = try #require(MerkleLog.inclusionProof(of: index, in: leaves[...], hash: Self.hash))
                func verifies(_ leaf: [UInt8], _ index: Int, _ proof: [[UInt8]]) -> Bool {
                    MerkleLog.verifiesInclusion(
                        of: leaf,
                        at: UInt64(index),
                        size: UInt64(size),
                        root: root,
                        proof: proof,
                        hash: Self.hash
                    )
                }
                #expect(verifies(leaves[index], index, proof))
                #expect(!verifies(Self.hash([1]), index, proof))
                #expect(size == 1 || !verifies(leaves[index], (index + 1) % size, proof))
                #expect(!verifies(leaves[index], index, proof + [root]))
                if !proof.isEmpty { #expect(!verifies(leaves[index], index, Array(proof.dropLast()))) }
            }
            #expect(MerkleLog.inclusionProof(of: size, in: leaves[...], hash: Self.hash) == nil)
        }
    }

    @Test("proves that an older log is a beginning of a newer one") func consistency() throws {
        for size in 1...20 {
            let leaves = Self.leaves(size)
            for older in 1...size {
                let proof = try #require(MerkleLog.consistencyProof(from: older, in: leaves[...], hash: Self.hash))
                func verifies(_ oldRoot: [UInt8]) -> Bool {
                    MerkleLog.verifiesConsistency(
                        from: UInt64(older),
                        oldRoot: oldRoot,
                        to: UInt64(size),
                        newRoot: MerkleLog.root(of: leaves, hash: Self.hash),
                        proof: proof,
                        hash: Self.hash
                    )
                }
                #expect(verifies(MerkleLog.root(of: leaves[..<older], hash: Self.hash)))
                #expect(!verifies(Self.hash([2])))
            }
        }
        #expect(MerkleLog.consistencyProof(from: 0, in: Self.leaves(3)[...], hash: Self.hash) == nil)
        #expect(MerkleLog.consistencyProof(from: 4, in: Self.leaves(3)[...], hash: Self.hash) == nil)
    }
}
