import Gateway

/// Brings each row to the place in the tree that a plan gives it.
struct RecordPlacing {
    struct Entry {
        let position: Int64
        let hash: MerkleHash
        /// The hash that stands beside it; nil when that is none.
        let leaf: MerkleHash?
    }

    private let plan: RecordPlan
    /// How many records the tree knows.
    private let end: Int64
    private var shifts: ArraySlice<(position: Int64, shift: Int64)>
    private var shift: Int64 = 0
    /// A row whose number the next one says too.
    private var waiting: Entry?

    init(_ plan: RecordPlan, end: Int64) {
        self.plan = plan
        self.end = end
        self.shifts = plan.shifts[...]
    }

    mutating func place(_ entry: Entry, in walk: inout TreeWalk) {
        let position = entry.position
        while let next = self.shifts.first, next.position <= position {
            self.shift = next.shift
            self.shifts.removeFirst()
        }
        if self.plan.inserted.contains(position) {
            walk.findings.add(.inserted(position...position))
            return
        }
        if self.plan.repeated[position] != nil {
            self.waiting = entry
            return
        }
        let number = position &+ self.shift
        if let waiting = self.waiting {
            self.waiting = nil
            guard waiting.hash != entry.hash else {
                // A copy beside its original.
                walk.findings.add(.inserted(position...position))
                return walk.append(entry.hash, number: number)
            }
            let doubt = TreeWalk.Doubt.repeated(first: waiting.position, second: position)
            walk.append(entry.hash, orElse: waiting.hash, doubt, number: number)
        } else if self.plan.unknown.contains(position), number <= self.end {
            walk.findings.add(.changed(position...position))
            walk.append(entry.hash, number: number)
            walk.lose()
        } else if let leaf = self.plan.leaves[position] {
            walk.append(leaf, number: number)
        } else if entry.leaf == entry.hash {
            walk.append(entry.hash, number: number)
        } else {
            walk.append(entry.leaf ?? entry.hash, orElse: entry.hash, .hash(number: position), number: number)
        }
    }
}
