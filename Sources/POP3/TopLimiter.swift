import enum Linux.FindLine
package import struct NIOCore.ByteBuffer

/// Takes from a message what TOP sends (RFC 1939 §7): the headers, the empty line, and so many lines of the body. It
/// stands before the `ByteStuffer`, which also adds an empty line that the message does not have.
package struct TopLimiter: Hashable, Sendable {
    /// All has gone by that is wanted: the rest of the message need not be fetched.
    package private(set) var hasEnough = false

    /// Lines of the body still wanted.
    private var remaining: Int
    private var inHeaders = true
    /// Octets of the present header line that came in earlier pieces, 2 meaning 2 or more.
    private var carried = 0
    private var lastWasCR = false

    /// Nothing below 0 is taken for a number of lines: it counts as 0.
    package init(lines: Int) { self.remaining = max(0, lines) }

    /// The part of the piece that is wanted, as a slice of it; empty once there is enough.
    package mutating func limit(_ piece: ByteBuffer) -> ByteBuffer {
        guard !self.hasEnough, piece.readableBytes > 0 else { return ByteBuffer() }
        let octets = piece.readableBytesUInt8Span
        var lineStart = 0
        while let lineFeed = FindLine.lineFeed(in: octets.bytes, from: lineStart) {
            if self.inHeaders {
                let afterCR = lineFeed > 0 ? octets[lineFeed - 1] == UInt8(ascii: "\r") : self.lastWasCR
                self.inHeaders = lineFeed - lineStart + self.carried != (afterCR ? 1 : 0)
                self.carried = 0
            } else {
                self.remaining -= 1
            }
            lineStart = lineFeed + 1
            guard self.inHeaders || self.remaining > 0 else {
                self.hasEnough = true
                return piece.getSlice(at: piece.readerIndex, length: lineStart) ?? ByteBuffer()
            }
        }
        self.carried = min(2, self.carried + octets.count - lineStart)
        self.lastWasCR = octets[octets.count - 1] == UInt8(ascii: "\r")
        return piece
    }
}
