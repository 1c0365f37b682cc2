import Gateway

/// Tells by the number that each record says of itself which rows stand where they do not belong: records were swapped,
/// or rows put in or taken out and those behind them numbered anew.
///
/// A row is in line when it is as far from its place as those before it. One that is not waits for the next: where that is
/// as far, all behind were moved; otherwise it alone is a stray.
struct RecordOrder {
    struct Entry {
        let position: Int64
        /// What it says of itself.
        let number: Int64
        let leaf: MerkleHash

        var shift: Int64 { self.number &- self.position }
    }

    /// More disorder than this is no list of single changes any more.
    private static let limit = 10_000

    private var shift: Int64 = 0
    /// The number that the next row in line has.
    private var next: Int64
    private var waiting: Entry?
    /// With the number that belongs to its place.
    private var strays: [(entry: Entry, place: Int64)] = []
    private var plan = RecordPlan()

    /// `start` records were dropped.
    init(after start: Int64) {
        self.next = start &+ 1
    }

    /// A record that says no number is taken to be in line.
    mutating func take(position: Int64, number: Int64?, leaf: MerkleHash) {
        let number = number ?? position &+ self.shift
        if self.waiting == nil, number &- position == self.shift {
            self.next = number &+ 1
            return
        }
        self.takeStray(Entry(position: position, number: number, leaf: leaf))
    }

    private mutating func takeStray(_ entry: Entry) {
        guard let waiting = self.waiting else {
            self.waiting = entry
            return
        }
        self.waiting = nil
        if entry.shift == self.shift {
            self.addStray(waiting)
        } else if entry.shift == waiting.shift {
            self.move(at: waiting)
        } else {
            self.addStray(waiting)
            self.waiting = entry
            return
        }
        self.next = entry.number &+ 1
    }

    private mutating func addStray(_ entry: Entry) {
        let place = entry.position &+ self.shift
        self.strays.append((entry, place))
        self.plan.isOverwhelmed = self.plan.isOverwhelmed || self.strays.count > Self.limit
        if self.plan.isOverwhelmed { self.strays.removeLast() }
        self.next = place &+ 1
    }

    /// From this row on all are as far from their places as it is.
    private mutating func move(at entry: Entry) {
        let extra = self.next &- entry.number
        if extra > 0 {
            // So many rows before it do not belong there: strays, or else rows that say the same numbers as those that follow.
            let inserted = self.strays.filter { $0.place >= entry.number }
            if !inserted.isEmpty {
                self.strays.removeLast(inserted.count)
                self.plan.inserted.formUnion(inserted.map(\.entry.position))
            } else if extra == 1 {
                self.plan.repeated[entry.position - 1] = entry.position
            } else if extra <= Int64(Self.limit) {
                self.plan.inserted.formUnion(entry.position - extra..<entry.position)
            } else {
                self.plan.isOverwhelmed = true
            }
        }
        self.shift = entry.shift
        self.plan.shifts.append((entry.position, self.shift))
        self.plan.isOverwhelmed = self.plan.isOverwhelmed || self.plan.shifts.count > Self.limit
    }

    /// What the rows are, once all have passed by.
    func finish() -> RecordPlan {
        var order = self
        if let last = order.waiting {
            let isFarBack = last.number < order.next &- 1
            if isFarBack || order.closesCircle(last) { order.addStray(last) } else { order.move(at: last) }
        }
        order.pairStrays()
        return order.plan
    }

    /// Whether this row and strays before it stand in each other's places.
    private func closesCircle(_ last: Entry) -> Bool {
        let place = last.position &+ self.shift
        var number = last.number
        for _ in self.strays {
            guard let stray = self.strays.last(where: { $0.place == number }) else { return false }
            number = stray.entry.number
            if number == place { return true }
        }
        return false
    }

    /// Strays that stand in each other's places were swapped; any other stands in the place of a record that is gone.
    private mutating func pairStrays() {
        let byPlace = Dictionary(self.strays.map { ($0.place, $0.entry) }) { first, _ in first }
        var done: Set<Int64> = []
        for (first, place) in self.strays where !done.contains(place) {
            var circle = [place]
            var entry = first
            while entry.number != place, let following = byPlace[entry.number], !circle.contains(entry.number) {
                circle.append(entry.number)
                entry = following
            }
            guard entry.number == place, circle.count > 1 else {
                self.plan.unknown.insert(first.position)
                continue
            }
            done.formUnion(circle)
            self.plan.swapped.append(circle.sorted())
            for number in circle {
                guard let entry = byPlace[number] else { continue }
                if let target = byPlace[entry.number] { self.plan.leaves[target.position] = entry.leaf }
            }
        }
    }
}

/// Where the rows of a disturbed record belong.
struct RecordPlan {
    /// From which position on numbers are so far from positions.
    var shifts: [(position: Int64, shift: Int64)] = []
    /// Positions of rows that do not belong there.
    var inserted: Set<Int64> = []
    /// Positions of two rows that say the same number; one of them does not belong there.
    var repeated: [Int64: Int64] = [:]
    /// Numbers of records that stand in each other's places, and the leaves that belong to these.
    var swapped: [[Int64]] = []
    var leaves: [Int64: MerkleHash] = [:]
    /// Positions of rows whose own record is gone.
    var unknown: Set<Int64> = []
    var isOverwhelmed = false

    var isEmpty: Bool {
        self.shifts.isEmpty && self.inserted.isEmpty && self.swapped.isEmpty && self.unknown.isEmpty
            && !self.isOverwhelmed
    }
}
