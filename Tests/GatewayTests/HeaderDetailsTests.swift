import Gateway
import NIOCore
import TestSupport
import Testing

@Suite("The details of a message")
struct HeaderDetailsTests {
    static let header =
        "Received: by a\r\n from b\r\nMESSAGE-ID: <1@a>\r\nfrom : A <a@b>\r\nSubject:  folded\r\n \tline \r\n"
        + "Subject: second\r\nDate: Mon\r\nX: y\r\n\r\nFrom: body\r\n"

    private func collect(_ pieces: [[UInt8]]) -> MessageDetails? {
        var collector = HeaderDetails()
        for piece in pieces { collector.collect(ByteBuffer(bytes: piece)) }
        return collector.details
    }

    @Test("are unfolded, the first of each, and taken from the header alone, however it is cut") func cuts() {
        let expected = MessageDetails(
            messageID: Array("<1@a>".utf8),
            from: Array("A <a@b>".utf8),
            subject: Array("folded \tline".utf8),
            date: Array("Mon".utf8)
        )
        for pieces in Cuts.usual(Array(Self.header.utf8)) { #expect(self.collect(pieces) == expected) }
        let lineFeeds = Array(Self.header.utf8).filter { $0 != 13 }
        for pieces in Cuts.usual(lineFeeds) { #expect(self.collect(pieces) == expected) }
    }

    @Test("are raw octets, 512 a field at most") func bounds() {
        let long = Array("Subject: ".utf8) + Array(repeating: 0xE9, count: 5_000) + Array("\r\n\r\n".utf8)
        #expect(self.collect([long])?.subject == Array(repeating: 0xE9, count: 512))
    }

    @Test("are not looked for beyond 64 KiB") func limit() {
        var collector = HeaderDetails()
        for _ in 0..<1_100 { collector.collect(ByteBuffer(string: "X: " + String(repeating: "y", count: 58) + "\r\n")) }
        #expect(collector.hasEnded)
        collector.collect(ByteBuffer(string: "Subject: late\r\n\r\n"))
        #expect(collector.details == nil)
    }

    @Test(
        "are none when there is no header",
        arguments: ["", "\r\n", "\r\nSubject: a\r\n", "no colon\r\n\r\n", " \r\n"]
    )
    func none(text: String) { #expect(self.collect([Array(text.utf8)]) == nil) }

    @Test("are taken from noise without a trap", arguments: 0..<100 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("subject:from \t\r\n\0".utf8) + [0xFF]
        let octets = generator.octets(count: 2_000, from: alphabet)
        let whole = self.collect([octets])
        #expect(self.collect(Cuts.random(octets, longest: 9, using: &generator)) == whole)
    }
}
