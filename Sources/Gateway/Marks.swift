import struct POP3.MessageNumber

/// The messages that DELE has marked: a bit a message, so that tens of thousands of marks in any order are cheap.
struct Marks: Hashable, Sendable {
    private var words: [UInt64] = []
    private(set) var count = 0
    private(set) var octets: UInt64 = 0

    func contains(_ number: MessageNumber) -> Bool {
        let (word, bit) = (number.value - 1).quotientAndRemainder(dividingBy: 64)
        return self.words.indices.contains(word) && self.words[word] & (1 << UInt64(bit)) != 0
    }

    /// Marks a message that is not marked yet. `last` is the highest number there is.
    mutating func insert(_ number: MessageNumber, octets: UInt32, of last: Int) {
        if self.words.isEmpty { self.words = Array(repeating: 0, count: (last + 63) / 64) }
        let (word, bit) = (number.value - 1).quotientAndRemainder(dividingBy: 64)
        guard self.words.indices.contains(word), !self.contains(number) else { return }
        self.words[word] |= 1 << UInt64(bit)
        self.count += 1
        self.octets &+= UInt64(octets)
    }

    /// In order.
    var numbers: [Int] {
        var numbers: [Int] = []
        numbers.reserveCapacity(self.count)
        for (index, word) in self.words.enumerated() {
            var rest = word
            while rest != 0 {
                numbers.append(index * 64 + rest.trailingZeroBitCount + 1)
                rest &= rest - 1
            }
        }
        return numbers
    }
}
