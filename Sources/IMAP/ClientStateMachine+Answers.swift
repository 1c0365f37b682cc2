import struct NIOCore.ByteBuffer

/// What comes in, and how a command goes out.
extension ClientStateMachine {
    mutating func take(_ frame: ResponseFramer.Frame) throws(ProtocolViolation) -> [ClientAction] {
        switch frame {
        case .response(let response, let bodyAt):
            let parsed = try ResponseParser.parse(response, bodyAt: bodyAt)
            return try self.take(parsed)
        case .bodyBegan(let head, let octets):
            return try self.bodyBegan(head: head, octets: octets)
        case .bodyPiece(let piece):
            return self.bodyReceived(piece)
        case .bodyEnded:
            self.bodyEnded()
            return []
        }
    }

    private mutating func take(_ response: Response) throws(ProtocolViolation) -> [ClientAction] {
        if case .awaitingGreeting = self.state { return try self.greeted(response) }
        switch response {
        case .continuation(let challenge):
            return try self.continued(challenge)
        case .status(let status):
            guard let tag = status.tag else { return try self.untagged(status) }
            guard tag == Array(self.tag.utf8), self.awaitsAnswer else { throw .wrongTag }
            let actions = self.alert(status)
            return try actions + self.answered(status)
        case .capability(let capabilities):
            self.learn(capabilities)
        case .exists(let count):
            self.told(exists: count)
        case .expunge:
            self.told(gone: 1)
        case .vanished(let count):
            self.told(gone: count)
        case .fetch(let fetch):
            return try self.fetched(fetch)
        case .search(let found):
            self.found(found)
        case .extendedSearch(let tag, let found):
            if tag == nil || tag == Array(self.tag.utf8) { self.found(found) }
        case .quota(let used, let limit):
            if case .askingQuota = self.state, limit > 0 { return [.quota(usedKB: used, limitKB: limit)] }
        case .other:
            break
        }
        return []
    }

    private var awaitsAnswer: Bool {
        switch self.state {
        case .initial, .awaitingGreeting, .securing, .idle, .closed: false
        case .askingCapabilities, .startingTLS, .authenticating, .identifying, .examining, .askingQuota, .listing,
            .searching, .fetching, .fetchingHeaders, .probing, .loggingOut:
            true
        }
    }

    private mutating func answered(_ status: StatusResponse) throws(ProtocolViolation) -> [ClientAction] {
        self.waiting = []
        if case .capability(let capabilities) = status.code { self.learn(capabilities) }
        guard status.condition != .bye, status.condition != .preauth else { throw .malformedStatus }
        switch self.state {
        case .askingCapabilities(let next): return self.capabilitiesAnswered(status, next)
        case .startingTLS: return try self.startTLSAnswered(status)
        case .authenticating(let authentication): return self.authenticated(status, authentication)
        case .identifying(let attempt): return self.examine(attempt)
        case .examining(let examination): return try self.examined(status, examination)
        case .askingQuota(let mailbox): return self.open(mailbox)
        case .listing(let listing, let mailbox): return try self.listed(status, listing, mailbox)
        case .searching(let search, let mailbox): return try self.searched(status, search, mailbox)
        case .fetching(let fetching, let mailbox): return self.fetchAnswered(status, fetching, mailbox)
        case .fetchingHeaders(_, let mailbox): return self.headersAnswered(status, mailbox)
        case .probing(let mailbox): return self.probed(status, mailbox)
        case .loggingOut:
            self.close()
            return [.close]
        case .initial, .awaitingGreeting, .securing, .idle, .closed: throw .wrongTag
        }
    }

    private mutating func untagged(_ status: StatusResponse) throws(ProtocolViolation) -> [ClientAction] {
        if case .capability(let capabilities) = status.code { self.learn(capabilities) }
        if status.condition == .bye { return self.farewell(status) }
        if case .examining(var examination) = self.state {
            examination.learn(status)
            self.state = .examining(examination)
        } else if case .uidValidity(let validity) = status.code, let mailbox = self.mailbox,
            validity != mailbox.validity
        {
            throw .validityChanged
        }
        if case .fetching(var fetching, let mailbox) = self.state, status.code == .named(.expungeIssued) {
            fetching.isGone = true
            self.state = .fetching(fetching, mailbox)
        }
        return self.alert(status)
    }

    /// The first BYE ends it; Yandex sends them without end. A failed login is waited for, since its answer may follow
    /// the BYE, and a wrong password must not be taken for a broken connection.
    private mutating func farewell(_ status: StatusResponse) -> [ClientAction] {
        if case .loggingOut = self.state {
            self.close()
            return [.close]
        }
        guard case .authenticating(var authentication) = self.state, authentication.farewell == nil else {
            if case .authenticating(let authentication) = self.state {
                return self.fail(authentication.farewell ?? .disconnected)
            }
            return self.flush() + self.fail(RefusalTable.refusal(status, at: .other))
        }
        authentication.farewell = RefusalTable.refusal(status, at: .other)
        self.state = .authenticating(authentication)
        return []
    }

    /// The mailbox, once it is open.
    var mailbox: ExaminedMailbox? {
        switch self.state {
        case .askingQuota(let mailbox), .idle(let mailbox), .listing(_, let mailbox), .searching(_, let mailbox),
            .fetching(_, let mailbox), .fetchingHeaders(_, let mailbox), .probing(let mailbox):
            mailbox
        case .initial, .awaitingGreeting, .askingCapabilities, .startingTLS, .securing, .authenticating, .identifying,
            .examining, .loggingOut, .closed:
            nil
        }
    }

    private mutating func told(exists count: UInt32) {
        if case .examining(var examination) = self.state {
            examination.exists = count
            self.state = .examining(examination)
        } else if self.mailbox != nil {
            self.exists = count
        }
    }

    private mutating func told(gone count: Int) {
        if self.mailbox != nil { self.expunged = self.expunged.addingClamped(count) }
    }

    private mutating func learn(_ capabilities: Capabilities) { self.capabilities = capabilities }

    /// Texts that the server wants people to read (RFC 3501 §7.1, ALERT); none before TLS, and none with the secret.
    private mutating func alert(_ status: StatusResponse) -> [ClientAction] {
        guard status.code == .named(.alert) || status.code == .named(.webAlert), self.isProtected else { return [] }
        let secret = self.credentials?.secret.octets ?? []
        guard secret.isEmpty || !status.text.contains(secret) else { return [] }
        let printable = status.text.prefix(256).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return self.notice("the mail server says: " + String(decoding: printable, as: UTF8.self))
    }

    mutating func notice(_ text: String) -> [ClientAction] {
        guard self.notices < Self.maximumNotices else { return [] }
        self.notices += 1
        return [.notice(text)]
    }

    var tag: String { "\(self.configuration.tagPrefix)\(self.commands)" }

    /// The first part of `command`; the others wait.
    mutating func send(_ command: Command, budget: Int = Self.answerBudget) -> [ClientAction] {
        self.commands += 1
        self.spent = 0
        self.budget = budget
        let capabilities = self.capabilities ?? []
        let encoder = CommandEncoder(
            literals: capabilities.literals,
            initialResponse: capabilities.contains(.initialResponse)
        )
        let parts = encoder.encode(command, tag: self.tag)
        self.waiting = Array(parts.dropFirst())
        return parts.prefix(1).map { .send(ByteBuffer(bytes: $0.octets)) }
    }

    /// `+`: the next part may go.
    private mutating func continued(_ challenge: [UInt8]) throws(ProtocolViolation) -> [ClientAction] {
        guard let part = self.waiting.first else { return try self.challenged(challenge) }
        self.waiting.removeFirst()
        return [.send(ByteBuffer(bytes: part.octets))]
    }

    /// Ends the connection for good.
    mutating func fail(_ refusal: ServerRefusal) -> [ClientAction] {
        self.close()
        return [.refused(refusal), .close]
    }

    /// The same, with a word of farewell, where the server keeps to the protocol.
    mutating func leave(_ refusal: ServerRefusal) -> [ClientAction] {
        let farewell = self.send(.logout)
        self.close()
        return [.refused(refusal)] + farewell + [.close]
    }

    mutating func close() {
        self.state = .closed
        self.credentials = nil
        self.waiting = []
        self.framer = ResponseFramer()
    }
}

extension ServerRefusal {
    static func misbehaved(_ violation: ProtocolViolation) -> ServerRefusal { .misbehaved(violation.rawValue) }
}

extension Int {
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
