import class Linux.Secret

/// Greeting, capabilities, STARTTLS and login.
extension ClientStateMachine {
    /// A login under way.
    struct Authentication: Hashable, Sendable {
        /// What a BYE said that came before the answer.
        var farewell: ServerRefusal?
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
        guard self.isProtected, let credentials = self.credentials,
            let command = self.loginCommand(credentials, self.capabilities ?? [])
        else { return self.leave(.plainLoginForbidden) }
        self.state = .authenticating(Authentication())
        let actions = self.send(command)
        // RFC 3501 §6.2.2: the list may change with the login.
        self.capabilities = nil
        return actions
    }

    /// Nil where the server permits neither (RFC 3501 §6.2.3: LOGINDISABLED forbids LOGIN).
    private func loginCommand(_ credentials: Credentials, _ announced: Capabilities) -> Command? {
        let login: Command? = announced.contains(.loginDisabled) ? nil : .login(credentials)
        switch self.configuration.authentication {
        case .plain: return .authenticatePlain(credentials)
        case .login: return login
        case .automatic:
            guard announced.contains(.plain) else { return login }
            // RFC 4616 §2: PLAIN carries UTF-8; an old code page goes by LOGIN (I-12).
            return credentials.areUTF8 ? .authenticatePlain(credentials) : login ?? .authenticatePlain(credentials)
        }
    }

    mutating func authenticated(_ status: StatusResponse, _ authentication: Authentication) -> [ClientAction] {
        guard status.condition == .ok else { return self.leave(RefusalTable.refusal(status, at: .login)) }
        if let farewell = authentication.farewell { return self.fail(farewell) }
        self.credentials = nil
        guard self.capabilities == nil else { return self.identify() }
        self.state = .askingCapabilities(then: .examine)
        return self.send(.capability)
    }
}

extension Credentials {
    /// NUL, CR and LF have no form in a command (RFC 3501 §9, CHAR8 and TEXT-CHAR); control characters have no place
    /// in a name. An empty password logs in anybody at some directories.
    var areSendable: Bool {
        !self.name.isEmpty && self.password.count > 0 && self.name.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && self.password.octets.allSatisfy { $0 != 0 && $0 != 0x0D && $0 != 0x0A }
    }

    var areUTF8: Bool {
        self.name.span.isUTF8 && self.password.revealed { $0.isUTF8 }
    }
}

extension Span where Element == UInt8 {
    fileprivate var isUTF8: Bool {
        do {
            _ = try UTF8Span(validating: self)
            return true
        } catch {
            return false
        }
    }
}
