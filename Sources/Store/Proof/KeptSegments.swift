import Foundation
import GRDB
import Gateway
import LibCrypto

/// What is kept of old records that were dropped: for each segment the tree behind its last record. What stands there is
/// believed because a signed checkpoint of the same size is kept, and a record names the root.
struct KeptSegments {
    struct Segment {
        let number: Int64
        let last: Int64
        /// Nil when it cannot be read.
        let log: MerkleLog?
    }

    let segments: [Segment]
    /// Numbers of those that do not fit what stands before them.
    let misfits: [Int64]

    init(_ database: Database) throws {
        var segments: [Segment] = []
        var misfits: [Int64] = []
        var known: [Range<UInt64>: MerkleHash] = [:]
        var end: Int64 = 0
        let rows = try Row.fetchCursor(database, sql: "SELECT number, first, last, edge FROM segment ORDER BY number")
        while let row = try rows.next() {
            let segment = Segment(number: row[0], last: row[2], log: Journal.log(size: row[2], edge: row[3]))
            var fits = segment.log != nil && (row[1] as Int64) == end &+ 1 && segment.last > end
            if let log = segment.log {
                // A subtree that two edges have in common has one hash.
                for (range, hash) in zip(log.edgeRanges, log.edge) {
                    if known.updateValue(hash, forKey: range).map({ $0 != hash }) == true { fits = false }
                }
            }
            if !fits { misfits.append(segment.number) }
            end = max(end, segment.last)
            segments.append(segment)
        }
        self.segments = segments
        self.misfits = misfits
    }

    /// The tree from which what is left goes on; empty when nothing was dropped.
    var start: MerkleLog { self.segments.last?.log ?? MerkleLog() }

    /// The number of the last record that was dropped.
    var end: Int64 { Int64(clamping: self.start.size) }

    func segment(endingAt size: Int64) -> Segment? { self.segments.last { $0.last == size } }

    /// Whether a record of dropping names the root of what was dropped last.
    func isNamed(in body: Data) -> Bool {
        let root = self.start.root(by: SHA256()).array.hexadecimal
        return body.range(of: Data(root.utf8)) != nil
    }
}
