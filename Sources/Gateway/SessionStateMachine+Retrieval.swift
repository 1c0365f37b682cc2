import struct IMAP.UID
package import struct NIOCore.ByteBuffer
import struct POP3.MessageNumber
import enum POP3.Response

// RETR and TOP: what is asked of the mailbox, and what comes of it.
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
