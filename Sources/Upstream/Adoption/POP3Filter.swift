/// Reads what is about to leave for a provider's own POP3 service, and lets only looking pass: a parser of its own, which
/// knows nothing of the client in POP3 and shares no line with it. There is no RETR here, since some services delete what
/// was fetched (RFC 2449 §6.7), and no DELE.
///
/// Octets are held until a whole line stands and was understood; so nothing leaves of a command that is refused, and
/// nothing after it. Only the exact form that the product writes is let through.
package struct POP3Filter: OutboundFilter, Hashable, Sendable {
    /// The longest line: a SASL response with a long name and password.
    static let longestLine = 2_048
    /// Lines kept for one transcript.
    static let longestTranscript = 64

    private enum State: Hashable {
        case command
        /// The server must first say `+`, without OK.
        case awaitingChallenge
        /// It did: one line of base64.
        case response
        case closed
    }

    private var state = State.command
    /// A line that is not whole yet.
    private var held: [UInt8] = []
    /// The beginning of a line of the server.
    private var answer: [UInt8] = []
    private var lines: [String] = []

    package init() {}

    /// What has left since the last call, a line each, secrets cut out; the newest 64.
    package mutating func takeTranscript() -> [String] {
        defer { self.lines = [] }
        return self.lines
    }

    /// Judges what is to be written, in any cut.
    package mutating func check(_ octets: some Sequence<UInt8>) -> FilterVerdict {
        guard self.state != .closed else { return .refuse("closed") }
        var passed: [UInt8] = []
        for octet in octets {
            self.held.append(octet)
            let reason: String?
            if octet != 10 {
                reason = self.held.count > Self.longestLine ? "a line without end" : nil
            } else if self.held.dropLast().last != 13 {
                reason = "a bare line feed"
            } else {
                reason = self.lineEnded(Array(self.held.dropLast(2)))
                passed += self.held
                self.held = []
            }
            if let reason {
                self.state = .closed
                self.held = []
                return .refuse(reason)
            }
        }
        return .pass(passed)
    }

    /// Hears what the server sends: only to know whether it asked for a response.
    package mutating func heard(_ octets: some Sequence<UInt8>) {
        guard self.state == .awaitingChallenge else { return }
        for octet in octets {
            if octet != 10 {
                if self.answer.count < 4 { self.answer.append(octet) }
                continue
            }
            let isChallenge = self.answer.first == 0x2B && !self.answer.starts(with: "+OK".utf8)
            self.answer = []
            self.state = isChallenge ? .response : .command
            return
        }
    }

    /// Returns why the line is refused.
    private mutating func lineEnded(_ line: [UInt8]) -> String? {
        switch self.state {
        case .closed: return "closed"
        case .awaitingChallenge: return "octets before the server asked for the response"
        case .response:
            guard !line.isEmpty, line.allSatisfy(Self.isBase64) else { return "a SASL response that is not base64" }
            self.keep("•••")
            self.state = .command
            return nil
        case .command:
            guard let shown = Self.command(line) else { return "a command outside the vocabulary" }
            if shown == Self.authentication { self.state = .awaitingChallenge }
            self.keep(shown)
            return nil
        }
    }

    private static let authentication = "AUTH PLAIN"

    /// The command as the transcript shows it; nil when it is none of ours.
    private static func command(_ line: [UInt8]) -> String? {
        for word in ["CAPA", "STLS", "STAT", "LIST", "UIDL", "QUIT", Self.authentication]
        where line == Array(word.utf8) {
            return word
        }
        for word in ["USER", "PASS"] where line.starts(with: "\(word) ".utf8) {
            let argument = line.dropFirst(5)
            guard !argument.isEmpty, argument.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
            return "\(word) •••"
        }
        // The header of one message: a number without zeros before it, and no line of the body.
        guard line.starts(with: "TOP ".utf8), line.suffix(2) == [0x20, 0x30] else { return nil }
        let number = line.dropFirst(4).dropLast(2)
        guard (1...10).contains(number.count), number.first != 0x30,
            number.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return String(decoding: line, as: UTF8.self)
    }

    private static func isBase64(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        case _: false
        }
    }

    private mutating func keep(_ line: String) {
        if self.lines.count >= Self.longestTranscript { self.lines.removeFirst() }
        self.lines.append(line)
    }
}
