import NIOCore
import POP3
import TestSupport
import Testing

@Suite("LineFramer")
struct LineFramerTests {
    private static func frames(_ pieces: [[UInt8]], _ mode: LineFramer.Mode = .command) -> [LineFramer.Frame] {
        var framer = LineFramer()
        var frames: [LineFramer.Frame] = []
        for piece in pieces {
            framer.receive(ByteBuffer(bytes: piece))
            while let frame = framer.next(mode) { frames.append(frame) }
        }
        return frames
    }

    private static func line(_ text: String) -> LineFramer.Frame { .line(Array(text.utf8)) }

    @Test("CRLF and LF end a line, however the input is cut")
    func lineEnds() {
        let input = Array("USER a\r\n\r\nPASS b\nx\ry\r\r\nrest".utf8)
        let expected = ["USER a", "", "PASS b", "x\ry\r"].map(Self.line)
        for pieces in Cuts.usual(input) { #expect(Self.frames(pieces) == expected) }
    }

    @Test(
        "a command has its limit, one with AUTH and a SASL response another",
        arguments: [
            ("", LineFramer.Mode.command, LineFramer.longestCommand), ("auth ", .command, LineFramer.longestSASLLine),
            ("", .sasl, LineFramer.longestSASLLine), ("AUTHx", .command, LineFramer.longestCommand),
        ]
    )
    func limits(start: String, mode: LineFramer.Mode, limit: Int) {
        for (excess, fits) in [(-1, true), (0, true), (1, false), (70_000, false)] {
            let line = Array(start.utf8) + [UInt8](repeating: 0x78, count: limit + excess - 2 - start.utf8.count)
            let input = line + Array("\r\nNOOP\r\n".utf8)
            let expected = [fits ? .line(line) : .lineTooLong, Self.line("NOOP")]
            for cut in [0, 1, 5, limit - 1, limit, limit + excess - 1, input.count] {
                let pieces = [Array(input.prefix(cut)), Array(input.dropFirst(cut))]
                #expect(Self.frames(pieces, mode) == expected, "cut at \(cut)")
            }
        }
    }

    @Test("a line that never ends is reported once and not held")
    func endless() {
        var framer = LineFramer()
        var reported = 0
        for _ in 0..<1_000 {
            framer.receive(ByteBuffer(repeating: 0x78, count: 1_000))
            while let frame = framer.next(.command) {
                #expect(frame == .lineTooLong)
                reported += 1
            }
            #expect(framer.buffered <= 2_000)
        }
        #expect(reported == 1)
        framer.receive(ByteBuffer(string: "x\r\nNOOP\r\n"))
        #expect(framer.next(.command) == Self.line("NOOP"))
    }

    @Test("what was sent ahead of the handshake can be seen and taken")
    func rest() {
        var framer = LineFramer()
        framer.receive(ByteBuffer(string: "STLS\r\nUSER a\r\n"))
        #expect(framer.next(.command) == Self.line("STLS"))
        #expect(framer.buffered == 8)
        #expect(framer.takeRest() == ByteBuffer(string: "USER a\r\n"))
        #expect(framer.buffered == 0)
        #expect(framer.next(.command) == nil)
    }

    @Test("random octets give the same lines in any cut", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let input = generator.octets(count: 4_000, from: Array("A\r\n ".utf8))
        #expect(Self.frames([input]) == Self.frames(Cuts.random(input, longest: 300, using: &generator)))
    }
}
