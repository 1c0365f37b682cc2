import struct NIOCore.ByteBuffer

/// Greeting, capabilities, STARTTLS and login.
extension ClientStateMachine {
    /// A login under way.
    struct Authentication: Hashable, Sendable {
        /// What a BYE said that came before the answer.
        var farewell: ServerRefusal?
        /// With SCRAM: how far it has come.
        var scram: SCRAMExchange?
        /// What was announced before it.
        let announced: Capabilities

        init(_ command: Command, announced: Capabilities) {
            if case .authenticateSCRAM(let exchange) = command { self.scram = exchange }
            self.announced = announced
        }
    }

    /// Only `* OK` is a greeting for us: PREAUTH would open somebody's mailbox without a look at the password, or keep
    /// TLS away (RFC 9051 §7.1.4).
    mutating func greeted(_ response: Response) throws(ProtocolViolation) -> [ClientAction] {
        guard case .status(let status) = response, status.tag == nil else { throw .greeting }
        switch status.condition {
        case .ok: break
        case .bye: return self.fail(RefusalTable.refusal(status, at: .other))
        case .preauth: throw .preauthenticated
        case .no, .bad: throw .greeting
        }
        self.framer.greeted()
        if case .capability(let capabilities) = status.code { self.capabilities = capabilities }
        let next = self.isProtected ? AfterCapabilities.login : .startTLS
        guard self.capabilities == nil else { return self.proceed(next) }
        self.state = .askingCapabilities(then: next)
        return self.send(.capability)
    }

    mutating func capabilitiesAnswered(_ status: StatusResponse, _ next: AfterCapabilities) -> [ClientAction] {
        // Without a list nothing is announced, so only what every server has is used.
        if status.condition != .ok || self.capabilities == nil { self.capabilities = [] }
        return self.proceed(next)
    }

    private mutating func proceed(_ next: AfterCapabilities) -> [ClientAction] {
        switch next {
        case .startTLS:
            guard self.capabilities?.contains(.startTLS) == true else { return self.leave(.plainLoginForbidden) }
            self.state = .startingTLS
            return self.send(.startTLS)
        case .login:
            return self.logIn()
        case .examine:
            return self.identify()
        }
    }

    mutating func startTLSAnswered(_ status: StatusResponse) throws(ProtocolViolation) -> [ClientAction] {
        guard status.condition == .ok else { return self.leave(.plainLoginForbidden) }
        guard self.framer.isEmpty else { throw .octetsBehindStartTLS }
        // RFC 3501 §6.2.1: what was announced in clear is forgotten.
        self.capabilities = nil
        self.state = .securing
        return [.startTLS]
    }

    private mutating func logIn() -> [ClientAction] {
        guard self.isProtected, let credentials = self.credentials else { return self.leave(.plainLoginForbidden) }
        let announced = self.capabilities ?? []
        let command =
            switch credentials.kind {
            case .accessToken: self.tokenCommand(credentials, announced)
            case .password: self.passwordCommand(credentials, announced)
            }
        guard let command else {
            return self.leave(credentials.kind == .accessToken ? .noTokenLogin : .plainLoginForbidden)
        }
        return self.begin(command, announced)
    }

    private mutating func begin(_ command: Command, _ announced: Capabilities) -> [ClientAction] {
        self.state = .authenticating(Authentication(command, announced: announced))
        self.capabilities = announced
        let actions = self.send(command)
        // RFC 3501 §6.2.2: the list may change with the login.
        self.capabilities = nil
        return actions
    }

    /// Dovecot offers SCRAM also for accounts of which it keeps another hash of the password, and refuses them before
    /// any proof was asked for: that says nothing of the password, which goes another way then. Nil where it may not, and
    /// where a proof was refused.
    private mutating func logInWithoutSCRAM(_ authentication: Authentication) -> [ClientAction]? {
        let others = authentication.announced.subtracting(.scramSHA256)
        guard authentication.scram?.isUnanswered == true, authentication.farewell == nil,
            self.configuration.authentication == .automatic, let credentials = self.credentials,
            let command = self.passwordCommand(credentials, others)
        else { return nil }
        return self.begin(command, others)
    }

    /// Never LOGIN or PLAIN: a token is no password. Nil where the server announces no mechanism for tokens.
    private func tokenCommand(_ credentials: Credentials, _ announced: Capabilities) -> Command? {
        if announced.contains(.oauthBearer) {
            let (host, port) = self.configuration.server
            return .authenticateOAuthBearer(credentials, host: host, port: port)
        }
        return announced.contains(.xoauth2) ? .authenticateXOAuth2(credentials) : nil
    }

    /// Nil where the server permits none (RFC 3501 §6.2.3: LOGINDISABLED forbids LOGIN).
    private func passwordCommand(_ credentials: Credentials, _ announced: Capabilities) -> Command? {
        let login: Command? = announced.contains(.loginDisabled) ? nil : .login(credentials)
        let scram =
            announced.contains(.scramSHA256) ? SCRAMExchange(credentials, nonce: self.configuration.nonce) : nil
        switch self.configuration.authentication {
        case .plain: return .authenticatePlain(credentials)
        case .login: return login
        case .scram: return scram.map { .authenticateSCRAM($0) }
        case .automatic:
            if let scram { return .authenticateSCRAM(scram) }
            guard announced.contains(.plain) else { return login }
            // RFC 4616 §2: PLAIN carries UTF-8; an old code page goes by LOGIN (I-12).
            return credentials.areUTF8 ? .authenticatePlain(credentials) : login ?? .authenticatePlain(credentials)
        }
    }

    /// `+` where no part of a command waits: a message of SCRAM. Any other is Exchange's habit (I-61).
    mutating func challenged(_ challenge: [UInt8]) throws(ProtocolViolation) -> [ClientAction] {
        guard case .authenticating(var authentication) = self.state, var exchange = authentication.scram else {
            return []
        }
        guard let message = Base64.decode(challenge[...]) else { throw .malformedSCRAM }
        let demand = try exchange.received(message)
        authentication.scram = exchange
        self.state = .authenticating(authentication)
        switch demand {
        case .compute(let computation): return [.computeSCRAM(computation)]
        // RFC 5802 §3 ends with the server's message; IMAP's server waits for a response to it (RFC 3501 §6.2.2).
        case .acknowledge: return [.send(ByteBuffer(string: "\r\n"))]
        }
    }

    /// The answer to `computeSCRAM`. One that comes when the login has ended is let fall.
    package mutating func scramComputed(_ proof: SCRAMProof) -> [ClientAction] {
        guard case .authenticating(var authentication) = self.state, let message = authentication.scram?.computed(proof)
        else { return [] }
        self.state = .authenticating(authentication)
        return [.send(ByteBuffer(bytes: Base64.encode(message) + [0x0D, 0x0A]))]
    }

    mutating func authenticated(_ status: StatusResponse, _ authentication: Authentication) -> [ClientAction] {
        guard status.condition == .ok else {
            let refusal = RefusalTable.refusal(status, at: .login)
            if refusal == .credentials, let actions = self.logInWithoutSCRAM(authentication) { return actions }
            return self.leave(refusal)
        }
        if let farewell = authentication.farewell { return self.fail(farewell) }
        // Whoever does not prove that it knows the password is not the mail server (RFC 5802 §5).
        guard authentication.scram?.isVerified != false else { return self.fail(.misbehaved(.serverSignature)) }
        self.credentials = nil
        guard self.capabilities == nil else { return self.identify() }
        self.state = .askingCapabilities(then: .examine)
        return self.send(.capability)
    }
}
