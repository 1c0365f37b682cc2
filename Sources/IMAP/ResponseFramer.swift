package import struct NIOCore.ByteBuffer

/// Cuts what a mail server sends into responses, and streams the one thing that may be large: the literal of a
/// message's body (RFC 3501 §4.3). Everything else is held until it is whole, within limits, and each octet is looked
/// at once, however the octets are cut.
package struct ResponseFramer: Hashable, Sendable {
    /// Text of one response, literals not counted (I-60).
    static let maximumText = 65_536
    /// SEARCH answers with every UID in one line: a million of them fit.
    static let maximumSearch = 16_777_216
    /// A greeting is short (I-02).
    static let maximumGreeting = 8_192
    /// Literals other than a body's, of one response together.
    static let maximumLiterals = 65_536

    package enum Frame: Hashable, Sendable {
        /// A whole response. Where a body was streamed out of it, `bodyAt` is the place of its literal.
        case response(ByteBuffer, bodyAt: Int?)
        /// A body's literal begins; `head` is the response up to there.
        case bodyBegan(head: ByteBuffer, octets: UInt64)
        case bodyPiece(ByteBuffer)
        case bodyEnded
    }

    private enum State: Hashable, Sendable {
        case text
        /// A body, and what is still to come of it.
        case body(UInt64)
    }

    private var state = State.text
    /// What came and is not yet handed on: at most one response, between calls.
    private var pending = ByteBuffer()
    /// So many octets of `pending` are known not to end the response.
    private var looked = 0
    /// So many octets of `pending` are literals.
    private var literalOctets = 0
    /// The response up to its body's literal, once that was streamed.
    private var head: ByteBuffer?
    private var limit = Self.maximumGreeting

    package init() {}

    /// Nothing of a response has come that was not handed on.
    package var isEmpty: Bool { self.pending.readableBytes == 0 && self.head == nil && self.state == .text }

    /// The greeting has passed: longer responses may follow.
    package mutating func greeted() { self.limit = Self.maximumText }

    package mutating func append(_ octets: ByteBuffer) {
        if self.pending.readableBytes == 0 {
            self.pending = octets
        } else {
            if self.pending.readerIndex > 0 { self.pending = ByteBuffer(buffer: self.pending) }
            self.pending.writeImmutableBuffer(octets)
        }
    }

    /// The next frame, or nil when more octets are needed.
    package mutating func next() throws(ProtocolViolation) -> Frame? {
        switch self.state {
        case .text:
            return try self.nextOfText()
        case .body(0):
            self.state = .text
            return .bodyEnded
        case .body(let missing):
            let count = Int(clamping: min(missing, UInt64(clamping: self.pending.readableBytes)))
            guard count > 0, let piece = self.pending.readSlice(length: count) else {
                self.pending = ByteBuffer()
                return nil
            }
            self.state = .body(missing - UInt64(clamping: count))
            return .bodyPiece(piece)
        }
    }

    private mutating func nextOfText() throws(ProtocolViolation) -> Frame? {
        while let end = self.lineEnd() {
            let line = try LineEnd(self.pending.readableBytesUInt8Span, upTo: end, continuesFetch: self.head != nil)
            try self.checkLimit(upTo: end)
            switch line {
            case .response:
                return self.response(upTo: end)
            case .bodyLiteral(let start, let octets) where self.head == nil:
                return self.beginBody(literalAt: start, behind: end, octets: octets)
            case .bodyLiteral(_, let octets), .literal(let octets):
                guard octets <= UInt64(clamping: Self.maximumLiterals - self.literalOctets) else {
                    throw .literalTooLong
                }
                self.literalOctets += Int(clamping: octets)
                self.looked = end + Int(clamping: octets)
            }
        }
        try self.checkLimit(upTo: self.pending.readableBytes)
        return nil
    }

    /// The place behind the next LF, which no literal holds.
    private mutating func lineEnd() -> Int? {
        let (end, isFound) = Self.search(self.pending.readableBytesUInt8Span, from: self.looked)
        if isFound { return end }
        self.looked = end
        return nil
    }

    private static func search(_ octets: Span<UInt8>, from start: Int) -> (end: Int, isFound: Bool) {
        var index = start
        while index < octets.count {
            index += 1
            if octets[index - 1] == 0x0A { return (index, true) }
        }
        return (index, false)
    }

    private func checkLimit(upTo end: Int) throws(ProtocolViolation) {
        let text = end - self.literalOctets + (self.head?.readableBytes ?? 0)
        guard text > self.limit else { return }
        guard text <= Self.maximumSearch, self.limit == Self.maximumText, self.beginsSearch else { throw .lineTooLong }
    }

    private var beginsSearch: Bool {
        let octets = self.pending.readableBytesUInt8Span
        return octets.equal(0..<9, "* SEARCH ") || octets.equal(0..<10, "* ESEARCH ")
    }

    private mutating func response(upTo end: Int) -> Frame? {
        guard var response = self.pending.readSlice(length: end) else { return nil }
        self.forgetLine()
        guard var whole = self.head else { return .response(response, bodyAt: nil) }
        self.head = nil
        let place = whole.readableBytes
        whole.writeBuffer(&response)
        return .response(whole, bodyAt: place)
    }

    private mutating func beginBody(literalAt start: Int, behind end: Int, octets: UInt64) -> Frame? {
        guard let line = self.pending.readSlice(length: end),
            let head = line.getSlice(at: line.readerIndex, length: start)
        else { return nil }
        self.forgetLine()
        self.head = head
        self.state = .body(octets)
        return .bodyBegan(head: head, octets: octets)
    }

    private mutating func forgetLine() {
        self.looked = 0
        self.literalOctets = 0
        if self.pending.readableBytes == 0 { self.pending = ByteBuffer() }
    }
}
