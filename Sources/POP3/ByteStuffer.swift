import enum Linux.FindLine
package import struct NIOCore.ByteBuffer

/// Makes a message fit for a multi-line reply, piece by piece as it comes: a dot at the start of a line, the first
/// octet of the message included, is doubled (RFC 1939 §3), a lone LF becomes CRLF, and `finish` ends the last line.
///
/// A lone CR stays as it is. Long stretches are handed on as slices of what came in, without a copy; short ones are
/// gathered, so that neither a message of dots nor one without CR makes a buffer of every line. The final dot is not
/// written here: whoever knows that the message came whole writes it.
package struct ByteStuffer: Hashable, Sendable {
    /// Octets delivered so far, as RFC 1939 §11 counts them: every line end as two, stuffing not at all.
    package private(set) var octets: UInt64 = 0

    private let replacesNUL: Bool
    private let addsBlankLine: Bool
    /// The first octet of the message counts as the start of a line.
    private var atLineStart = true
    private var lastWasCR = false
    /// Whether the empty line that ends the headers has gone by.
    private var pastHeaders = false
    /// Octets of the present line that came in earlier pieces; counted while in the headers.
    private var carried = 0

    /// - Parameters:
    ///   - replacesNUL: deliver 0x80 for NUL, which old clients take for the end of their text.
    ///   - addsBlankLine: give a message that has only headers the empty line after them. TOP always sends it
    ///     (RFC 1939 §7); after RETR, Outlook Express and Netscape need it.
    package init(replacesNUL: Bool = true, addsBlankLine: Bool = true) {
        self.replacesNUL = replacesNUL
        self.addsBlankLine = addsBlankLine
    }

    package mutating func stuff(_ piece: ByteBuffer) -> [ByteBuffer] {
        guard piece.readableBytes > 0 else { return [] }
        let piece = self.replacesNUL ? Self.withoutNUL(piece) : piece
        var output = Stretches(of: piece)
        let octets = piece.readableBytesUInt8Span
        if self.atLineStart, octets[0] == Self.dot { output.append(0..<1) }
        var start = 0
        var lineStart = 0
        var position = 0
        while let lineFeed = FindLine.lineFeed(in: octets.bytes, from: position) {
            let afterCR = lineFeed > 0 ? octets[lineFeed - 1] == Self.cr : self.lastWasCR
            self.endLine(length: lineFeed - lineStart + self.carried, afterCR: afterCR)
            position = lineFeed + 1
            lineStart = position
            if !afterCR {
                output.append(start..<lineFeed)
                output.append(Self.cr)
                self.octets &+= 1
                start = lineFeed
            }
            if position < octets.count, octets[position] == Self.dot {
                output.append(start..<position + 1)
                start = position
            }
        }
        output.append(start..<octets.count)
        self.octets &+= UInt64(octets.count)
        self.atLineStart = lineStart == octets.count
        self.lastWasCR = octets[octets.count - 1] == Self.cr
        self.carried = self.pastHeaders ? 0 : min(2, self.carried + octets.count - lineStart)
        return output.finish()
    }

    /// What is missing at the end of the message: its last CRLF, and the empty line after the headers.
    package mutating func finish() -> ByteBuffer {
        var end = ByteBuffer()
        if !self.atLineStart { end.writeString("\r\n") }
        if self.addsBlankLine || self.octets == 0, !self.pastHeaders { end.writeString("\r\n") }
        self.octets &+= UInt64(end.readableBytes)
        self.atLineStart = true
        self.lastWasCR = false
        self.pastHeaders = true
        return end
    }

    private mutating func endLine(length: Int, afterCR: Bool) {
        if length == (afterCR ? 1 : 0) { self.pastHeaders = true }
        self.carried = 0
    }

    private static let cr = UInt8(ascii: "\r")
    private static let dot = UInt8(ascii: ".")

    private static func withoutNUL(_ piece: ByteBuffer) -> ByteBuffer {
        guard var found = FindLine.octet(0, in: piece.readableBytesSpan) else { return piece }
        var changed = piece
        while true {
            changed.setInteger(0x80 as UInt8, at: changed.readerIndex + found)
            guard let next = FindLine.octet(0, in: piece.readableBytesSpan, from: found + 1) else { return changed }
            found = next
        }
    }
}

/// Gathers what goes out of one piece: long stretches as slices of it, short ones copied together.
private struct Stretches {
    /// Shorter than this, a copy costs less than a buffer of its own.
    private static let shortest = 512

    private let piece: ByteBuffer
    private var copied = ByteBuffer()
    private var output: [ByteBuffer] = []

    init(of piece: ByteBuffer) { self.piece = piece }

    mutating func append(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        guard let slice = self.piece.getSlice(at: self.piece.readerIndex + range.lowerBound, length: range.count) else {
            preconditionFailure("a stretch lies inside its piece")
        }
        if range.count < Self.shortest, range.count < self.piece.readableBytes {
            self.copied.writeImmutableBuffer(slice)
        } else {
            self.flush()
            self.output.append(slice)
        }
    }

    mutating func append(_ octet: UInt8) { self.copied.writeInteger(octet) }

    mutating func finish() -> [ByteBuffer] {
        self.flush()
        return self.output
    }

    private mutating func flush() {
        guard self.copied.readableBytes > 0 else { return }
        self.output.append(self.copied)
        self.copied = ByteBuffer()
    }
}
