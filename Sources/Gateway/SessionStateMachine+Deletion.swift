import enum POP3.Command
import struct POP3.MessageNumber
import enum POP3.Response
import enum POP3.SyntaxError

// DELE and RSET. Departs from RFC 1939 §6: QUIT hides instead of removing, because the mailbox is shared; and where the
// operator says so, a line that is lost commits what the device deleted knowing that it had it.
extension SessionStateMachine {
    var deletionPolicy: DeletionPolicy {
        DeletionPolicy(speaker: self.origin.speaker, hidesDeleted: self.configuration.hidesDeleted)
    }

    /// The device whose confirmed marks are committed when the line is lost; nil where none are, as the RFC has it. A device
    /// that nobody knows never gets there (promise 4).
    var commitsConfirmed: Device? {
        guard self.settings.onDisconnect == .confirmed, case .hide(let device) = self.deletionPolicy else { return nil }
        return device
    }

    /// Commands are about to be handed in that were read together. `isAcknowledged`: before they were read, all that was
    /// written was with the kernel, and as they came the device's TCP had acknowledged it. What waits from an earlier read
    /// counts to that one: this is not called before it has been handed in.
    package mutating func inputBegan(isAcknowledged: Bool) {
        if isAcknowledged { self.confirmations.acknowledged() }
    }

    /// Whether anything depends on what `inputBegan` is told: to find it out costs system calls.
    package var asksForAcknowledgement: Bool { self.commitsConfirmed != nil }

    /// DELE: a mark in the maildrop and a record, nothing upstream.
    mutating func mark(_ number: MessageNumber, _ transaction: Transaction) -> [SessionAction] {
        var (transaction, pending) = (transaction, PendingMarks())
        self.state = .closed
        return self.mark(number, &transaction, &pending)
    }

    /// DELE while the records of others are being written.
    mutating func marking(_ command: Result<Command, SyntaxError>) -> [SessionAction] {
        guard case .success(.dele(let number)) = command, var (transaction, pending) = self.takeMarking() else {
            return self.calledOutOfTurn()
        }
        return [Self.restartIdle] + self.mark(number, &transaction, &pending)
    }

    /// What is marked and waits for its record, and nobody else holds it then: a burst of DELEs would copy it each time.
    private mutating func takeMarking() -> (Transaction, PendingMarks)? {
        guard case .marking(let transaction, let pending) = self.state else { return nil }
        self.state = .closed
        return (transaction, pending)
    }

    private mutating func mark(
        _ number: MessageNumber,
        _ transaction: inout Transaction,
        _ pending: inout PendingMarks
    ) -> [SessionAction] {
        guard case .ready(var maildrop) = transaction.opening else { return self.calledOutOfTurn() }
        transaction.opening = .pending
        let mark = self.mark(number, in: &maildrop)
        transaction.opening = .ready(maildrop)
        pending.append(mark)
        self.state = .marking(transaction, pending)
        return [.record([mark.attempt], changes: [], .written)]
    }

    private mutating func mark(_ number: MessageNumber, in maildrop: inout Maildrop) -> PendingMarks.Mark {
        let asked = "DELE \(number.value)"
        guard let entry = maildrop.mark(number) else {
            let attempt = Attempt(
                action: .dele,
                outcome: .failure,
                asked: asked,
                answered: Failure.noSuchMessage.text,
                done: "nothing",
                reason: "no such message"
            )
            return PendingMarks.Mark(attempt: attempt, reply: Failure.noSuchMessage)
        }
        let reply = Response.ok("message \(number.value) deleted")
        let done: String
        switch entry {
        case .message(let message):
            done = self.deletionPolicy.doneAtDELE(isConfirmed: self.confirmations.mark(message.number))
        case .notice: done = Attempt.markedNotice
        }
        let attempt = Attempt(
            action: .dele,
            outcome: .success,
            asked: asked,
            answered: reply.text,
            done: done,
            message: entry.message.map { maildrop.reference(to: $0, numbered: number) }
        )
        return PendingMarks.Mark(attempt: attempt, reply: reply)
    }

    /// A DELE is answered `+OK` whether its record was written or not: -ERR would stop Thunderbird (C-41). What was not
    /// written joins QUIT's transaction.
    mutating func markRecorded(_ answer: Result<Void, StoreFailure>) -> [SessionAction] {
        guard var (transaction, pending) = self.takeMarking() else { return self.calledOutOfTurn() }
        guard let mark = pending.popFirst() else { preconditionFailure("a mark is pending while marking") }
        var actions: [SessionAction] = [.reply(mark.reply)]
        if case .failure = answer {
            transaction.unrecorded.append(mark.attempt)
            actions.append(.log("DELE not recorded yet"))
        }
        if pending.count > 0 {
            self.state = .marking(transaction, pending)
            return actions
        }
        return actions + self.settle(transaction)
    }

    /// RSET takes all marks away. It always works: clients send it when something else went wrong (P-48).
    mutating func reset(_ transaction: Transaction) -> [SessionAction] {
        var transaction = transaction
        var count = 0
        if case .ready(var maildrop) = transaction.opening {
            count = maildrop.unmarkAll()
            self.confirmations.unmarkAll()
            transaction.opening = .ready(maildrop)
        }
        let reply = Response.ok("nothing is marked")
        let attempt = Attempt(
            action: .rset,
            outcome: .success,
            asked: "RSET",
            answered: reply.text,
            done: "\(count) \(count == 1 ? "mark" : "marks") taken away"
        )
        var pending = PendingMarks()
        pending.append(PendingMarks.Mark(attempt: attempt, reply: reply))
        self.state = .marking(transaction, pending)
        return [.record([attempt], changes: [], .written)]
    }
}
