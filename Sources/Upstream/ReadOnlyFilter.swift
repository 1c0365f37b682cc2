/// Reads what is about to leave for the mail server, and lets only reading pass (DESIGN promise 1): a parser of its own,
/// which knows nothing of the encoder in IMAP and shares no line with it.
///
/// Octets are held until a whole line stands and was understood; so nothing leaves of a command that is refused, and
/// nothing after it. Only the exact form that the product writes is let through: upper case, single spaces.
package struct ReadOnlyFilter: OutboundFilter, Hashable, Sendable {
    /// The longest line, literals apart: an access token of 8 KiB with its name, in base64 (I-63: all else is far shorter).
    static let longestLine = 16_384
    /// The longest literal: a name or a password.
    static let longestLiteral = 4096
    /// Lines kept for one transcript.
    static let longestTranscript = 64

    private enum State: Hashable {
        /// A command begins with the next octet.
        case command
        /// The server must first say `+`: for a literal of LOGIN, or for a SASL response.
        case awaiting(tag: [UInt8], then: Permission)
        /// `+` was said: the next response, or `*`.
        case response(tag: [UInt8], GuardedSASL)
        /// The literal and the rest of its LOGIN come.
        case literal(LoginLine, missing: Int)
        case closed
    }

    private enum Permission: Hashable {
        case response(GuardedSASL)
        case literal(LoginLine, length: Int)
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
        var passed: [UInt8] = []
        for octet in octets {
            if let reason = self.take(octet, passed: &passed) {
                self.state = .closed
                self.held = []
                return .refuse(reason)
            }
        }
        return .pass(passed)
    }

    /// Hears what the server sends: only to know when it says `+`, or that it answered.
    package mutating func heard(_ octets: some Sequence<UInt8>) {
        guard case .awaiting = self.state else { return }
        for octet in octets {
            if octet == UInt8(ascii: "\n") {
                self.hear(self.answer)
                self.answer = []
                guard case .awaiting = self.state else { return }
            } else if self.answer.count <= 64 {
                self.answer.append(octet)
            }
        }
    }

    private mutating func hear(_ line: [UInt8]) {
        guard case .awaiting(let tag, let permission) = self.state else { return }
        if line.first == UInt8(ascii: "+") {
            switch permission {
            case .response(let sasl): self.state = .response(tag: tag, sasl)
            case .literal(let login, let length): self.state = .literal(login, missing: length)
            }
        } else if line.starts(with: tag + [UInt8(ascii: " ")]) {
            self.state = .command
        }
    }

    /// Takes one octet; what is whole is added to `passed`. Returns why it is refused.
    private mutating func take(_ octet: UInt8, passed: inout [UInt8]) -> String? {
        switch self.state {
        case .closed: return "closed"
        case .awaiting(_, .literal): return "octets before the server asked for the literal"
        case .literal(let login, let missing) where missing > 0:
            guard octet != 0, octet != 10, octet != 13 else { return "a line break inside a literal" }
            self.held.append(octet)
            self.state = .literal(login, missing: missing - 1)
            return nil
        case .command, .literal, .awaiting(_, .response), .response: break
        }
        self.held.append(octet)
        guard octet == 10 else {
            return self.held.count > Self.longestLine + Self.longestLiteral ? "a line without end" : nil
        }
        guard self.held.dropLast().last == 13 else { return "a bare line feed" }
        if let reason = self.lineEnded(Array(self.held.dropLast(2))) { return reason }
        passed += self.held
        self.held = []
        return nil
    }

    private mutating func lineEnded(_ line: [UInt8]) -> String? {
        switch self.state {
        case .closed, .awaiting(_, .literal): return "closed"
        case .command: return self.commandEnded(line)
        case .awaiting(let tag, .response):
            // The client gives up without an answer: it may say good-bye, and nothing else.
            guard line.count > 7, line.suffix(7) == Array(" LOGOUT".utf8), !line.starts(with: tag + [32]) else {
                return "octets before the server asked for the response"
            }
            return self.commandEnded(line)
        case .response(let tag, var sasl):
            guard line == Array("*".utf8) || sasl.take(line) else { return "a SASL response that has no place here" }
            self.keep("•••")
            self.state = .awaiting(tag: tag, then: .response(sasl))
            return nil
        case .literal(var login, _):
            // The literal itself was checked octet by octet: what stands behind it goes on with the LOGIN.
            let step = login.goOn(with: line)
            return self.loginEnded(step, of: login)
        }
    }

    private mutating func commandEnded(_ line: [UInt8]) -> String? {
        guard line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return "an octet that no command has" }
        guard let command = GuardedCommand(line) else { return "a command outside the vocabulary" }
        switch command {
        case .plain(let text): self.keep(text)
        case .authenticate(let tag, let sasl):
            self.keep("\(String(decoding: tag, as: UTF8.self)) AUTHENTICATE \(sasl.mechanism.rawValue) •••")
            self.state = .awaiting(tag: tag, then: .response(sasl))
            return nil
        case .login(var login):
            let step = login.goOn(with: nil)
            return self.loginEnded(step, of: login)
        }
        self.state = .command
        return nil
    }

    private mutating func loginEnded(_ step: LoginLine.Step, of login: LoginLine) -> String? {
        switch step {
        case .malformed: return "a LOGIN that is not two strings"
        case .whole:
            self.keep("\(String(decoding: login.tag, as: UTF8.self)) LOGIN •••")
            self.state = .command
        case .literal(let length, let waits):
            guard length <= Self.longestLiteral else { return "a literal that is too long" }
            self.state =
                waits
                ? .awaiting(tag: login.tag, then: .literal(login, length: length)) : .literal(login, missing: length)
        }
        return nil
    }

    private mutating func keep(_ line: String) {
        if self.lines.count >= Self.longestTranscript { self.lines.removeFirst() }
        self.lines.append(line)
    }
}
