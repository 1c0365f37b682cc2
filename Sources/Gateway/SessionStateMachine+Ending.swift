import enum POP3.Response

// Records that were written, and the ends of a session other than QUIT: marks are dropped (RFC 1939 §6), a record says
// how many, and a message that is cut never gets its final dot.
extension SessionStateMachine {
    /// The answer to the oldest `.record` that was not answered.
    package mutating func recorded(_ answer: Result<Void, StoreFailure>) -> [SessionAction] {
        switch self.state {
        case .refusing(let refusal): return self.refusalRecorded(answer, refusal)
        case .admitting(let transaction): return self.loginRecorded(answer, transaction)
        case .marking: return self.markRecorded(answer)
        case .answering(let transaction, let reply): return self.attemptRecorded(answer, transaction, reply)
        case .starting(let transaction, let delivery, let failure):
            return self.startRecorded(answer, transaction, delivery, failure)
        case .finishing(let transaction): return self.finishRecorded(answer, transaction)
        case .updating(let transaction): return self.updated(answer, transaction)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .preparing, .idle,
            .awaitingMaildrop, .listing, .fetching, .gathering, .delivering, .draining, .closed:
            return self.calledOutOfTurn()
        }
    }

    /// What is answered -ERR stays -ERR; that it could not be recorded is the more important thing to say.
    private mutating func attemptRecorded(
        _ answer: Result<Void, StoreFailure>,
        _ transaction: Transaction,
        _ reply: Response
    ) -> [SessionAction] {
        switch answer {
        case .success: return self.answer(reply, transaction)
        case .failure(let failure):
            return [.log("attempt not recorded")] + self.answer(Failure.store(failure).reply, transaction)
        }
    }

    mutating func idleTimerFired() -> [SessionAction] {
        switch self.state {
        case .idle, .awaitingMaildrop, .listing, .marking, .answering, .fetching, .gathering, .starting, .delivering,
            .finishing, .draining:
            // RFC 1939 §3: closed without UPDATE, and without a word.
            return self.end(reason: "autologout")
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .updating, .closed:
            return []
        }
    }

    /// Octets stood behind STLS, or TLS failed, or a limit closed the connection.
    package mutating func refusedConnection(reason: String) -> [SessionAction] {
        if case .updating = self.state { return [] }
        return self.end(reason: reason, alongside: [self.refusedConnectionAttempt(reason)])
    }

    /// The device's connection is gone; `reason` is ours. A QUIT that was read is carried out all the same (P-61).
    package mutating func disconnected(reason: String) -> [SessionAction] {
        if case .updating = self.state {
            self.state = .closed
            return []
        }
        return self.end(reason: reason)
    }

    /// The server stops: finish the reply under way, then close.
    package mutating func quiesce() -> [SessionAction] {
        self.isQuiescing = true
        switch self.state {
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .idle:
            return self.end(reason: "server stop")
        case .awaitingMaildrop: return self.end(reason: "server stop", saying: Failure.unavailable)
        case .loggingIn, .refusing, .preparing, .admitting, .listing, .marking, .answering, .fetching, .gathering,
            .starting, .delivering, .finishing, .draining, .updating, .closed:
            return []
        }
    }

    /// Ends the session in whatever state it is, but for `updating` and `closed` of which QUIT has taken care.
    mutating func end(
        reason: String,
        outcome: Attempt.Outcome = .failure,
        saying reply: Response? = nil,
        alongside attempts: [Attempt] = []
    ) -> [SessionAction] {
        var actions: [SessionAction] = []
        var attempts = attempts
        var transaction: Transaction?
        switch self.state {
        case .closed: return []
        case .fetching(let current, let delivery), .gathering(let current, let delivery),
            .starting(let current, let delivery, failure: _):
            transaction = current
            actions.append(.cancelBody)
            attempts.append(self.failed(delivery, current, nil, reason: reason).unanswered)
        case .delivering(let current, let delivery):
            transaction = current
            actions.append(.cancelBody)
            attempts.append(self.failed(delivery, current, nil, reason: reason))
        case .admitting(let current), .idle(let current), .awaitingMaildrop(let current, _), .listing(let current, _),
            .marking(let current, _), .answering(let current, _), .finishing(let current), .draining(let current),
            .updating(let current):
            transaction = current
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing:
            break
        }
        let end = self.sessionEnd(
            reason: reason,
            outcome: outcome,
            dropped: transaction?.markedCount ?? 0,
            uncited: transaction?.uncited ?? []
        )
        actions.append(.record((transaction?.unrecorded ?? []) + attempts + [end], changes: [], .written))
        if let reply { actions.append(.reply(reply)) }
        self.state = .closed
        return actions + [.close]
    }

    func sessionEnd(reason: String, outcome: Attempt.Outcome, dropped: Int, uncited: [String]) -> Attempt {
        var counts = self.tally.counts
        if dropped > 0 { counts["marks dropped"] = dropped }
        if self.tally.served > 0 { counts["messages served"] = self.tally.served }
        return Attempt(
            action: .sessionEnd,
            outcome: outcome,
            asked: "",
            answered: "",
            done: dropped > 0 ? "\(dropped) \(dropped == 1 ? "mark" : "marks") dropped, nothing hidden" : "nothing",
            reason: reason,
            upstream: uncited,
            counts: counts
        )
    }
}

extension Attempt {
    /// The same, when the device heard nothing of it.
    fileprivate var unanswered: Attempt {
        Attempt(
            action: self.action,
            outcome: self.outcome,
            asked: self.asked,
            answered: "",
            done: "nothing",
            message: self.message,
            reason: self.reason,
            upstream: self.upstream
        )
    }
}
