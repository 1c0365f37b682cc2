import TestSupport
import Testing

@testable import Upstream

@Suite("Where bodies lie in the spool's file")
struct SpoolExtentsTests {
    @Test("the first hole that is long enough is taken, in whole blocks")
    func firstFit() {
        var extents = SpoolExtents(length: 10 * 4_096 + 17)
        #expect(extents.length == 40_960)
        let first = extents.allocate(4_097)
        let second = extents.allocate(0)
        let third = extents.allocate(4_096)
        #expect(first == 0..<8_192 && second == 8_192..<12_288 && third == 12_288..<16_384)
        #expect(extents.used == 16_384)
        extents.free(0..<8_192)
        #expect(extents.allocate(8_193) == 16_384..<28_672)
        #expect(extents.allocate(1) == 0..<4_096)
        extents.free(8_192..<12_288)
        #expect(extents.holes == [4_096..<12_288, 28_672..<40_960])
    }

    @Test("what does not fit finds no room, whatever it is", arguments: [40_961, .max, .max - 4_095])
    func tooLong(octets: Int) {
        var extents = SpoolExtents(length: 40_960)
        #expect(extents.allocate(octets) == nil)
        #expect(extents.allocate(40_960) == 0..<40_960 && extents.allocate(-1) == nil)
    }

    @Test("no length is no room", arguments: [0, -1, 4_095, .min])
    func none(length: Int) {
        var extents = SpoolExtents(length: length)
        #expect(extents.allocate(1) == nil && extents.used == 0)
    }

    @Test(
        "whatever is taken and freed, no octet has two owners, none is lost, and holes do not touch",
        arguments: 0..<20 as Range<UInt64>
    )
    func chance(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var extents = SpoolExtents(length: 64 * SpoolExtents.block)
        var taken: [Range<Int>] = []
        for _ in 0..<2_000 {
            if Bool.random(using: &generator), let index = taken.indices.randomElement(using: &generator) {
                extents.free(taken.remove(at: index))
            } else {
                let octets = Int.random(in: 0...(9 * SpoolExtents.block), using: &generator)
                let longest = extents.holes.map(\.count).max() ?? 0
                let extent = extents.allocate(octets)
                #expect((extent != nil) == (octets <= longest && longest > 0))
                if let extent {
                    #expect(extent.count >= octets && extent.count < octets + SpoolExtents.block || octets == 0)
                    taken.append(extent)
                }
            }
            let all = (taken + extents.holes).sorted { $0.lowerBound < $1.lowerBound }
            #expect(all.first?.lowerBound == 0 && all.last?.upperBound == extents.length)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            #expect(zip(extents.holes, extents.holes.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            #expect(extents.used == taken.reduce(0) { $0 + $1.count })
        }
        for extent in taken { extents.free(extent) }
        #expect(extents.holes == [0..<extents.length] && extents.used == 0)
    }
}

@Suite("What was asked for last")
struct RecencyListTests {
    @Test("is the newest; the oldest goes first")
    func order() {
        var list = RecencyList<Int, String>()
        for key in 1...4 { list.insert(key, "\(key)") }
        #expect(list.find(2) == "2" && list.find(9) == nil)
        list.insert(3, "three")
        #expect(list.keys == [3, 2, 4, 1])
        #expect(list.removeOldest()?.key == 1)
        #expect(list.remove(2) == "2" && list.remove(2) == nil)
        list.insert(5, "5")
        #expect(list.keys == [5, 3, 4] && list.count == 3)
        list.removeAll { $0 == 5 || $0 == 4 }
        #expect(list.removeOldest()?.value == "three" && list.removeOldest() == nil && list.keys == [])
    }

    @Test("is what a plain list says", arguments: 0..<10 as Range<UInt64>)
    func chance(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var list = RecencyList<Int, Int>()
        var model: [Int] = []
        for _ in 0..<2_000 {
            let key = Int.random(in: 0..<12, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                #expect(list.find(key) == (model.contains(key) ? key : nil))
                if model.contains(key) { model = [key] + model.filter { $0 != key } }
            case 1:
                #expect((list.remove(key) != nil) == model.contains(key))
                model.removeAll { $0 == key }
            case 2: #expect(list.removeOldest()?.key == model.popLast())
            default:
                list.insert(key, key)
                model = [key] + model.filter { $0 != key }
            }
            #expect(list.keys == model && list.count == model.count)
        }
    }
}
