import struct NIOCore.ByteBuffer
import enum POP3.Response

// RETR and TOP: the record, and what the device hears (promise 3). What is here whole before anything is answered takes one
// record: it is written, then `+OK`, the message and the final dot go out together. What comes piece by piece takes two: one
// before `+OK`, the result before the final dot.
extension SessionStateMachine {
    /// All that goes out is here: it is recorded before the device hears `+OK`.
    mutating func serve(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
        var delivery = delivery
        let message = delivery.stuffGathered() + delivery.finish()
        let attempt = self.served(delivery, transaction)
        // Cited now.
        delivery.transcript = []
        self.state = .serving(transaction, delivery, message: message)
        return [.record([attempt], changes: self.learnt(transaction, delivery), .written)]
    }

    mutating func serveRecorded(
        _ answer: Result<Void, StoreFailure>,
        _ transaction: Transaction,
        _ delivery: Delivery,
        _ message: [ByteBuffer]
    ) -> [SessionAction] {
        if case .failure(let failure) = answer {
            return [.log("retrieval not recorded")] + self.answer(Failure.store(failure).reply, transaction)
        }
        var transaction = transaction
        transaction.mayHaveUnwritten = true
        self.delivered(delivery.wholeRow)
        return [.reply(Self.reply(to: delivery))] + message.map(SessionAction.piece) + [.piece(Response.finalDot)]
            + self.settle(transaction)
    }

    private mutating func delivered(_ row: UInt32?) {
        guard let row else { return }
        self.tally.served += 1
        if self.commitsConfirmed != nil { self.confirmations.delivered(row) }
    }

    /// Before `+OK`: a record that the message is about to be served.
    mutating func start(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
        let attempt = Attempt(
            action: delivery.action,
            outcome: .unknown,
            asked: delivery.asked,
            answered: Self.reply(to: delivery).text,
            done: Attempt.done("begun", to: delivery.entry),
            message: transaction.reference(to: delivery)
        )
        self.state = .starting(transaction, delivery, failure: nil)
        return [.record([attempt], changes: [], .written)]
    }

    mutating func startRecorded(
        _ answer: Result<Void, StoreFailure>,
        _ transaction: Transaction,
        _ delivery: Delivery,
        _ failure: UpstreamFailure?
    ) -> [SessionAction] {
        if let failure { return self.refuse(transaction, delivery, .upstream(failure)) }
        if case .failure(let failure) = answer {
            return [.cancelBody, .log("retrieval not recorded")]
                + self.answer(Failure.store(failure).reply, transaction)
        }
        var transaction = transaction
        transaction.mayHaveUnwritten = true
        self.state = .delivering(transaction, delivery)
        return [.reply(Self.reply(to: delivery)), .pullBody]
    }

    /// All has come: the last octets, and the record that goes before the final dot.
    mutating func finish(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
        var delivery = delivery
        let end = delivery.finish().map(SessionAction.piece)
        let attempt = self.served(delivery, transaction)
        self.state = .finishing(transaction, whole: delivery.wholeRow)
        return end + [.record([attempt], changes: self.learnt(transaction, delivery), .written)]
    }

    mutating func finishRecorded(
        _ answer: Result<Void, StoreFailure>,
        _ transaction: Transaction,
        whole row: UInt32?
    ) -> [SessionAction] {
        switch answer {
        case .success:
            self.delivered(row)
            return [.piece(Response.finalDot)] + self.settle(transaction)
        case .failure:
            return [.log("delivery not recorded")] + self.end(reason: "delivery not recorded", lineIsLost: true)
        }
    }

    private func served(_ delivery: Delivery, _ transaction: Transaction) -> Attempt {
        Attempt(
            action: delivery.action,
            outcome: .success,
            asked: delivery.asked,
            answered: Self.reply(to: delivery).text,
            done: Attempt.done(
                "served \(delivery.octets) octets\(delivery.isWhole ? ", whole" : "")",
                to: delivery.entry
            ),
            message: transaction.reference(to: delivery),
            octets: delivery.octets,
            upstream: delivery.transcript
        )
    }

    /// What delivering a message taught: its size as the device counts it, and its details for the record.
    private func learnt(_ transaction: Transaction, _ delivery: Delivery) -> [Change] {
        guard let mailbox = transaction.maildrop?.mailbox, let message = delivery.entry.message else { return [] }
        var changes: [Change] = []
        let size = UInt32(clamping: max(1, delivery.octets))
        if delivery.isWhole, size != message.size {
            changes.append(.size(mailbox, number: message.number, octets: size))
        }
        if let details = delivery.details {
            changes.append(.details(mailbox, number: message.number, details))
        }
        return changes
    }

    /// Before `+OK`: the failure is said, and the session goes on (P-50).
    mutating func refuse(
        _ transaction: Transaction,
        _ delivery: Delivery,
        _ failure: Failure
    ) -> [SessionAction] {
        let attempt = self.failed(delivery, transaction, failure.reply, reason: failure.reason)
        return self.record(attempt, thenAnswer: failure.reply, transaction)
    }

    /// A retrieval that ended before its final dot. `reply` is nil when `+OK` was said before.
    func failed(_ delivery: Delivery, _ transaction: Transaction, _ reply: Response?, reason: String) -> Attempt {
        Attempt(
            action: delivery.action,
            outcome: .failure,
            asked: delivery.asked,
            answered: reply?.text ?? Self.reply(to: delivery).text,
            done: reply == nil
                ? Attempt.done("cut after \(delivery.octets) octets, no final dot", to: delivery.entry) : "nothing",
            message: transaction.reference(to: delivery),
            octets: delivery.octets,
            reason: reason,
            upstream: delivery.transcript
        )
    }

    /// The number is for people; what is delivered may differ by repaired line ends (RFC 1939 §9, §11).
    private static func reply(to delivery: Delivery) -> Response {
        delivery.isWhole ? .ok("\(delivery.announced) octets") : .ok("top of message follows")
    }
}

extension Transaction {
    /// How the record names what is delivered; nil for what is no message of the mailbox.
    fileprivate func reference(to delivery: Delivery) -> MessageReference? {
        delivery.entry.message.flatMap { self.maildrop?.reference(to: $0, numbered: delivery.number) }
    }
}
