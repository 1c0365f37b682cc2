import struct IMAP.UID
package import struct NIOCore.ByteBuffer
import struct POP3.MessageNumber
import enum POP3.Response

// RETR and TOP. What is here whole before anything is answered takes one record: it is written, then `+OK`, the message and
// the final dot go out together. What comes piece by piece takes two: one before `+OK`, the result before the final dot.
extension SessionStateMachine {
    mutating func retrieve(
        _ number: MessageNumber,
        lines: Int?,
        _ maildrop: Maildrop,
        _ transaction: Transaction
    ) -> [SessionAction] {
        guard let entry = maildrop[number] else {
            let asked = lines.map { "TOP \(number.value) \($0)" } ?? "RETR \(number.value)"
            let attempt = Attempt(
                action: lines == nil ? .retr : .top,
                outcome: .failure,
                asked: asked,
                answered: Failure.noSuchMessage.text,
                done: "nothing",
                reason: "no such message"
            )
            return self.record(attempt, thenAnswer: Failure.noSuchMessage, transaction)
        }
        let delivery = Delivery(number, entry, lines: lines, replacesNUL: self.configuration.replacesNUL)
        // A notice of our own is here already: nothing goes upstream.
        guard case .message(let message) = entry else { return self.serve(transaction, delivery) }
        // A TOP that is a download is withheld like RETR, else fetchmail would download it at each poll.
        if delivery.isWhole, maildrop.withholds(message) {
            let attempt = self.failed(delivery, transaction, Failure.withheld, reason: Attempt.withheld)
            return self.record(attempt, thenAnswer: Failure.withheld, transaction)
        }
        let ahead = self.order.retrieved(number.value, of: maildrop.lastNumber)
        return self.fetch(transaction, delivery, ahead: ahead.compactMap { maildrop.uid(ofNumber: $0) })
    }

    private mutating func fetch(
        _ transaction: Transaction,
        _ delivery: Delivery,
        ahead: [UID] = []
    ) -> [SessionAction] {
        guard let request = delivery.request(ahead: ahead) else { return self.calledOutOfTurn() }
        self.state = .fetching(transaction, delivery)
        return [.fetch(request)]
    }

    /// All of a short body. `octets` is what the mail server announced for this fetch.
    package mutating func bodyCame(
        octets: UInt64,
        _ pieces: [ByteBuffer],
        transcript: [String]
    ) -> [SessionAction] {
        guard case .fetching(let transaction, var delivery) = self.state else { return self.bodyOutOfTurn() }
        delivery.announced = octets
        delivery.transcript += transcript
        delivery.gather(pieces)
        return self.gathered(transaction, delivery)
    }

    /// A longer body begins. `octets` is what the mail server announced for this fetch.
    package mutating func bodyBegan(octets: UInt64) -> [SessionAction] {
        guard case .fetching(let transaction, var delivery) = self.state else { return self.bodyOutOfTurn() }
        delivery.announced = octets
        if delivery.isGathered {
            self.state = .gathering(transaction, delivery)
            return [.pullBody]
        }
        return self.start(transaction, delivery)
    }

    package mutating func bodyReceived(_ pieces: [ByteBuffer]) -> [SessionAction] {
        switch self.state {
        case .gathering(let transaction, var delivery):
            delivery.gather(pieces)
            self.state = .gathering(transaction, delivery)
            return [.pullBody]
        case .delivering(let transaction, var delivery):
            let ready = delivery.stuff(pieces)
            self.state = .delivering(transaction, delivery)
            return [Self.restartIdle] + ready.map(SessionAction.piece) + [.pullBody]
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .fetching,
            .starting,
            .finishing, .draining, .updating, .committing, .closed:
            return self.bodyOutOfTurn()
        }
    }

    package mutating func bodyEnded(transcript: [String]) -> [SessionAction] {
        switch self.state {
        case .gathering(let transaction, var delivery):
            delivery.transcript += transcript
            return self.gathered(transaction, delivery)
        case .delivering(let transaction, var delivery):
            delivery.transcript += transcript
            return self.finish(transaction, delivery)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .fetching,
            .starting,
            .finishing, .draining, .updating, .committing, .closed:
            return self.bodyOutOfTurn()
        }
    }

    package mutating func bodyFailed(_ failure: UpstreamFailure, transcript: [String]) -> [SessionAction] {
        switch self.state {
        case .fetching(let transaction, var delivery), .gathering(let transaction, var delivery):
            delivery.transcript += transcript
            return self.refuse(transaction, delivery, .upstream(failure))
        case .starting(let transaction, var delivery, failure: nil):
            delivery.transcript += transcript
            self.state = .starting(transaction, delivery, failure: failure)
            return []
        case .delivering(let transaction, var delivery):
            delivery.transcript += transcript
            self.state = .delivering(transaction, delivery)
            return self.end(reason: Failure.upstream(failure).reason, lineIsLost: true)
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .starting,
            .finishing,
            .draining, .updating, .committing, .closed:
            return self.bodyOutOfTurn()
        }
    }

    private mutating func gathered(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
        var delivery = delivery
        return delivery.windowEnded() ? self.serve(transaction, delivery) : self.fetch(transaction, delivery)
    }

    /// All that goes out is here: it is recorded before the device hears `+OK`.
    private mutating func serve(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
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
    private mutating func start(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
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
    private mutating func finish(_ transaction: Transaction, _ delivery: Delivery) -> [SessionAction] {
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
    private mutating func refuse(
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

    /// What comes of a body after it was cancelled is nothing. While one is under way, an event out of turn means that
    /// octets would be missing: the session ends, before anybody takes a cut message for a whole one.
    private mutating func bodyOutOfTurn() -> [SessionAction] {
        switch self.state {
        case .fetching, .gathering, .starting, .delivering: return self.calledOutOfTurn()
        case .unconnected, .awaitingTLS, .authorization, .startingTLS, .authenticating, .loggingIn, .refusing,
            .preparing, .admitting, .idle, .awaitingMaildrop, .listing, .marking, .answering, .serving, .finishing,
            .draining,
            .updating, .committing, .closed:
            return []
        }
    }
}

extension Transaction {
    /// How the record names what is delivered; nil for what is no message of the mailbox.
    fileprivate func reference(to delivery: Delivery) -> MessageReference? {
        delivery.entry.message.flatMap { self.maildrop?.reference(to: $0, numbered: delivery.number) }
    }
}
