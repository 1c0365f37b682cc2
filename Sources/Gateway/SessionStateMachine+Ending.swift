import enum POP3.Response

// Records that were written, and the ends of a session other than QUIT: marks are dropped (RFC 1939 §6) but for what is
// confirmed where the operator says so, a record says how many, and a message that is cut never gets its final dot.
extension SessionStateMachine {
    /// The answer to the oldest `.record` that was not answered.
    package mutating func recorded(_ answer: Result<Void, StoreFailure>) -> [SessionAction] {
        switch self.state {
        case .refusing(let refusal): return self.refusalRecorded(answer, refusal)
        case .admitting(let transaction): return self.loginRecorded(answer, transaction)
        case .marking: return self.markRecorded(answer)
        case .answering(let transaction, let reply): return self.attemptRecorded(answer, transaction, reply)
        case .serving(let transaction, let delivery, let message):
            return self.serveRecorded(answer, transaction, delivery, message)
        case .starting(let transaction, let delivery, let failure):
            return self.startRecorded(answer, transaction, delivery, failure)
        case .finishing(let transaction, let row): return self.finishRecorded(answer, transaction, whole: row)
        case .updating(let transaction): return self.updated(answer, transaction)
        case .committing(let ending): return self.committed(answer, ending)
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
        case .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .fetching, .gathering, .starting,
            .delivering,
            .finishing, .draining:
            // RFC 1939 §3: closed without UPDATE, and without a word.
            return self.end(reason: "autologout", lineIsLost: true)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .updating, .committing, .closed:
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
        return self.end(reason: reason, lineIsLost: true)
    }

    /// The server stops: finish the reply under way, then close.
    package mutating func quiesce() -> [SessionAction] {
        self.isQuiescing = true
        switch self.state {
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .idle:
            return self.end(reason: "server stop", lineIsLost: true)
        case .awaitingMaildrop: return self.end(reason: "server stop", lineIsLost: true, saying: Failure.unavailable)
        case .loggingIn, .refusing, .preparing, .admitting, .listing, .marking, .answering, .serving, .fetching,
            .gathering,
            .starting, .delivering, .finishing, .draining, .updating, .committing, .closed:
            return []
        }
    }

    /// Ends the session in whatever state it is, but for `updating`, of which QUIT has taken care, and those that are ends already.
    ///
    /// `lineIsLost`: the device could not say QUIT, whoever cut the line: the device, the network, the idle timer, a stop of
    /// this server, a message that could not be served to its end. To the device it is all the same: it has stored its
    /// mail, and comes for it again. Not so after a breach of the protocol: who breaks it may not mean its DELE either.
    mutating func end(
        reason: String,
        outcome: Attempt.Outcome = .failure,
        lineIsLost: Bool = false,
        saying reply: Response? = nil,
        alongside attempts: [Attempt] = []
    ) -> [SessionAction] {
        var actions: [SessionAction] = []
        var attempts = attempts
        var transaction: Transaction?
        switch self.state {
        case .committing, .closed: return []
        case .fetching(let current, let delivery), .gathering(let current, let delivery),
            .starting(let current, let delivery, failure: _):
            transaction = current
            actions.append(.cancelBody)
            attempts.append(self.failed(delivery, current, nil, reason: reason).unanswered)
        case .serving(let current, let delivery, message: _):
            transaction = current
            // It stands on record as served, and was not.
            attempts.append(self.failed(delivery, current, nil, reason: reason).unanswered)
        case .delivering(let current, let delivery):
            transaction = current
            actions.append(.cancelBody)
            attempts.append(self.failed(delivery, current, nil, reason: reason))
        case .admitting(let current), .idle(let current), .awaitingMaildrop(let current, _), .listing(let current, _),
            .marking(let current, _), .answering(let current, _), .finishing(let current, whole: _),
            .draining(let current), .updating(let current):
            transaction = current
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing:
            break
        }
        let committed = lineIsLost ? transaction.flatMap { self.commit($0) } : nil
        attempts = (transaction?.unrecorded ?? []) + attempts
        let ending = Ending(
            earlier: self.recordsUnderWay,
            attempts: attempts,
            reason: reason,
            outcome: outcome,
            marked: transaction?.markedCount ?? 0,
            uncited: transaction?.uncited ?? []
        )
        let rows = committed?.rows ?? NumberRanges()
        let end = self.sessionEnd(
            reason: reason,
            outcome: outcome,
            committed: rows,
            of: transaction?.maildrop?.mailbox,
            dropped: (transaction?.markedCount ?? 0) - rows.count,
            uncited: transaction?.uncited ?? []
        )
        actions.append(
            .record(
                attempts + [end],
                changes: committed.map { [$0.change] } ?? [],
                committed == nil ? .written : .synced
            )
        )
        if let reply { actions.append(.reply(reply)) }
        self.state = committed == nil ? .closed : .committing(ending)
        return actions + [.close]
    }

    /// Records that were not answered yet: `recorded` is called for each of them before it is called for a later one.
    private var recordsUnderWay: Int {
        switch self.state {
        case .marking(_, let pending): pending.count
        case .admitting, .answering, .serving, .starting, .finishing: 1
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .idle, .awaitingMaildrop, .listing, .fetching, .gathering, .delivering, .draining, .updating,
            .committing, .closed:
            0
        }
    }

    /// A commit that failed took the records of the session's end with it. They are written again without it, once: what it
    /// failed of (the device was removed meanwhile) may not keep them from being written.
    private mutating func committed(_ answer: Result<Void, StoreFailure>, _ ending: Ending) -> [SessionAction] {
        guard ending.earlier == 0 else {
            var ending = ending
            ending.earlier -= 1
            self.state = .committing(ending)
            return []
        }
        self.state = .closed
        guard case .failure(let failure) = answer else { return [] }
        let end = self.sessionEnd(
            reason: "\(ending.reason); not hidden: \(Failure.store(failure).reason)",
            outcome: ending.outcome,
            dropped: ending.marked,
            uncited: ending.uncited
        )
        return [.record(ending.attempts + [end], changes: [], .written)]
    }

    /// What a line that is lost commits; nil for nothing.
    private func commit(_ transaction: Transaction) -> (rows: NumberRanges, change: Change)? {
        guard let device = self.commitsConfirmed, let mailbox = transaction.maildrop?.mailbox else { return nil }
        let rows = self.confirmations.marked
        return rows.isEmpty ? nil : (rows, .hide(device.id, mailbox, rows))
    }

    func sessionEnd(
        reason: String,
        outcome: Attempt.Outcome,
        committed: NumberRanges = NumberRanges(),
        of mailbox: MailboxID? = nil,
        dropped: Int = 0,
        uncited: [String]
    ) -> Attempt {
        var counts = self.tally.counts
        if dropped > 0 { counts["marks dropped"] = dropped }
        if self.tally.served > 0 { counts["messages served"] = self.tally.served }
        return Attempt(
            action: .sessionEnd,
            outcome: outcome,
            asked: "",
            answered: "",
            done: self.deletionPolicy.doneWhenLost(committed.count, dropped: dropped),
            numbers: committed.isEmpty ? nil : committed,
            mailbox: committed.isEmpty ? nil : mailbox,
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
