/// UIDs as closed ranges, gathered one after the other. Servers list them in order, so that adding is cheap and what is
/// held is small; where they do not, the ranges are sorted once, when they are asked for.
struct UIDRanges: Hashable, Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var inOrder = true

    init() {}

    init(_ uids: some Sequence<UID>) {
        for uid in Set(uids.map(\.value)).sorted() { self.append(uid...uid) }
    }

    mutating func append(_ range: ClosedRange<UInt32>) {
        guard let last = self.ranges.last else {
            self.ranges.append(range)
            return
        }
        if range.lowerBound <= last.upperBound { self.inOrder = false }
        if self.inOrder, range.lowerBound - last.upperBound == 1 {
            self.ranges[self.ranges.count - 1] = last.lowerBound...range.upperBound
        } else {
            self.ranges.append(range)
        }
    }

    /// In order, none touching another.
    var sorted: [ClosedRange<UInt32>] {
        guard !self.inOrder else { return self.ranges }
        var merged: [ClosedRange<UInt32>] = []
        for range in self.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound || range.lowerBound - last.upperBound == 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// How many UIDs there are, each counted as often as it was told.
    var count: Int {
        self.ranges.reduce(0) { $0 + Int(clamping: $1.upperBound - $1.lowerBound) + 1 }
    }

    mutating func append(contentsOf other: UIDRanges) {
        for range in other.ranges { self.append(range) }
    }
}

/// Which UIDs a listing has told. As long as they rise, that is the highest and the ranges; only a server that jumps
/// about costs a set.
struct SeenUIDs: Hashable, Sendable {
    private var highest: UInt32 = 0
    private var ranges: [ClosedRange<UInt32>] = []
    private var scattered: Set<UInt32>?

    /// False if `uid` was told before.
    mutating func insert(_ uid: UInt32) -> Bool {
        if self.scattered != nil { return self.scattered?.insert(uid).inserted ?? false }
        guard uid <= self.highest else {
            if let last = self.ranges.last, uid - last.upperBound == 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...uid
            } else {
                self.ranges.append(uid...uid)
            }
            self.highest = uid
            return true
        }
        var all = Set<UInt32>()
        // Each was told by a line of its own, so the byte budget of a listing bounds this.
        for range in self.ranges { all.formUnion(range) }
        let inserted = all.insert(uid).inserted
        self.scattered = all
        return inserted
    }
}
