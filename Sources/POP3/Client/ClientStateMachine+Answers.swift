// What the service answers, line by line.
extension ClientStateMachine {
    /// A status line, as far as it matters (RFC 1939 §3, RFC 2449 §8).
    private enum Status: Hashable {
        case ok
        /// With a response code of the kinds that pass by themselves.
        case error(isTemporary: Bool)
        case challenge
        case none
    }

    mutating func take(_ frame: LineFramer.Frame) -> [ClientAction] {
        let line: [UInt8]
        switch frame {
        case .line(let octets): line = octets
        case .lineTooLong:
            guard case .header = self.state else { return self.fail(.misbehaved("a line too long")) }
            self.header.isTooLong = true
            return []
        }
        switch self.state {
        case .initial, .closed, .securing, .idle:
            return self.fail(.misbehaved("an answer to nothing"))
        case .greeting:
            guard Self.status(line) == .ok else { return self.fail(.unavailable("no greeting")) }
            return self.ask(self.isProtected ? .login : .tls)
        case .asked(let purpose):
            guard Self.status(line) == .ok else { return self.capabilitiesEnded(purpose) }
            self.state = .hearing(purpose)
            return []
        case .hearing(let purpose):
            guard !Self.isEnd(line) else { return self.capabilitiesEnded(purpose) }
            self.listing.lines += 1
            guard self.listing.lines <= 1_000 else { return self.fail(.misbehaved("capabilities without end")) }
            self.capabilities.add(Self.unstuffed(line))
            return []
        case .startingTLS:
            guard Self.status(line) == .ok else { return self.fail(.noTLS) }
            self.state = .securing
            return [.startTLS]
        case .name, .password, .mechanism, .response: return self.loginAnswered(Self.status(line))
        case .count: return self.counted(line)
        case .sizesAsked(let expected):
            guard Self.status(line) == .ok else { return self.fail(.misbehaved("LIST was refused")) }
            self.state = .sizes(expected: expected)
            return []
        case .sizes(let expected): return self.sizeListed(line, expected: expected)
        case .textsAsked:
            guard Self.status(line) == .ok else { return self.fail(.noUniqueIDs) }
            self.state = .texts
            return []
        case .texts: return self.textListed(line)
        case .headerAsked(let headers): return self.headerAnswered(line, headers)
        case .header(let headers): return self.headerContinues(line, headers)
        case .quitting:
            self.state = .closed
            return [.close]
        }
    }

    private mutating func capabilitiesEnded(_ purpose: Purpose) -> [ClientAction] {
        self.answerEnded()
        if self.capabilities.expiresAtOnce, purpose == .listing || !self.capabilities.expiryIsPersonal {
            return self.fail(.deletesWhatIsRead)
        }
        switch purpose {
        case .tls:
            guard self.capabilities.hasSTLS || !self.capabilities.wasListed else { return self.fail(.noTLS) }
            self.state = .startingTLS
            return [self.send(.stls)]
        case .login:
            if self.capabilities.hasPlain, !self.capabilities.hasUser {
                self.state = .mechanism
                return [self.send(.authPlain)]
            }
            self.state = .name
            return [self.send(.user(self.name))]
        case .listing:
            self.state = .count
            return [self.send(.stat)]
        }
    }

    private mutating func loginAnswered(_ status: Status) -> [ClientAction] {
        switch (self.state, status) {
        case (.name, .ok):
            self.state = .password
            return [self.send(.pass(self.password))]
        case (.mechanism, .challenge):
            self.state = .response
            return [self.send(.response(name: self.name, password: self.password))]
        case (.password, .ok), (.response, .ok): return self.ask(.listing)
        case (_, .error(let isTemporary)): return self.fail(isTemporary ? .busy : .credentials)
        case (_, .ok), (_, .challenge), (_, .none): return self.fail(.misbehaved("no answer to a login"))
        }
    }

    private mutating func headerAnswered(_ line: [UInt8], _ headers: Headers) -> [ClientAction] {
        switch Self.status(line) {
        case .ok:
            self.header = Header()
            self.state = .header(headers)
            return []
        case .error: return self.headerEnded(nil, headers)
        case .challenge, .none: return self.fail(.misbehaved("no answer to TOP"))
        }
    }

    private mutating func headerContinues(_ line: [UInt8], _ headers: Headers) -> [ClientAction] {
        guard !Self.isEnd(line) else {
            return self.headerEnded(self.header.isTooLong ? nil : self.header.octets, headers)
        }
        if self.header.octets.count + line.count > Self.longestHeader { self.header.isTooLong = true }
        if !self.header.isTooLong { self.header.octets += Self.unstuffed(line) + [0x0D, 0x0A] }
        return []
    }

    private mutating func headerEnded(_ octets: [UInt8]?, _ headers: Headers) -> [ClientAction] {
        var headers = headers
        self.answerEnded()
        guard let number = headers.answered() else { return self.fail(.misbehaved("an answer to nothing")) }
        let told = ClientAction.header(number, octets)
        guard headers.isUnderWay || headers.isWaiting else {
            self.state = .idle
            return [told, .headersEnded]
        }
        // A window at a time: what is sent is never more than what the service can answer without us reading.
        let next = headers.isUnderWay ? [] : headers.ask(atMost: self.capabilities.canPipeline ? Self.window : 1)
        self.state = .headerAsked(headers)
        return [told] + next.map { self.send(.header($0)) }
    }

    private static func status(_ line: [UInt8]) -> Status {
        if line.starts(with: "+OK".utf8) { return .ok }
        if line.starts(with: "+".utf8) { return .challenge }
        guard line.starts(with: "-ERR".utf8) else { return .none }
        let words = String(decoding: line.dropFirst(4), as: UTF8.self).uppercased()
        let codes = ["[SYS/TEMP", "[IN-USE", "[LOGIN-DELAY"]
        return .error(isTemporary: codes.contains { words.contains($0) })
    }

    static func isEnd(_ line: [UInt8]) -> Bool { line == [UInt8(ascii: ".")] }

    /// RFC 1939 §3: a dot was put before a line that began with one.
    static func unstuffed(_ line: [UInt8]) -> [UInt8] {
        line.first == UInt8(ascii: ".") ? Array(line.dropFirst()) : line
    }
}
