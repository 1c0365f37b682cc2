import Linux
import TestSupport
import Testing

@Suite("Secret, and the search for a line's end")
struct SecretTests {
    private static let text = Array("correct horse".utf8)

    private struct Holder {
        let name = "holder"
        let secret = Secret(SecretTests.text)
    }

    @Test("nothing prints a secret: not print, reflection, dump or interpolation")
    func neverPrinted() {
        let holder = Holder()
        var printed = "\(holder.secret) \(String(reflecting: holder.secret)) \(holder) \(String(reflecting: holder))"
        dump(holder, to: &printed)
        dump([holder.secret], to: &printed)
        print(holder.secret, Optional(holder.secret) as Any, to: &printed)
        #expect(printed.contains("•••"))
        #expect(!printed.contains("correct"))
        #expect(!printed.contains("99"), "not as octets either: c is 99")
        #expect(!printed.contains("0x"), "nor where it lies")
    }

    @Test("equal octets are equal secrets, and hash alike")
    func equality() {
        #expect(Secret(Self.text) == Secret(Self.text))
        #expect(Secret(Self.text).hashValue == Secret(Self.text).hashValue)
        #expect(Secret(Self.text) != Secret(Self.text.dropLast()))
        #expect(Secret([]) == Secret([]))
        for index in Self.text.indices {
            var other = Self.text
            other[index] ^= 1
            #expect(Secret(Self.text) != Secret(other))
        }
        #expect(Secret(Self.text).revealed { span in span.indices.map { span[$0] } } == Self.text)
    }

    @Test("wiping leaves zeros")
    func wiping() {
        var octets = Self.text
        wipe(&octets)
        #expect(octets == [UInt8](repeating: 0, count: Self.text.count))
        var none: [UInt8] = []
        wipe(&none)
        #expect(none.isEmpty)
    }

    @Test("the search finds what a loop finds, from every start", arguments: 0..<20 as Range<UInt64>)
    func search(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let octets = generator.octets(count: Int(seed) * 7, from: [0x0A, 0x0D, 0x61, 0, 0xFF])
        for start in -1...octets.count + 1 {
            let isInside = octets.indices.contains(start)
            let expected = isInside ? octets[start...].firstIndex(of: 0x0A) : nil
            #expect(FindLine.lineFeed(in: octets.span.bytes, from: start) == expected)
            let high = isInside ? octets[start...].firstIndex(of: 0xFF) : nil
            #expect(FindLine.octet(0xFF, in: octets.span.bytes, from: start) == high)
        }
    }
}
