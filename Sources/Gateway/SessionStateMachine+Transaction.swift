import struct NIOCore.ByteBuffer
import enum POP3.Command
import enum POP3.Response

// TRANSACTION (RFC 1939 §5). RETR and TOP stand in +Retrieval, DELE and RSET in +Deletion, QUIT in +Update.
extension SessionStateMachine {
    mutating func transact(_ command: Command, _ transaction: Transaction) -> [SessionAction] {
        switch command {
        case .noop: return self.answer(.ok("here"), transaction)
        case .capa: return self.answer(self.capabilities(inTransaction: true), transaction)
        case .quit: return self.quit(transaction)
        case .rset: return self.reset(transaction)
        case .unsupported: return self.refuseProbe()
        case .user, .pass, .auth, .stls: return self.refuseCommand(.err(nil, "logged in already"))
        case .stat, .list, .uidl, .retr, .top, .dele:
            switch transaction.opening {
            case .ready(let maildrop): return self.transact(command, maildrop, transaction)
            case .failed(let failure):
                return self.decline(command, Failure.upstream(failure), transaction)
            case .pending:
                self.state = .awaitingMaildrop(transaction, command)
                return [.startTimer(.listing, seconds: Self.listingSeconds)]
            }
        }
    }

    private mutating func transact(
        _ command: Command,
        _ maildrop: Maildrop,
        _ transaction: Transaction
    ) -> [SessionAction] {
        switch command {
        case .stat: return self.answer(.ok("\(maildrop.count) \(self.clamped(maildrop.octets))"), transaction)
        case .list(nil): return self.list(Listing(content: .sizes), maildrop, transaction)
        case .uidl(nil): return self.list(Listing(content: .uniqueIDs), maildrop, transaction)
        case .list(let number?):
            guard let entry = maildrop[number] else { return self.answer(Failure.noSuchMessage, transaction) }
            return self.answer(.ok("\(number.value) \(self.clamped(UInt64(entry.size)))"), transaction)
        case .uidl(let number?):
            guard let entry = maildrop[number] else { return self.answer(Failure.noSuchMessage, transaction) }
            return self.answer(.ok("\(number.value) \(entry.uniqueID.text)"), transaction)
        case .retr(let number): return self.retrieve(number, lines: nil, maildrop, transaction)
        case .top(let number, let lines): return self.retrieve(number, lines: lines, maildrop, transaction)
        case .dele(let number): return self.mark(number, transaction)
        case .user, .pass, .auth, .stls, .capa, .rset, .noop, .quit, .unsupported: return self.calledOutOfTurn()
        }
    }

    /// Old clients keep totals and sizes in 31 bits (P-41).
    private func clamped(_ octets: UInt64) -> UInt64 {
        self.configuration.clampsTotals ? min(octets, 0x7FFF_FFFF) : octets
    }

    mutating func listingTimerFired() -> [SessionAction] {
        guard case .awaitingMaildrop(let transaction, let command) = self.state else { return [] }
        return self.decline(command, .upstream(.preparing), transaction)
    }

    /// The listing is not there: never an empty or shorter one in its place (promise 2). Attempts go on record.
    private mutating func decline(
        _ command: Command,
        _ failure: Failure,
        _ transaction: Transaction
    ) -> [SessionAction] {
        let action: Attempt.Action
        let asked: String
        switch command {
        case .retr(let number): (action, asked) = (.retr, "RETR \(number.value)")
        case .top(let number, let lines): (action, asked) = (.top, "TOP \(number.value) \(lines)")
        case .dele(let number): (action, asked) = (.dele, "DELE \(number.value)")
        case .stat, .list, .uidl, .user, .pass, .auth, .stls, .capa, .rset, .noop, .quit, .unsupported:
            return self.answer(failure.reply, transaction)
        }
        let attempt = Attempt(
            action: action,
            outcome: .failure,
            asked: asked,
            answered: failure.reply.text,
            done: "nothing",
            reason: failure.reason
        )
        return self.record(attempt, thenAnswer: failure.reply, transaction)
    }

    /// Answers at once, and is ready for the next command.
    mutating func answer(_ reply: Response, _ transaction: Transaction) -> [SessionAction] {
        [.reply(reply)] + self.settle(transaction)
    }

    mutating func record(
        _ attempt: Attempt,
        thenAnswer reply: Response,
        _ transaction: Transaction
    ) -> [SessionAction] {
        self.state = .answering(transaction, reply)
        return [.record([attempt], changes: [], .written)]
    }

    /// Ready for the next command; or at the end, when the server wants to stop.
    mutating func settle(_ transaction: Transaction) -> [SessionAction] {
        self.state = .idle(transaction)
        return self.isQuiescing ? self.end(reason: "server stop", lineIsLost: true) : []
    }
}

// LIST and UIDL go out in parts: a maildrop of 200,000 messages is some MiB of lines.
extension SessionStateMachine {
    private mutating func list(
        _ listing: Listing,
        _ maildrop: Maildrop,
        _ transaction: Transaction
    ) -> [SessionAction] {
        let count = maildrop.count
        return [.reply(.ok("\(count) \(count == 1 ? "message" : "messages")"))]
            + self.writePart(listing, maildrop, transaction)
    }

    /// The device's channel can take more.
    package mutating func writable() -> [SessionAction] {
        guard case .listing(let transaction, let listing) = self.state else { return [] }
        guard let maildrop = transaction.maildrop else { return self.calledOutOfTurn() }
        return [Self.restartIdle] + self.writePart(listing, maildrop, transaction)
    }

    private mutating func writePart(
        _ listing: Listing,
        _ maildrop: Maildrop,
        _ transaction: Transaction
    ) -> [SessionAction] {
        var listing = listing
        var part = ByteBuffer()
        guard maildrop.write(&listing, largest: self.clamped(.max), into: &part) else {
            self.state = .listing(transaction, listing)
            return [.piece(part), .awaitWritable]
        }
        part.writeImmutableBuffer(Response.finalDot)
        return [.piece(part)] + self.settle(transaction)
    }
}
