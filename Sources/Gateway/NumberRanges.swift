/// A set of message row numbers (DESIGN section 3: dense per mailbox, from 1), as sorted ranges that neither touch nor
/// overlap. What a device has hidden is such a set: small even when it hides a hundred thousand messages.
package struct NumberRanges: Hashable, Sendable {
    /// In order; at least one number lies between two.
    package private(set) var ranges: [ClosedRange<UInt32>]

    package init() { self.ranges = [] }

    /// The numbers and ranges may come in any order, and overlap.
    package init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = self.ranges.last, Self.meets(last, range) else {
                self.ranges.append(range)
                continue
            }
            self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        }
    }

    package init(numbers: some Sequence<UInt32>) { self.init(numbers.map { $0...$0 }) }

    package var isEmpty: Bool { self.ranges.isEmpty }

    /// How many numbers are in the set.
    package var count: Int { self.ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 } }

    package func contains(_ number: UInt32) -> Bool {
        let position = self.firstRange(endingAtOrAfter: number)
        return position < self.ranges.count && self.ranges[position].contains(number)
    }

    package func union(_ other: NumberRanges) -> NumberRanges { NumberRanges(self.ranges + other.ranges) }

    package func subtracting(_ other: NumberRanges) -> NumberRanges {
        var left: [ClosedRange<UInt32>] = []
        for range in self.ranges {
            var next = range.lowerBound
            var used = false
            var position = other.firstRange(endingAtOrAfter: range.lowerBound)
            while position < other.ranges.count, other.ranges[position].lowerBound <= range.upperBound {
                let taken = other.ranges[position]
                if taken.lowerBound > next { left.append(next...(taken.lowerBound - 1)) }
                guard taken.upperBound < range.upperBound else {
                    used = true
                    break
                }
                next = max(next, taken.upperBound + 1)
                position += 1
            }
            if !used { left.append(next...range.upperBound) }
        }
        return NumberRanges(left)
    }

    package mutating func insert(_ number: UInt32) { self.insert(number...number) }

    /// Costs a search and, in the middle of many ranges, a move of those behind.
    package mutating func insert(_ range: ClosedRange<UInt32>) {
        let before = range.lowerBound == 0 ? 0 : range.lowerBound - 1
        let start = self.firstRange(endingAtOrAfter: before)
        var end = start
        var merged = range
        while end < self.ranges.count, Self.meets(merged, self.ranges[end]) {
            merged =
                min(
                    merged.lowerBound,
                    self.ranges[end].lowerBound
                )...max(merged.upperBound, self.ranges[end].upperBound)
            end += 1
        }
        self.ranges.replaceSubrange(start..<end, with: CollectionOfOne(merged))
    }

    /// Whether two ranges overlap or touch, so that they are one.
    private static func meets(_ left: ClosedRange<UInt32>, _ right: ClosedRange<UInt32>) -> Bool {
        UInt64(right.lowerBound) <= UInt64(left.upperBound) + 1
            && UInt64(left.lowerBound) <= UInt64(right.upperBound) + 1
    }

    private func firstRange(endingAtOrAfter number: UInt32) -> Int {
        var low = 0
        var high = self.ranges.count
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension NumberRanges: CustomStringConvertible {
    /// As the record writes it: `1:3,7`.
    package var description: String {
        self.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// Nil unless `text` is a list like `1:3,7`.
    package init?(_ text: String) {
        var ranges: [ClosedRange<UInt32>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: true) {
            let ends = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = ends.first.flatMap({ UInt32($0) }), let last = ends.last.flatMap({ UInt32($0) }),
                first <= last
            else { return nil }
            ranges.append(first...last)
        }
        self.init(ranges)
    }
}
