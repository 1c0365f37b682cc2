import Gateway
import TestSupport
import Testing

@Suite("Matching a provider's messages to ours")
struct UniqueIDMatchingTests {
    private typealias Theirs = UniqueIDMatching.Theirs
    private typealias Ours = UniqueIDMatching.Ours

    private static func theirs(_ sizes: [UInt64]) -> [Theirs] {
        sizes.enumerated().map { Theirs(number: $0.offset + 1, size: $0.element, text: "t\($0.offset + 1)") }
    }

    private static func ours(_ sizes: [UInt32]) -> [Ours] {
        sizes.enumerated().map { Ours(row: UInt32($0.offset + 1), size: $0.element) }
    }

    @Test(
        "the walk stops where it is not certain any more",
        arguments: [
            ([1, 2, 3], [1, 2, 3], 3),
            ([], [1], 0),
            ([1], [], 0),
            ([1, 2, 3], [1, 2], 2),
            ([1, 2], [1, 2, 3], 2),
            // A message that only they have.
            ([1, 9, 2, 3], [1, 2, 3], 1),
            // Two neighbours of one size: not even the first is believed.
            ([1, 2, 2, 3], [1, 2, 2, 3], 1),
            ([2, 2], [2, 2], 0),
            ([1, 2, 1], [1, 2, 1], 3),
        ] as [([UInt64], [UInt32], Int)]
    )
    func walk(theirs: [UInt64], ours: [UInt32], count: Int) {
        #expect(UniqueIDMatching.walk(Self.theirs(theirs), Self.ours(ours)) == count)
    }

    @Test("the walk stops at a pair that contradicts what is known")
    func contradiction() {
        let (theirs, ours) = (Self.theirs([1, 2, 3]), Self.ours([1, 2, 3]))
        #expect(UniqueIDMatching.walk(theirs, ours, known: ["t1": 1, "t2": 2]) == 3)
        #expect(UniqueIDMatching.walk(theirs, ours, known: ["t2": 7]) == 1)
        #expect(UniqueIDMatching.walk(theirs, ours, known: ["gone": 3]) == 2)
    }

    @Test("a walk is looked at in three places")
    func samples() {
        #expect(UniqueIDMatching.samples(ofWalk: 0) == [])
        #expect(UniqueIDMatching.samples(ofWalk: 1) == [0])
        #expect(UniqueIDMatching.samples(ofWalk: 2) == [0, 1])
        #expect(UniqueIDMatching.samples(ofWalk: 9) == [0, 4, 8])
    }

    private static func theirs(_ all: [(UInt8, UInt64)]) -> [Theirs] {
        all.enumerated().map {
            Theirs(number: $0.offset + 1, size: $0.element.1, text: "t\($0.offset + 1)", key: [$0.element.0])
        }
    }

    private static func ours(_ all: [(UInt8, UInt32)]) -> [Ours] {
        all.enumerated().map { Ours(row: UInt32($0.offset + 1), size: $0.element.1, key: [$0.element.0]) }
    }

    private static func pairs(_ result: UniqueIDMatching.Result) -> [String: UInt32] {
        Dictionary(uniqueKeysWithValues: result.pairs.map { ($0.text, $0.row) })
    }

    @Test("headers pair in any order, and leave over what the other side does not have (U-19)")
    func anyOrder() {
        let result = UniqueIDMatching.byHeader(
            Self.theirs([(3, 30), (9, 1), (1, 10), (2, 22)]),
            Self.ours([(1, 11), (2, 20), (3, 30), (4, 1)])
        )
        #expect(Self.pairs(result) == ["t1": 3, "t3": 1, "t4": 2])
        #expect(result.collisions == 0)
    }

    @Test("copies of one message pair in order where there are as many of one size; else nothing does")
    func copies() {
        let same = UniqueIDMatching.byHeader(Self.theirs([(1, 5), (1, 5)]), Self.ours([(1, 5), (1, 5)]))
        #expect(Self.pairs(same) == ["t1": 1, "t2": 2])
        let sized = UniqueIDMatching.byHeader(Self.theirs([(1, 7)]), Self.ours([(1, 5), (1, 7)]))
        #expect(Self.pairs(sized) == ["t1": 2])
        let half = UniqueIDMatching.byHeader(Self.theirs([(1, 5), (1, 6)]), Self.ours([(1, 9), (1, 5)]))
        #expect(Self.pairs(half) == ["t1": 2])
        #expect(half.collisions == 1, "as many, but of other sizes")
        let single = UniqueIDMatching.byHeader(Self.theirs([(1, 5)]), Self.ours([(1, 9)]))
        #expect(Self.pairs(single) == ["t1": 1])
        let unclear = UniqueIDMatching.byHeader(Self.theirs([(1, 5), (1, 6)]), Self.ours([(1, 5), (1, 5), (1, 5)]))
        #expect(unclear.pairs.isEmpty)
        #expect(unclear.collisions == 2)
        let withoutKeys = UniqueIDMatching.byHeader([Theirs(number: 1, size: 1, text: "x")], [Ours(row: 1, size: 1)])
        #expect(withoutKeys == UniqueIDMatching.Result())
    }

    @Test(
        "random maildrops: no pair is wrong, and each message is paired at most once",
        arguments: 0..<50 as Range<UInt64>
    )
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // The truth: a message is its key; sizes repeat often.
        let truth = (0..<40).map { (UInt8($0), UInt32.random(in: 1...6, using: &generator)) }
        let ours = Self.ours(truth.filter { _ in Int.random(in: 0..<10, using: &generator) > 0 })
        let listed = truth.filter { _ in Int.random(in: 0..<10, using: &generator) > 0 }.shuffled(using: &generator)
        let theirs = Self.theirs(listed.map { ($0.0, UInt64($0.1)) })
        let result = UniqueIDMatching.byHeader(theirs, ours)
        let keys = Dictionary(uniqueKeysWithValues: ours.map { ($0.row, $0.key) })
        for pair in result.pairs {
            #expect(keys[pair.row] == theirs.first { $0.text == pair.text }?.key)
        }
        let both = Set(theirs.map(\.key)).intersection(ours.map(\.key)).count
        #expect(Set(result.pairs.map(\.row)).count == both && result.pairs.count == both)
    }
}
