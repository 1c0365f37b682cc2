/// Finds what somebody meant who wrote a key that does not exist.
enum NearestKey {
    /// The candidate with the fewest edits, at most two or a third of the letters; nil when none is near.
    static func find(_ written: String, among candidates: [String]) -> String? {
        let plain = self.folded(written)
        let limit = max(2, plain.count / 3)
        let scored = candidates.map { (distance: self.distance(plain, self.folded($0)), name: $0) }
        guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.distance < max(plain.count, 1) ? best.name : nil
    }

    /// Case and the choice between `_` and `-` are the commonest slips, and cost nothing.
    private static func folded(_ text: String) -> [UInt8] {
        text.lowercased().utf8.prefix(64).map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
    }

    /// Insertions, deletions, replacements and swaps of neighbours between the two (restricted Damerau-Levenshtein).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last.last ?? left.count
    }
}
