import struct POP3.MessageNumber
import enum POP3.Response

// UPDATE (RFC 1939 §6): QUIT keeps first and answers then.
extension SessionStateMachine {
    mutating func quit(_ transaction: Transaction) -> [SessionAction] {
        // A client may send RETR, DELE and QUIT in one go: what it has not got must not be hidden from it.
        if transaction.mayHaveUnwritten, transaction.markedCount > 0 {
            self.state = .draining(transaction)
            return [.awaitDrained]
        }
        return self.update(transaction)
    }

    /// All that was written before is with the kernel.
    package mutating func drained() -> [SessionAction] {
        guard case .draining(var transaction) = self.state else { return [] }
        transaction.mayHaveUnwritten = false
        return self.update(transaction)
    }

    private mutating func update(_ transaction: Transaction) -> [SessionAction] {
        let rows = transaction.maildrop.map(\.marked) ?? NumberRanges()
        let count = rows.count
        // Our own message really goes, whatever becomes of those of the mailbox.
        let notice = transaction.maildrop?.markedNotice
        let policy = self.deletionPolicy
        let change = transaction.maildrop.flatMap {
            policy.change(rows, of: $0.mailbox, from: self.origin.arrival.source.address)
        }
        let quit = Attempt(
            action: .quit,
            outcome: .success,
            asked: "QUIT",
            answered: Self.farewell.text,
            done: notice == nil ? policy.doneAtQUIT(count) : Attempt.doneWithNotice(policy.doneAtQUIT(count)),
            numbers: count > 0 ? rows : nil,
            mailbox: count > 0 ? transaction.maildrop?.mailbox : nil
        )
        let end = self.sessionEnd(reason: "quit", outcome: .success, uncited: transaction.uncited)
        let attempts = transaction.unrecorded + [quit, end]
        let changes = [change, notice.map { Change.endNotice($0.uniqueID) }].compactMap(\.self)
        self.state = .updating(transaction)
        return [.record(attempts, changes: changes, transaction.markedCount > 0 ? .synced : .written)]
    }

    mutating func updated(_ answer: Result<Void, StoreFailure>, _ transaction: Transaction) -> [SessionAction] {
        switch answer {
        case .success:
            self.state = .closed
            return [.reply(Self.farewell), .close]
        case .failure(let failure):
            let count = transaction.markedCount
            let reply = count > 0 ? Failure.notRemoved : Failure.store(failure).reply
            // The failed transaction took its records with it. Perhaps there is room for this one.
            let quit = Attempt(
                action: .quit,
                outcome: .failure,
                asked: "QUIT",
                answered: reply.text,
                done: "nothing",
                reason: Failure.store(failure).reason
            )
            return [.log("QUIT not recorded")] + self.end(reason: "quit", saying: reply, alongside: [quit])
        }
    }

    private static let farewell = Response.ok("bye")
}
