import class Linux.Secret
import enum POP3.Response

// From a name and a password to `+OK Logged in`, or to a refusal that is on record.
extension SessionStateMachine {
    mutating func begin(_ request: LoginRequest) -> [SessionAction] {
        let name = LoginName(request.name)
        self.origin.account = name.display
        // Some directories take an empty password for an anonymous login, which succeeds: never forwarded (P-21).
        guard name.isWellFormed, request.secret.secret.count > 0 else {
            return self.refuseLogin(.malformedLogin, asked: Self.asked(request.method))
        }
        self.state = .loggingIn(method: request.method)
        return [.login(request)]
    }

    package mutating func loginAnswered(_ answer: Result<Admission, LoginRefusal>) -> [SessionAction] {
        // The login timer may have refused it meanwhile: then the answer is too late.
        guard case .loggingIn(let method) = self.state else { return [] }
        switch answer {
        case .success(let admission):
            self.origin.account = admission.account
            self.origin.speaker = admission.speaker
            self.settings = admission.settings
            self.state = .preparing(admission, method: method)
            return [.openMaildrop, .startTimer(.listingAtLogin, seconds: Self.listingAtLoginSeconds)]
        case .failure(let refusal):
            var transcript: [String] = []
            if case .upstream(_, let lines) = refusal { transcript = lines }
            return self.refuseLogin(Failure(refusal), asked: Self.asked(method), transcript: transcript)
        }
    }

    package mutating func maildropAnswered(_ answer: Result<OpenedMaildrop, UpstreamFailure>) -> [SessionAction] {
        switch self.state {
        case .preparing(let admission, let method):
            switch answer {
            case .success(let opened):
                return [.cancelTimer(.listingAtLogin)]
                    + self.recordLogin(admission, method, .ready(opened.maildrop), opened.transcript)
            case .failure(let failure):
                return [.cancelTimer(.listingAtLogin)]
                    + self.refuseLogin(
                        .upstream(failure),
                        asked: Self.asked(method),
                        transcript: admission.transcript,
                        closes: true
                    )
            }
        case .admitting(var transaction):
            transaction.take(answer)
            self.state = .admitting(transaction)
            return []
        case .idle(var transaction):
            transaction.take(answer)
            self.state = .idle(transaction)
            return []
        case .answering(var transaction, let reply):
            transaction.take(answer)
            self.state = .answering(transaction, reply)
            return []
        case .marking(var transaction, let pending):
            // RSET is being recorded, which needs no listing.
            transaction.take(answer)
            self.state = .marking(transaction, pending)
            return []
        case .awaitingMaildrop(var transaction, let command):
            transaction.take(answer)
            self.state = .idle(transaction)
            return [.cancelTimer(.listing)] + self.transact(command, transaction)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .listing, .serving, .fetching, .gathering, .starting, .delivering, .finishing, .draining, .updating,
            .committing,
            .closed:
            // Too late to be of use: the login was refused, or QUIT came first.
            return []
        }
    }

    mutating func listingAtLoginTimerFired() -> [SessionAction] {
        guard case .preparing(let admission, let method) = self.state else { return [] }
        return self.recordLogin(admission, method, .pending, [])
    }

    private mutating func recordLogin(
        _ admission: Admission,
        _ method: String,
        _ opening: Transaction.Opening,
        _ transcript: [String]
    ) -> [SessionAction] {
        let transaction = Transaction(opening: opening)
        let shown = transaction.maildrop.map { ", \($0.shown)" } ?? ", listing under way"
        let attempt = Attempt(
            action: .login,
            outcome: .success,
            asked: Self.asked(method),
            answered: Self.loggedIn.text,
            done: "opened read-only" + shown,
            upstream: admission.transcript + transcript
        )
        self.state = .admitting(transaction)
        return [.record([attempt], changes: [], .written)]
    }

    /// The record of the login was written, or was not.
    mutating func loginRecorded(_ answer: Result<Void, StoreFailure>, _ transaction: Transaction) -> [SessionAction] {
        switch answer {
        case .success:
            self.limits = SessionLimits()
            return [.cancelTimer(.login), Self.restartIdle, .reply(Self.loggedIn)] + self.settle(transaction)
        case .failure(let failure):
            let reply = Failure.store(failure).reply
            return [.log("login not recorded")]
                + self.end(reason: Failure.store(failure).reason, saying: reply)
        }
    }

    /// Every refusal takes the same way, so that an unknown user and a wrong password cannot be told apart by text, code
    /// or time (S-15). Once a login was accepted upstream, a refusal ends the session: nothing of it can meet the next.
    mutating func refuseLogin(
        _ failure: Failure,
        asked: String,
        transcript: [String] = [],
        closes: Bool = false
    ) -> [SessionAction] {
        self.limits.failedLogins += 1
        let attempt = Attempt(
            action: .refusal,
            outcome: .failure,
            asked: asked,
            answered: failure.reply.text,
            done: "nothing",
            reason: failure.reason,
            upstream: transcript
        )
        let closes = closes || self.limits.failedLogins >= SessionLimits.failedLogins
        self.state = .refusing(Refusal(reply: failure.reply, closes: closes))
        return [
            .record([attempt], changes: [], .written),
            .startTimer(.refusalDelay, seconds: Self.refusalDelaySeconds),
        ]
    }

    mutating func refusalRecorded(_ answer: Result<Void, StoreFailure>, _ refusal: Refusal) -> [SessionAction] {
        var refusal = refusal
        refusal.isRecorded = true
        if case .failure(let failure) = answer { refusal.reply = Failure.store(failure).reply }
        return self.answerRefusal(refusal)
    }

    mutating func refusalDelayTimerFired() -> [SessionAction] {
        guard case .refusing(var refusal) = self.state else { return [] }
        refusal.isDelayed = true
        return self.answerRefusal(refusal)
    }

    private mutating func answerRefusal(_ refusal: Refusal) -> [SessionAction] {
        guard refusal.isRecorded, refusal.isDelayed else {
            self.state = .refusing(refusal)
            return []
        }
        guard !refusal.closes, !self.isQuiescing else {
            return self.end(reason: "login refused", saying: refusal.reply)
        }
        // The name is forgotten: a new USER is needed.
        self.state = .authorization(name: nil)
        return [.reply(refusal.reply)]
    }

    mutating func loginTimerFired() -> [SessionAction] {
        switch self.state {
        case .loggingIn(let method):
            return self.refuseLogin(.loginTimeout, asked: Self.asked(method), closes: true)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating:
            return self.end(reason: "login timeout", alongside: [self.refusedConnectionAttempt("login timeout")])
        // A refusal under way and a login that is as good as done end soon by themselves; the next try does not.
        case .refusing(var refusal):
            refusal.closes = true
            self.state = .refusing(refusal)
            return []
        case .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .fetching,
            .gathering,
            .starting, .delivering, .finishing, .draining, .updating, .committing, .closed:
            return []
        }
    }

    /// No number before the word "message": Net::POP3 would take it for the count (P-22).
    private static let loggedIn = Response.ok("Logged in")

    private static func asked(_ method: String) -> String { method == "USER" ? "PASS" : method }
}

extension Maildrop {
    /// What the record says that a device is shown at its login.
    fileprivate var shown: String {
        let messages = self.listedMessages
        return "\(messages) messages shown" + (messages < self.count ? Attempt.andNotice : "")
    }
}

extension Transaction {
    /// The listing has come, or will not.
    mutating func take(_ answer: Result<OpenedMaildrop, UpstreamFailure>) {
        guard case .pending = self.opening else { return }
        switch answer {
        case .success(let opened):
            self.opening = .ready(opened.maildrop)
            self.uncited += opened.transcript
        case .failure(let failure): self.opening = .failed(failure)
        }
    }
}
