import Foundation
import GRDB
import Gateway
import LibCrypto

/// A checkpoint as its row has it; nothing is checked yet.
struct StoredCheckpoint {
    let number: Int64
    let size: Int64
    let note: Data

    var text: String { String(decoding: self.note, as: UTF8.self) }
}

/// The checkpoints by size, one after the other: there may be as many as records.
final class CheckpointCursor {
    private let rows: RowCursor
    private(set) var next: StoredCheckpoint?

    init(_ database: Database) throws {
        self.rows = try Row.fetchCursor(
            database,
            sql: "SELECT number, size, CAST(note AS BLOB) FROM checkpoint ORDER BY size, number"
        )
        try self.advance()
    }

    func advance() throws {
        self.next = try self.rows.next().map { StoredCheckpoint(number: $0[0], size: $0[1], note: $0[2]) }
    }
}

/// How the checkpoints of one log and key begin: a note is compared octet by octet with what it must be, and only one that
/// is not so is taken apart.
struct CheckpointForm {
    private let key: VerifyingKey
    private var origin: [UInt8] = []
    /// From the empty line to the first letters of the signature, which hold most of the key's hash.
    private var signature: [UInt8] = []

    init(key: VerifyingKey) {
        self.key = key
    }

    /// Logs that were written under several names have notes of each.
    mutating func follow(_ origin: String) {
        self.origin = Array(origin.utf8)
        let hash = Base64.encode(SignedNote.keyHash(origin, self.key) + [0, 0]).utf8.prefix(5)
        self.signature = Array("\n\n\u{2014} \(origin) ".utf8) + hash
    }

    /// Whether `note` says that the log of `size` has `root`, with a signature that names the key. False also where that
    /// has to be looked at more closely.
    func matches(_ note: Data, size: Int64, root: MerkleHash) -> Bool {
        let root = Base64.encode(root.array).utf8
        let length = self.origin.count + self.signature.count + root.count + 2
        guard !self.origin.isEmpty, note.count > length else { return false }
        let octets = note.span
        var place = 0
        return Self.take(self.origin, octets, &place) && Self.take(CollectionOfOne(0x0A), octets, &place)
            && Self.take(String(size).utf8, octets, &place) && Self.take(CollectionOfOne(0x0A), octets, &place)
            && Self.take(root, octets, &place) && Self.take(self.signature, octets, &place)
    }

    private static func take(_ wanted: some Sequence<UInt8>, _ octets: Span<UInt8>, _ place: inout Int) -> Bool {
        for octet in wanted {
            guard place < octets.count, octets[place] == octet else { return false }
            place += 1
        }
        return true
    }
}
