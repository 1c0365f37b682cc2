import Gateway
import LibCrypto

/// That one record is in the log: what a checker needs, with the gateway switched off.
package struct RecordProof: Sendable {
    /// The most that the proof's file has, in octets. Where the record's own octets fit in too, they stand in it.
    package static let limit = 2_000

    package let sequence: Int64
    /// The exact bytes that are hashed.
    package let record: [UInt8]
    let leaf: MerkleHash
    let path: [MerkleHash]
    let checkpoint: Checkpoint
    /// The checkpoint as it is signed.
    let note: String
    let key: VerifyingKey

    package var fingerprint: String { self.key.fingerprint }

    /// JSON, a line each member. `recordFile` names the file with the record's octets, where they have no room here.
    package func json(recordFile: String) -> (text: String, holdsRecord: Bool) {
        // Records are printable ASCII, so that the text is the octets.
        let whole = self.json(("record", .string(String(decoding: self.record, as: UTF8.self))))
        if whole.utf8.count <= Self.limit { return (whole, true) }
        return (self.json(("record_file", .string(recordFile))), false)
    }

    private func json(_ record: JSONValue.Member) -> String {
        let members: [JSONValue.Member] = [
            ("leavecopy_proof", .signed(1)), ("sequence", .signed(self.sequence)), record,
            ("index", .signed(self.sequence - 1)), ("leaf", Self.base64(self.leaf)),
            ("size", .unsigned(self.checkpoint.size)), ("path", .array(self.path.map(Self.base64))),
            ("checkpoint", .string(self.note)), ("key", .string(Base64.encode(self.key.octets))),
        ]
        let lines = members.map { member in
            String(decoding: JSONValue.object([member]).octets.dropFirst().dropLast(), as: UTF8.self)
        }
        return "{\(lines.joined(separator: ",\n"))}\n"
    }

    private static func base64(_ hash: MerkleHash) -> JSONValue { .string(Base64.encode(hash.array)) }
}

/// That the log of a checkpoint that was kept elsewhere is a beginning of the record as it is now (RFC 9162 §2.1.4).
package struct ConsistencyProof: Sendable {
    package let oldNote: String
    package let newNote: String
    package let oldSize: UInt64
    package let newSize: UInt64
    /// Base64.
    package let path: [String]
}
