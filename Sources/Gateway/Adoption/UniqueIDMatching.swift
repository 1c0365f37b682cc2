/// Finds out which message of a provider's own POP3 service is which message of ours. Pure: sizes, keys and numbers in,
/// pairs out. What is not certain is not paired: a wrong pair would keep a message from a mail program for ever, a
/// missing one only brings it once more.
package enum UniqueIDMatching {
    /// A message as the provider's POP3 service lists it.
    package struct Theirs: Hashable, Sendable {
        package let number: Int
        package let size: UInt64
        package let text: String
        /// 16 octets of SHA-256 over `HeaderKey.canonical`; nil while it is not known, or where there is none.
        package var key: [UInt8]?

        package init(number: Int, size: UInt64, text: String, key: [UInt8]? = nil) {
            self.number = number
            self.size = size
            self.text = text
            self.key = key
        }
    }

    /// A message of ours.
    package struct Ours: Hashable, Sendable {
        /// The number of its row.
        package let row: UInt32
        package let size: UInt32
        package var key: [UInt8]?

        package init(row: UInt32, size: UInt32, key: [UInt8]? = nil) {
            self.row = row
            self.size = size
            self.key = key
        }
    }

    package struct Pair: Hashable, Sendable {
        package let text: String
        package let row: UInt32

        package init(text: String, row: UInt32) {
            self.text = text
            self.row = row
        }
    }

    package struct Result: Hashable, Sendable {
        package var pairs: [Pair] = []
        /// Messages of theirs whose header more messages have than can be told apart.
        package var collisions = 0

        package init() {}
    }

    /// Walks both lists side by side, theirs by number and ours by UID, as long as the sizes agree: how many of the first
    /// messages are the same. Stops at the first size that differs, before two neighbours of theirs that have the same
    /// size, since one of them could be missing on the other side, and at a pair that contradicts what is `known`.
    package static func walk(_ theirs: [Theirs], _ ours: [Ours], known: [String: UInt32] = [:]) -> Int {
        let texts = Dictionary(known.map { ($0.value, $0.key) }) { first, _ in first }
        for (position, (their, our)) in zip(theirs, ours).enumerated() {
            guard their.size == UInt64(our.size) else { return position }
            if position + 1 < theirs.count, theirs[position + 1].size == their.size { return position }
            if let row = known[their.text], row != our.row { return position }
            if let text = texts[our.row], text != their.text { return position }
        }
        return min(theirs.count, ours.count)
    }

    /// Where a walk is to be looked at before it is believed: its beginning, middle and end.
    package static func samples(ofWalk count: Int) -> [Int] {
        guard count > 0 else { return [] }
        return Set([0, count / 2, count - 1]).sorted()
    }

    /// Pairs messages by their headers, whatever the order and the number of messages on either side. Where several have
    /// the same header the size decides; as many of one header and one size on both sides are paired in order, since they
    /// are copies of one message. A header that each side has once is enough, whatever the sizes: some services
    /// count them otherwise.
    package static func byHeader(_ theirs: [Theirs], _ ours: [Ours]) -> Result {
        var result = Result()
        let ourGroups = Dictionary(grouping: ours.filter { $0.key != nil }) { $0.key }
        let theirGroups = Dictionary(grouping: theirs.filter { $0.key != nil }) { $0.key }
        for (key, group) in theirGroups.sorted(by: { ($0.value.first?.number ?? 0) < ($1.value.first?.number ?? 0) }) {
            guard let candidates = ourGroups[key] else { continue }
            self.pair(group, candidates, &result)
        }
        return result
    }

    /// All of these have one header.
    private static func pair(_ theirs: [Theirs], _ ours: [Ours], _ result: inout Result) {
        guard theirs.count > 1 || ours.count > 1 else { return self.pairInOrder(theirs, ours, &result) }
        let bySize = Dictionary(grouping: ours) { UInt64($0.size) }
        for (size, group) in Dictionary(grouping: theirs, by: \.size).sorted(by: { $0.key < $1.key }) {
            if let candidates = bySize[size], group.count == candidates.count {
                self.pairInOrder(group, candidates, &result)
            } else {
                result.collisions += group.count
            }
        }
    }

    private static func pairInOrder(_ theirs: [Theirs], _ ours: [Ours], _ result: inout Result) {
        let theirs = theirs.sorted { $0.number < $1.number }
        let ours = ours.sorted { $0.row < $1.row }
        for (their, our) in zip(theirs, ours) { result.pairs.append(Pair(text: their.text, row: our.row)) }
    }
}
