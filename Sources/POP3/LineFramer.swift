import enum Linux.FindLine
package import struct NIOCore.ByteBuffer

/// Cuts what a peer sends into lines. A line ends with CRLF or, for lenience, LF alone; the end is not part of it.
///
/// A line longer than its limit is reported once and thrown away up to its LF, without being held. The owner asks for
/// `next` until it is nil whenever it can take a command, and stops reading the channel while `buffered` is large.
package struct LineFramer: Hashable, Sendable {
    /// What the next line is. The owner knows: it is `sasl` while a SASL dialogue waits for its response.
    package enum Mode: Hashable, Sendable {
        /// A command. One that begins with AUTH may carry an initial response, and so be as long as a SASL line.
        case command
        /// A SASL response (RFC 5034 §4 exempts it from the limit for commands).
        case sasl
        /// What a POP3 server answers: a status line, or a line of a list.
        case reply
        /// A line of a message's header, which nobody keeps short.
        case header
    }

    package enum Frame: Hashable, Sendable {
        case line([UInt8])
        case lineTooLong
    }

    /// The longest command, line end included. RFC 2449 §4 asks for 255 at least; long passwords are sent with PASS.
    package static let longestCommand = 1_024
    /// The longest AUTH command and SASL response, line end included: OAuth tokens take some KiB.
    package static let longestSASLLine = 65_536
    /// The longest answer, line end included: RFC 2449 §4 has 512, a unique-id or a greeting may exceed it.
    package static let longestReply = 2_048
    /// The longest line of a header, line end included.
    package static let longestHeaderLine = 262_144

    private var pending = ByteBuffer()
    /// Octets of `pending` that are known to hold no LF.
    private var searched = 0
    /// The rest of a line that was too long is being thrown away.
    private var discarding = false

    package init() {}

    /// Octets received and not yet taken.
    package var buffered: Int { self.pending.readableBytes }

    package mutating func receive(_ octets: ByteBuffer) {
        var octets = octets
        if self.discarding {
            guard let lineFeed = FindLine.lineFeed(in: octets.readableBytesSpan) else { return }
            octets.moveReaderIndex(forwardBy: lineFeed + 1)
            self.discarding = false
        }
        if self.pending.readableBytes == 0 {
            self.pending = octets
            self.searched = 0
        } else {
            self.pending.discardReadBytes()
            self.pending.writeImmutableBuffer(octets)
        }
    }

    /// The next line, or nil until more has come.
    package mutating func next(_ mode: Mode) -> Frame? {
        let limit = self.limit(mode)
        guard let lineFeed = FindLine.lineFeed(in: self.pending.readableBytesSpan, from: self.searched) else {
            self.searched = self.pending.readableBytes
            guard self.pending.readableBytes >= limit else { return nil }
            self.discarding = true
            self.pending = ByteBuffer()
            self.searched = 0
            return .lineTooLong
        }
        self.searched = 0
        guard lineFeed < limit else {
            self.pending.moveReaderIndex(forwardBy: lineFeed + 1)
            return .lineTooLong
        }
        guard var line = self.pending.readBytes(length: lineFeed + 1) else { return nil }
        line.removeLast()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return .line(line)
    }

    /// Hands over what has come and was not taken. After STLS there must be nothing: octets sent in clear ahead of the
    /// handshake could otherwise be taken for protected ones (RFC 2595 §4).
    package mutating func takeRest() -> ByteBuffer {
        defer { self = LineFramer() }
        return self.pending
    }

    private func limit(_ mode: Mode) -> Int {
        switch mode {
        case .sasl: return Self.longestSASLLine
        case .reply: return Self.longestReply
        case .header: return Self.longestHeaderLine
        case .command:
            let keyword = self.pending.readableBytesView.prefix(5)
            let isAuth = keyword.count == 5 && zip(keyword, "AUTH ".utf8).allSatisfy { $0.0.uppercased == $0.1 }
            return isAuth ? Self.longestSASLLine : Self.longestCommand
        }
    }
}

extension UInt8 {
    /// The octet, a lower-case ASCII letter made upper-case.
    var uppercased: UInt8 { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) ? self - 0x20 : self }
}
