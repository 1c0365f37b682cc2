import enum POP3.Command
import struct POP3.MessageNumber
import enum POP3.Response
import enum POP3.SyntaxError

// DELE and RSET. Departs from RFC 1939 §6: QUIT hides instead of removing, because the mailbox is shared.
extension SessionStateMachine {
    var deletionPolicy: DeletionPolicy {
        DeletionPolicy(speaker: self.origin.speaker, hidesDeleted: self.configuration.hidesDeleted)
    }

    /// DELE: a mark in the maildrop and a record, nothing upstream.
    mutating func mark(
        _ number: MessageNumber,
        _ transaction: consuming Transaction,
        _ pending: consuming PendingMarks
    ) -> [SessionAction] {
        guard case .ready(var maildrop) = transaction.opening else { return self.calledOutOfTurn() }
        // Now the marks have one owner, and a burst of DELEs does not copy them each time.
        self.state = .closed
        transaction.opening = .pending
        let mark = self.mark(number, in: &maildrop)
        transaction.opening = .ready(maildrop)
        pending.append(mark)
        self.state = .marking(transaction, pending)
        return [.record([mark.attempt], changes: [], .written)]
    }

    /// DELE while the records of others are being written.
    mutating func marking(_ command: Result<Command, SyntaxError>) -> [SessionAction] {
        guard case .success(.dele(let number)) = command, case .marking(let transaction, let pending) = self.state
        else {
            return self.calledOutOfTurn()
        }
        self.state = .closed
        return [Self.restartIdle] + self.mark(number, transaction, pending)
    }

    private func mark(_ number: MessageNumber, in maildrop: inout Maildrop) -> PendingMarks.Mark {
        let asked = "DELE \(number.value)"
        guard let message = maildrop.mark(number) else {
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
        let attempt = Attempt(
            action: .dele,
            outcome: .success,
            asked: asked,
            answered: reply.text,
            done: self.deletionPolicy.doneAtDELE,
            message: maildrop.reference(to: message, numbered: number)
        )
        return PendingMarks.Mark(attempt: attempt, reply: reply)
    }

    /// A DELE is answered `+OK` whether its record was written or not: -ERR would stop Thunderbird (C-41). What was not
    /// written joins QUIT's transaction.
    mutating func markRecorded(_ answer: Result<Void, StoreFailure>) -> [SessionAction] {
        guard case .marking(var transaction, var pending) = self.state else { return self.calledOutOfTurn() }
        self.state = .closed
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
