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
        var stretches: [Stretch] = []
        var count = 0
        var octets: UInt64 = 0
        var position = 0
        // Rows need not be in order of position: after a change of UIDVALIDITY old rows stand among new ones.
        while position < snapshot.count {
            let start = position
            while let row = snapshot.number(at: position), !hidden.contains(row) { position += 1 }
            if position > start {
                stretches.append(Stretch(position: start, before: count, count: position - start))
                count += position - start
                octets &+= snapshot.octets(in: start..<position)
            }
            while let row = snapshot.number(at: position), hidden.contains(row) { position += 1 }
        }
        self.stretches = stretches
        self.count = count
        self.octets = octets
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
