import NIOCore
import POP3
import Testing

@Suite("UniqueID and the lines of LIST and UIDL")
struct UniqueIDTests {
    @Test(
        "1 to 70 octets of 0x21 to 0x7E (RFC 1939 §7)",
        arguments: [
            ("", false), ("a", true), ("!~", true), (String(repeating: "x", count: 70), true),
            (String(repeating: "x", count: 71), false), ("a b", false), ("a\u{7F}", false), ("a\r\n", false),
            ("ü", false),
            ("\0", false),
        ]
    )
    func allowed(text: String, isAllowed: Bool) { #expect((UniqueID(text) != nil) == isAllowed) }

    @Test("one line a message, nothing after the last field")
    func lines() throws {
        var buffer = ByteBuffer()
        let longest = String(repeating: "u", count: 70)
        for (number, octets) in [(1, 0), (10, 9), (999, 1_000), (Int.max, UInt64.max)] as [(Int, UInt64)] {
            ListWriter.write(try #require(MessageNumber(number)), octets: octets, into: &buffer)
        }
        ListWriter.write(try #require(MessageNumber(7)), try #require(UniqueID("a.b")), into: &buffer)
        ListWriter.write(try #require(MessageNumber(Int.max)), try #require(UniqueID(longest)), into: &buffer)
        let expected = [
            "1 0", "10 9", "999 1000", "9223372036854775807 18446744073709551615", "7 a.b",
            "9223372036854775807 \(longest)", "",
        ]
        #expect(String(buffer: buffer) == expected.joined(separator: "\r\n"))
    }
}
