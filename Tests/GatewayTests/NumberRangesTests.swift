import Gateway
import TestSupport
import Testing

@Suite("Sets of row numbers")
struct NumberRangesTests {
    @Test("behave as a set does, whatever the order", arguments: 0..<50 as Range<UInt64>)
    func laws(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ranges = NumberRanges()
        var set: Set<UInt32> = []
        for _ in 0..<60 {
            let first = UInt32.random(in: 0...40, using: &generator)
            let last = min(UInt32(40), first + UInt32.random(in: 0...3, using: &generator))
            ranges.insert(first...last)
            set.formUnion(first...last)
            if Bool.random(using: &generator) {
                let taken = UInt32.random(in: 0...40, using: &generator)
                ranges = ranges.subtracting(NumberRanges(numbers: [taken, taken &+ 2]))
                set.subtract([taken, taken &+ 2])
            }
            #expect((0...45).allSatisfy { ranges.contains($0) == set.contains($0) })
            #expect(ranges.count == set.count)
            #expect(ranges == NumberRanges(numbers: set))
            #expect(NumberRanges(ranges.description) == ranges)
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }

    @Test("hold the ends of the number range without a trap")
    func ends() {
        var ranges = NumberRanges(numbers: [0, .max])
        ranges.insert(.max - 1)
        #expect(ranges.description == "0,4294967294:4294967295")
        #expect(ranges.subtracting(NumberRanges([1...UInt32.max])).description == "0")
        #expect(ranges.union(NumberRanges([0...UInt32.max])).count == 4_294_967_296)
    }

    @Test("are not read from nonsense", arguments: ["x", "3:1", "1:2:3", "-1", "4294967296", "1;2"])
    func nonsense(text: String) { #expect(NumberRanges(text) == nil) }
}
