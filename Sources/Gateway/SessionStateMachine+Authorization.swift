import class Linux.Secret
import struct POP3.CapabilityList
import enum POP3.Command
import enum POP3.Response
import struct POP3.SASLDialogue
import enum POP3.SyntaxError

// AUTHORIZATION (RFC 1939 §4): up to the moment when a name and a password are there.
extension SessionStateMachine {
    /// TLS is active, or the listener takes logins in clear.
    private var allowsLogin: Bool {
        self.origin.arrival.tls != nil || self.configuration.encryption == .plaintextAllowed
    }

    private var allowsSTLS: Bool { self.origin.arrival.tls == nil && self.configuration.encryption != .implicit }

    mutating func authorize(_ command: Command, name: [UInt8]?) -> [SessionAction] {
        switch command {
        case .user(let name):
            guard self.allowsLogin else { return self.refuseInClear("USER") }
            self.state = .authorization(name: name)
            // RFC 1939 §13: the same for every name, so that nobody learns which exist.
            return [.reply(.ok("send PASS"))]
        case .pass(let password):
            guard self.allowsLogin else { return self.refuseInClear("PASS") }
            guard let name else { return self.refuseCommand(.err(nil, "USER first")) }
            return self.begin(LoginRequest(name: name, secret: .password(password), method: "USER"))
        case .auth(mechanism: nil, initialResponse: _):
            return [.reply(CapabilityList.mechanismList(loginAllowed: self.allowsLogin))]
        case .auth(let mechanism?, let initialResponse):
            guard self.allowsLogin else { return self.refuseInClear("AUTH") }
            return self.beginSASL(mechanism, initialResponse)
        case .stls: return self.startTLS()
        case .capa: return [.reply(self.capabilities(inTransaction: false))]
        case .quit: return self.end(reason: "quit", outcome: .success, saying: .ok("bye"))
        case .unsupported: return self.refuseProbe()
        case .stat, .list, .uidl, .retr, .top, .dele, .rset, .noop:
            return self.refuseCommand(.err(nil, "log in first"))
        }
    }

    func capabilities(inTransaction: Bool) -> Response {
        CapabilityList(
            stlsAllowed: self.allowsSTLS,
            loginAllowed: self.allowsLogin,
            inTransaction: inTransaction,
            expire: inTransaction ? self.expire : self.expireOfSome,
            implementation: self.configuration.implementation
        ).reply
    }

    /// A window is a device's: who is not known as one sees everything.
    private var expire: CapabilityList.Expire {
        guard case .device = self.origin.speaker, let days = self.settings.windowDays, days > 0 else { return .never }
        return .days(days)
    }

    private var expireOfSome: CapabilityList.Expire {
        self.configuration.shortestWindow.map { .daysOfSome($0) } ?? .never
    }

    private mutating func startTLS() -> [SessionAction] {
        guard self.allowsSTLS else { return self.refuseCommand(.err(nil, "TLS is active already")) }
        self.state = .startingTLS
        self.origin.account = nil
        return [.reply(.ok("Begin TLS negotiation")), .startTLS]
    }

    private mutating func beginSASL(_ mechanism: String, _ initialResponse: Secret?) -> [SessionAction] {
        guard var dialogue = SASLDialogue(mechanism: mechanism) else {
            // NTLM ("Secure Password Authentication") and the like: old clients probe for them.
            return self.refuseProbe(SASLDialogue.unknownMechanismReply)
        }
        let outcome = dialogue.begin(initialResponse: initialResponse)
        return self.proceed(dialogue, outcome)
    }

    /// A line while `awaitsSASL`, its end taken off. One that was too long comes as `commandReceived`.
    package mutating func saslLineReceived(_ line: [UInt8]) -> [SessionAction] {
        guard case .authenticating(var dialogue) = self.state else { return self.calledOutOfTurn() }
        let outcome = dialogue.respond(line)
        return self.proceed(dialogue, outcome)
    }

    mutating func saslLineWasTooLong(_ dialogue: SASLDialogue) -> [SessionAction] {
        var dialogue = dialogue
        let outcome = dialogue.lineTooLong()
        return self.proceed(dialogue, outcome)
    }

    private mutating func proceed(_ dialogue: SASLDialogue, _ outcome: SASLDialogue.Outcome) -> [SessionAction] {
        switch outcome {
        case .challenge(let text):
            self.state = .authenticating(dialogue)
            return [.reply(.challenge(text))]
        case .credentials(let name, let password):
            let method = "AUTH \(dialogue.mechanism.rawValue)"
            return self.begin(LoginRequest(name: name, secret: .password(password), method: method))
        case .token(let name, let token):
            let method = "AUTH \(dialogue.mechanism.rawValue)"
            return self.begin(LoginRequest(name: name, secret: .token(token), method: method))
        case .failed(.err(.auth, _)):
            return self.refuseLogin(.malformedLogin, asked: "AUTH \(dialogue.mechanism.rawValue)")
        case .failed(let reply):
            self.state = .authorization(name: nil)
            return self.refuseCommand(reply)
        case .cancelled:
            self.state = .authorization(name: nil)
            return [.reply(SASLDialogue.cancelledReply)]
        }
    }

    /// A login in clear where the listener wants TLS: refused before the secret is said where that can be (T-066). What
    /// was sent is not looked at; three of them end the session like failed logins.
    private mutating func refuseInClear(_ asked: String) -> [SessionAction] {
        self.state = .authorization(name: nil)
        self.limits.failedLogins += 1
        let attempt = Attempt(
            action: .refusal,
            outcome: .failure,
            asked: asked,
            answered: Failure.tlsRequired.text,
            done: "nothing",
            reason: "login in clear"
        )
        let closes = self.limits.failedLogins >= SessionLimits.failedLogins
        self.state = .refusing(Refusal(reply: Failure.tlsRequired, closes: closes, isDelayed: true))
        return [.record([attempt], changes: [], .written)]
    }
}

// What is no command, or not here: the same before and after the login, with other limits.
extension SessionStateMachine {
    mutating func refuse(_ error: SyntaxError) -> [SessionAction] {
        switch error {
        case .foreignProtocol:
            // Nothing is answered: a browser must not be made to show anything (S-14).
            return self.end(reason: "foreign protocol", alongside: [self.refusedConnectionAttempt("foreign protocol")])
        case .unknownCommand, .badArgument, .badMessageNumber, .lineTooLong, .emptyLine:
            return self.refuseCommand(error.reply)
        }
    }

    /// LAST, APOP and the like; the first five are free (P-71).
    mutating func refuseProbe(_ reply: Response = .err(nil, "command not supported")) -> [SessionAction] {
        self.limits.probes += 1
        return self.limits.probes > SessionLimits.freeProbes ? self.refuseCommand(reply) : [.reply(reply)]
    }

    /// Answers -ERR and counts it; over the limit the session ends (P-24).
    mutating func refuseCommand(_ reply: Response) -> [SessionAction] {
        self.limits.badCommands += 1
        let limit: Int
        if case .authorization = self.state {
            limit = SessionLimits.badCommandsBeforeLogin
        } else {
            limit = SessionLimits.badCommands
        }
        guard self.limits.badCommands > limit else { return [.reply(reply)] }
        let reason = "too many bad commands"
        let attempt = self.refusedConnectionAttempt(reason)
        return self.end(reason: reason, saying: .err(nil, reason), alongside: [attempt])
    }

    func refusedConnectionAttempt(_ reason: String) -> Attempt {
        Attempt(
            action: .connectionRefused,
            outcome: .failure,
            asked: "",
            answered: "",
            done: "nothing",
            reason: reason
        )
    }
}
