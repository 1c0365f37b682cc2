import struct POP3.MessageNumber

/// Which positions of a snapshot a device sees: stretches without a gap, in order, each with the message-number it
/// begins at. Found by binary search.
struct VisibleStretches: Hashable, Sendable {
    private struct Stretch: Hashable, Sendable {
        /// Counted from 0 in the snapshot.
        let position: Int
        /// Visible messages before this stretch.
        let before: Int
        var count: Int
    }

    private let stretches: [Stretch]
    /// Visible messages, and their octets.
    let count: Int
    let octets: UInt64

    init(of snapshot: MailboxSnapshot, hiding hidden: NumberRanges) {
        guard !hidden.ranges.isEmpty else {
            self.stretches = snapshot.count == 0 ? [] : [Stretch(position: 0, before: 0, count: snapshot.count)]
            self.count = snapshot.count
            self.octets = snapshot.octets(in: 0..<snapshot.count)
            return
        }
        var visible = Gathered()
        if snapshot.rowsAreInOrder {
            visible.gatherInOrder(snapshot, hiding: hidden)
        } else {
            visible.gather(snapshot, hiding: hidden)
        }
        self.stretches = visible.stretches
        self.count = visible.count
        self.octets = visible.octets
    }

    private struct Gathered {
        var stretches: [Stretch] = []
        var count = 0
        var octets: UInt64 = 0

        /// Each hidden range is a stretch of positions, found by binary search: costs by the ranges, not by the messages.
        mutating func gatherInOrder(_ snapshot: MailboxSnapshot, hiding hidden: NumberRanges) {
            var position = 0
            for range in hidden.ranges {
                let first = snapshot.firstPosition(ofRowsFrom: range.lowerBound)
                self.append(position..<max(position, first), snapshot)
                position =
                    range.upperBound == .max ? snapshot.count : snapshot.firstPosition(ofRowsFrom: range.upperBound + 1)
                if position >= snapshot.count { return }
            }
            self.append(position..<snapshot.count, snapshot)
        }

        /// After a change of UIDVALIDITY old rows stand among new ones: each is looked at.
        mutating func gather(_ snapshot: MailboxSnapshot, hiding hidden: NumberRanges) {
            var position = 0
            while position < snapshot.count {
                let start = position
                while let row = snapshot.number(at: position), !hidden.contains(row) { position += 1 }
                self.append(start..<position, snapshot)
                while let row = snapshot.number(at: position), hidden.contains(row) { position += 1 }
            }
        }

        private mutating func append(_ positions: Range<Int>, _ snapshot: MailboxSnapshot) {
            guard !positions.isEmpty else { return }
            self.stretches.append(Stretch(position: positions.lowerBound, before: self.count, count: positions.count))
            self.count += positions.count
            self.octets &+= snapshot.octets(in: positions)
        }
    }

    /// Where in the snapshot the message of that number stands; nil when there is none.
    func position(of number: MessageNumber) -> Int? {
        let index = number.value - 1
        guard index < self.count else { return nil }
        var low = 0
        var high = self.stretches.count
        while low < high {
            let middle = (low + high) / 2
            if self.stretches[middle].before <= index { low = middle + 1 } else { high = middle }
        }
        guard self.stretches.indices.contains(low - 1) else { return nil }
        let stretch = self.stretches[low - 1]
        return stretch.position + (index - stretch.before)
    }
}
