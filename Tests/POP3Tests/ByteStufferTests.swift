import NIOCore
import POP3
import TestSupport
import Testing

@Suite("ByteStuffer and TopLimiter")
struct ByteStufferTests {
    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
    private static let dot = UInt8(ascii: ".")

    /// The reference, octet by octet: what is delivered before stuffing.
    private static func delivered(_ message: [UInt8], nul: UInt8, blankLine: Bool) -> [UInt8] {
        var output: [UInt8] = []
        for octet in message {
            if octet == Self.lf, output.last != Self.cr { output.append(Self.cr) }
            output.append(octet == 0 ? nul : octet)
        }
        if !output.isEmpty, output.last != Self.lf { output += [Self.cr, Self.lf] }
        let hasBlank =
            output.starts(with: [Self.cr, Self.lf]) || Self.contains(output, [Self.cr, Self.lf, Self.cr, Self.lf])
        return output + (hasBlank || !(blankLine || output.isEmpty) ? [] : [Self.cr, Self.lf])
    }

    /// What a client makes of a multi-line reply (RFC 1939 §3).
    private static func unstuffed(_ wire: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var atLineStart = true
        for octet in wire {
            if atLineStart, octet == Self.dot {
                atLineStart = false
                continue
            }
            output.append(octet)
            atLineStart = octet == Self.lf
        }
        return output
    }

    private static func contains(_ octets: [UInt8], _ pattern: [UInt8]) -> Bool {
        octets.indices.contains { octets[$0...].starts(with: pattern) }
    }

    private static func stuffed(_ pieces: [[UInt8]], _ stuffer: ByteStuffer) -> (wire: [UInt8], octets: UInt64) {
        var stuffer = stuffer
        var wire: [UInt8] = []
        for piece in pieces { for part in stuffer.stuff(ByteBuffer(bytes: piece)) { wire += part.readableBytesView } }
        wire += stuffer.finish().readableBytesView
        return (wire, stuffer.octets)
    }

    /// TOP as it leaves: limited, then stuffed.
    private static func top(_ lines: Int, _ pieces: [[UInt8]]) -> (wire: [UInt8], hasEnough: Bool) {
        var limiter = TopLimiter(lines: lines)
        var stuffer = ByteStuffer()
        var wire: [UInt8] = []
        for piece in pieces {
            for part in stuffer.stuff(limiter.limit(ByteBuffer(bytes: piece))) { wire += part.readableBytesView }
        }
        return (wire + stuffer.finish().readableBytesView, limiter.hasEnough)
    }

    private static func agree(_ message: [UInt8], _ pieces: [[UInt8]]) -> Bool {
        let expected = Self.delivered(message, nul: 0x80, blankLine: true)
        let (wire, octets) = Self.stuffed(pieces, ByteStuffer())
        return Self.unstuffed(wire) == expected && octets == UInt64(expected.count)
            && !Self.contains([Self.lf] + wire, [Self.lf, Self.dot, Self.cr, Self.lf])
    }

    @Test("a client gets back every short message, in two pieces cut anywhere and octet by octet")
    func everyShortMessage() {
        for message in everyString(over: [Self.cr, Self.lf, Self.dot, 0x61, 0], upTo: 5) {
            for pieces in Cuts.usual(message) where !Self.agree(message, pieces) {
                Issue.record("\(message.pictures) cut as \(pieces.map(\.pictures))")
            }
        }
    }

    @Test("a client gets back short messages of line ends and dots, in every cut")
    func everyCut() {
        for message in everyString(over: [Self.cr, Self.lf, Self.dot], upTo: 6) {
            for pieces in Cuts.every(message) where !Self.agree(message, pieces) {
                Issue.record("\(message.pictures) cut as \(pieces.map(\.pictures))")
            }
        }
    }

    @Test(
        "both options off change nothing but line ends",
        arguments: ["", "a", "a\0b\r\n", "H: x\r\n", "a\n\nb", "\r"]
    )
    func options(text: String) {
        let message = Array(text.utf8)
        let (wire, octets) = Self.stuffed([message], ByteStuffer(replacesNUL: false, addsBlankLine: false))
        let expected = Self.delivered(message, nul: 0, blankLine: false)
        #expect(Self.unstuffed(wire) == expected)
        #expect(octets == UInt64(expected.count))
    }

    @Test(
        "the wire, octet by octet",
        arguments: [
            (".", "..\r\n\r\n"), ("..\r\n\r\n.", "...\r\n\r\n..\r\n"), ("", "\r\n"),
            ("a: b\r\n\r\nx\r", "a: b\r\n\r\nx\r\r\n"),
            ("a: b", "a: b\r\n\r\n"), ("\r\n.\r\n", "\r\n..\r\n"), ("\n.\n", "\r\n..\r\n"),
        ]
    )
    func wire(message: String, expected: String) {
        #expect(Self.stuffed([Array(message.utf8)], ByteStuffer()).wire.pictures == expected.pictures)
    }

    @Test("long messages with dots at every border agree with the reference", arguments: 0..<10 as Range<UInt64>)
    func long(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var message = Array("Subject: x\r\n\r\n".utf8)
        for _ in 0..<60 {
            message += generator.octets(count: Int.random(in: 0...900, using: &generator), from: Array(".ab\0".utf8))
            message +=
                [Array("\r\n".utf8), Array("\n".utf8), Array("\r\n.".utf8)].randomElement(using: &generator) ?? []
        }
        #expect(Self.agree(message, [message]))
        #expect(Self.agree(message, Cuts.random(message, longest: 4_000, using: &generator)))
        #expect(Self.agree(message, Cuts.random(message, longest: 20, using: &generator)))
    }

    @Test("a piece with nothing to change is handed on as it is")
    func noCopy() {
        var stuffer = ByteStuffer()
        let piece = ByteBuffer(string: String(repeating: "no dot here\r\n", count: 500))
        #expect(stuffer.stuff(piece) == [piece])
        let dotted = ByteBuffer(string: String(repeating: ".\n", count: 50_000))
        #expect(stuffer.stuff(dotted).count == 1, "short stretches are gathered")
    }

    @Test("TOP is a prefix of RETR, with the empty line and so many lines (RFC 1939 §7)")
    func topIsPrefix() {
        for message in everyString(over: [Self.cr, Self.lf, Self.dot, 0x61], upTo: 5) {
            let retr = Self.stuffed([message], ByteStuffer()).wire
            for lines in 0...3 {
                let whole = Self.top(lines, [message])
                let ok =
                    retr.starts(with: whole.wire) && Self.bodyLines(whole.wire) <= lines
                    && (Self.bodyLines(whole.wire) == lines || whole.wire == retr)
                if !ok { Issue.record("TOP \(lines) of \(message.pictures): \(whole.wire.pictures)") }
                for pieces in [Cuts.single(message)] where Self.top(lines, pieces).wire != whole.wire {
                    Issue.record("TOP \(lines) of \(message.pictures) depends on the cut")
                }
            }
        }
    }

    private static func bodyLines(_ wire: [UInt8]) -> Int {
        var lines = 0
        var inHeaders = true
        var line: [UInt8] = []
        for octet in wire {
            line.append(octet)
            guard octet == Self.lf else { continue }
            if !inHeaders { lines += 1 }
            if line == [Self.cr, Self.lf] { inHeaders = false }
            line = []
        }
        return lines
    }

    @Test("TOP says when it has enough, and never wraps")
    func enough() {
        let message = Array("H: x\r\n\r\n1\r\n2\r\n".utf8)
        #expect(Self.top(0, [message]) == (Array("H: x\r\n\r\n".utf8), true))
        #expect(Self.top(1, [message]) == (Array("H: x\r\n\r\n1\r\n".utf8), true))
        #expect(Self.top(2, [message]) == (message, true))
        #expect(Self.top(3, [message]) == (message, false))
        #expect(Self.top(Int.max, [message]) == (message, false))
        #expect(Self.top(Int.min, [message]) == (Array("H: x\r\n\r\n".utf8), true))
        #expect(Self.top(0, [Array("\r\nbody".utf8)]) == (Array("\r\n".utf8), true))
        #expect(Self.top(9, [Array("H: x".utf8)]) == (Array("H: x\r\n\r\n".utf8), false))
    }
}
