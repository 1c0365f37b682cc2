package import enum POP3.Command
package import enum POP3.Response
package import enum POP3.SyntaxError

/// Decides what a POP3 session answers and does; never acts.
///
/// Events come in, one method each, and actions go out, which the shell carries out in order. The machine decides which
/// command is answered when, what is recorded before which answer, what DELE and QUIT mean, and when the session ends.
/// It never sends anything to the mail server but the wish for one message's octets, never looks at a clock, never says
/// a word of a peer's, and hides nothing but at QUIT; for a device whose operator says so, also what it had whole when
/// the line was lost.
///
/// The order is always: record, keep, then answer (DESIGN promise 3). Replies come in the order of the commands. What
/// the shell hands in out of turn ends the session; what a peer sends never traps.
package struct SessionStateMachine: Hashable, Sendable {
    let configuration: SessionConfiguration
    /// Who the records speak of, as far as is known.
    package internal(set) var origin: SessionOrigin
    var state = SessionState.unconnected
    var limits = SessionLimits()
    var tally = SessionTally()
    var isQuiescing = false
    /// What holds for this device, once it was let in.
    var settings = DeviceSettings()
    var confirmations = Confirmations()
    var order = RetrievalOrder()

    package init(configuration: SessionConfiguration, arrival: Arrival) {
        self.configuration = configuration
        self.origin = SessionOrigin(arrival: arrival, account: nil, speaker: nil)
    }

    /// Whether `command` may be handed in now. While a reply is under way, none; while marks are being recorded, DELE.
    package func takes(_ command: Result<Command, SyntaxError>) -> Bool {
        switch self.state {
        case .authorization, .idle: return true
        case .authenticating: return command == .failure(.lineTooLong)
        case .marking(_, let pending):
            guard case .success(.dele) = command else { return false }
            return pending.count < PendingMarks.limit
        case .unconnected, .awaitingTLS, .startingTLS, .loggingIn, .refusing, .preparing, .admitting, .awaitingMaildrop,
            .listing, .answering, .serving, .fetching, .gathering, .starting, .delivering, .finishing, .draining,
            .updating,
            .committing, .closed:
            return false
        }
    }

    /// Nothing is decided any more: the session's end is on its way to the record.
    package var hasEnded: Bool {
        switch self.state {
        case .committing, .closed: true
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .fetching,
            .gathering,
            .starting, .delivering, .finishing, .draining, .updating:
            false
        }
    }

    /// Whether the next line is a SASL response and not a command. One that is too long is handed in as the failed command
    /// `.lineTooLong`.
    package var awaitsSASL: Bool {
        guard case .authenticating = self.state else { return false }
        return true
    }

    /// The connection stands; on an implicit TLS listener, without TLS yet. The greeting comes when TLS is there.
    package mutating func connected() -> [SessionAction] {
        guard case .unconnected = self.state else { return [] }
        let timer = SessionAction.startTimer(.login, seconds: Self.loginSeconds)
        if self.configuration.encryption == .implicit, self.origin.arrival.tls == nil {
            self.state = .awaitingTLS
            return [timer]
        }
        self.state = .authorization(name: nil)
        return [timer, .reply(Self.greeting)]
    }

    package mutating func tlsEstablished(_ tls: TLSDescription) -> [SessionAction] {
        switch self.state {
        case .unconnected:
            self.origin.arrival.tls = tls
            return []
        case .awaitingTLS:
            self.origin.arrival.tls = tls
            self.state = .authorization(name: nil)
            return [.reply(Self.greeting)]
        case .startingTLS:
            self.origin.arrival.tls = tls
            self.state = .authorization(name: nil)
            return []
        case .authorization, .authenticating, .loggingIn, .refusing, .preparing, .admitting, .idle, .awaitingMaildrop,
            .listing, .marking, .answering, .serving, .fetching, .gathering, .starting, .delivering, .finishing,
            .draining,
            .updating, .committing, .closed:
            return self.calledOutOfTurn()
        }
    }

    package mutating func commandReceived(_ command: Result<Command, SyntaxError>) -> [SessionAction] {
        guard self.takes(command) else { return self.calledOutOfTurn() }
        self.tally.count(Self.name(of: command))
        // Looked at first and alone, so that nobody else holds the marks while a burst of DELEs adds to them.
        if case .marking = self.state { return self.marking(command) }
        switch (self.state, command) {
        case (.authorization(let name), .success(let command)): return self.authorize(command, name: name)
        case (.authorization, .failure(let error)): return self.refuse(error)
        case (.authenticating(let dialogue), .failure(.lineTooLong)): return self.saslLineWasTooLong(dialogue)
        case (.idle(let transaction), .success(let command)):
            return [Self.restartIdle] + self.transact(command, transaction)
        case (.idle, .failure(let error)): return [Self.restartIdle] + self.refuse(error)
        case (_, _): return self.calledOutOfTurn()
        }
    }

    package mutating func timerFired(_ timer: SessionTimer) -> [SessionAction] {
        switch timer {
        case .login: self.loginTimerFired()
        case .idle: self.idleTimerFired()
        case .listingAtLogin: self.listingAtLoginTimerFired()
        case .listing: self.listingTimerFired()
        case .refusalDelay: self.refusalDelayTimerFired()
        }
    }

    /// A call that the state does not allow: our own shell's mistake, which ends one session and not the server.
    mutating func calledOutOfTurn() -> [SessionAction] {
        if self.hasEnded { return [] }
        return [.log("event out of turn")] + self.end(reason: "event out of turn")
    }

    static let loginSeconds = 60
    static let listingAtLoginSeconds = 5
    static let listingSeconds = 60
    static let refusalDelaySeconds = 3
    static let restartIdle = SessionAction.startTimer(.idle, seconds: 600)
    /// No host, no version, and no `<`, which would announce APOP (P-06).
    static let greeting = Response.ok("POP3 server ready")

    private static func name(of command: Result<Command, SyntaxError>) -> String {
        switch command {
        case .failure: "bad"
        case .success(.user): "USER"
        case .success(.pass): "PASS"
        case .success(.auth): "AUTH"
        case .success(.stls): "STLS"
        case .success(.capa): "CAPA"
        case .success(.stat): "STAT"
        case .success(.list): "LIST"
        case .success(.uidl): "UIDL"
        case .success(.retr): "RETR"
        case .success(.top): "TOP"
        case .success(.dele): "DELE"
        case .success(.rset): "RSET"
        case .success(.noop): "NOOP"
        case .success(.quit): "QUIT"
        case .success(.unsupported): "unsupported"
        }
    }
}
