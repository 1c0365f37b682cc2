/// Where bodies lie in one file of bounded length. Finds room first-fit, in whole blocks of the file system, so that
/// what is freed can be given back to it.
struct SpoolExtents: Hashable, Sendable {
    static let block = 4_096

    let length: Int
    /// In order, none touching another.
    private(set) var holes: [Range<Int>]
    /// Octets that are taken.
    private(set) var used = 0

    /// A rest that is no whole block is left unused.
    init(length: Int) {
        let length = max(0, length) / Self.block * Self.block
        self.length = length
        self.holes = length > 0 ? [0..<length] : []
    }

    /// Room for so many octets, one block at least; nil where no hole is long enough.
    mutating func allocate(_ octets: Int) -> Range<Int>? {
        guard octets <= self.length else { return nil }
        let wanted = max(1, (max(0, octets) - 1) / Self.block + 1) * Self.block
        guard let index = self.holes.firstIndex(where: { $0.count >= wanted }) else { return nil }
        let hole = self.holes[index]
        let extent = hole.lowerBound..<(hole.lowerBound + wanted)
        if extent.upperBound == hole.upperBound {
            self.holes.remove(at: index)
        } else {
            self.holes[index] = extent.upperBound..<hole.upperBound
        }
        self.used += wanted
        return extent
    }

    /// Takes back what `allocate` gave, once.
    mutating func free(_ extent: Range<Int>) {
        let index = self.place(of: extent)
        let before = index > 0 ? self.holes[index - 1] : nil
        let after = index < self.holes.count ? self.holes[index] : nil
        precondition(
            extent.lowerBound >= (before?.upperBound ?? 0) && extent.upperBound <= (after?.lowerBound ?? self.length),
            "an extent is freed once"
        )
        self.used -= extent.count
        switch (before?.upperBound == extent.lowerBound, after?.lowerBound == extent.upperBound) {
        case (true, true):
            self.holes[index - 1] = (before ?? extent).lowerBound..<(after ?? extent).upperBound
            self.holes.remove(at: index)
        case (true, false): self.holes[index - 1] = (before ?? extent).lowerBound..<extent.upperBound
        case (false, true): self.holes[index] = extent.lowerBound..<(after ?? extent).upperBound
        case (false, false): self.holes.insert(extent, at: index)
        }
    }

    /// The first hole behind `extent`.
    private func place(of extent: Range<Int>) -> Int {
        var (low, high) = (0, self.holes.count)
        while low < high {
            let middle = low + (high - low) / 2
            if self.holes[middle].lowerBound < extent.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
