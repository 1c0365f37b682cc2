import Gateway
import IMAP
import NIOCore

/// Fetches one message. What is short is collected before `began`, so that its failure can still be said; what is long
/// goes through piece by piece, and the mail server's channel is read only as far as the device takes them.
final class BodyJob: UpstreamJob {
    private enum Phase {
        case waiting
        case asked
        case collecting
        case streaming
        /// All has come; the pieces that are left are handed out.
        case whole
        /// NO was answered: one NOOP, and the fetch again (I-51).
        case retrying
        /// Nothing came: does the message still exist?
        case searching(UpstreamFailure)
        case over
    }

    private let account: AccountConnection
    private let request: BodyRequest
    /// As listed; an empty answer for a message that has a size is no message (I-42).
    private let listedSize: UInt32?
    private let sink: @Sendable (BodyEvent) -> Void
    private var phase = Phase.waiting
    private var hasRetried = false
    private var hasBegunAgain = false
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?
    private var announced: UInt64 = 0
    private var pieces: [ByteBuffer] = []
    private var demand = 0
    private var transcript: [String] = []

    init(
        account: AccountConnection,
        request: BodyRequest,
        listedSize: UInt32?,
        sink: @escaping @Sendable (BodyEvent) -> Void
    ) {
        self.account = account
        self.request = request
        self.listedSize = listedSize
        self.sink = sink
    }

    func begin(on connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.connection = connection
        self.mailbox = mailbox
        if case .over = self.phase { return self.account.finished() }
        _ = self.account.takeTranscript()
        self.ask()
    }

    private func ask() {
        guard let mailbox = self.mailbox else { return }
        self.phase = .asked
        self.connection?.command { $0.fetch(self.request.uid, self.request.section, in: mailbox) }
    }

    func hear(_ action: ClientAction) {
        switch action {
        case .bodyBegan(let octets): self.bodyBegan(octets)
        case .bodyPiece(let piece): if !self.isOver { self.pieces.append(piece) }
        case .bodyEnded: self.bodyEnded()
        case .refused(let refusal): self.refused(UpstreamFailure(refusal))
        case .alive: if case .retrying = self.phase { self.ask() } else { self.account.finished() }
        case .present(let ranges): self.found(ranges)
        case .send, .startTLS, .opened, .quota, .listed, .listingEnded, .notice, .close: break
        }
    }

    /// Between commands a mail server may end a connection at any time (I-56); one that fell just now is made again once.
    var beginsAgain: Bool {
        guard case .asked = self.phase, !self.hasBegunAgain else { return false }
        self.hasBegunAgain = true
        self.phase = .waiting
        return true
    }

    func abandon() { self.cancel() }

    private var isOver: Bool { if case .over = self.phase { true } else { false } }

    private func bodyBegan(_ octets: UInt64) {
        if self.isOver {
            if octets > self.account.dialler.configuration.collectedOctets { self.dropCancelled() }
            return
        }
        guard octets <= self.account.dialler.configuration.longestMessage else {
            self.end(.failed(.messageTooLarge, transcript: self.takeTranscript()))
            return self.account.drop(reason: "a message is longer than the limit")
        }
        self.announced = octets
        guard octets > self.account.dialler.configuration.collectedOctets else {
            self.phase = .collecting
            return
        }
        self.phase = .streaming
        self.connection?.readsFreely = false
        self.sink(.began(octets: octets))
    }

    func readCompleted() {
        guard case .streaming = self.phase else { return }
        self.handOut()
    }

    private func bodyEnded() {
        self.transcript += self.takeTranscript()
        switch self.phase {
        case .collecting:
            let size = self.pieces.reduce(0) { $0 + $1.readableBytes }
            if size == 0, self.request.section == .whole, (self.listedSize ?? 0) > 1 {
                return self.search(.messageUnavailable)
            }
            self.phase = .whole
            self.account.finished()
            self.sink(.began(octets: self.announced))
        case .streaming:
            self.phase = .whole
            self.account.finished()
            self.handOut()
        case .over: self.account.finished()
        case .waiting, .asked, .whole, .retrying, .searching: break
        }
    }

    private func refused(_ failure: UpstreamFailure) {
        switch self.phase {
        case .asked where failure == .messageUnavailable && !self.hasRetried:
            self.hasRetried = true
            self.phase = .retrying
            self.connection?.command { $0.noop() }
        case .asked where failure == .messageUnavailable || failure == .messageGone: self.search(failure)
        case .searching(let first): self.give(first)
        case .over: self.account.finished()
        case .waiting, .asked, .collecting, .streaming, .whole, .retrying: self.give(failure)
        }
    }

    private func search(_ failure: UpstreamFailure) {
        guard let mailbox = self.mailbox else { return self.give(failure) }
        self.phase = .searching(failure)
        self.connection?.command { $0.findPresent(in: mailbox) }
    }

    private func found(_ ranges: [ClosedRange<UInt32>]) {
        let exists = ranges.contains { $0.contains(self.request.uid.value) }
        self.give(exists ? .messageUnavailable : .messageGone)
    }

    /// The message cannot be had, and the connection is free again.
    private func give(_ failure: UpstreamFailure) {
        let wasOver = self.isOver
        self.transcript += self.takeTranscript()
        if !wasOver { self.end(.failed(failure, transcript: self.transcript)) }
        // A connection that is not idle now is about to close; its end frees the account.
        if self.connection?.isIdle == true { self.account.finished() }
    }

    func fail(_ failure: UpstreamFailure) {
        guard !self.isOver else { return }
        if case .whole = self.phase { return }
        self.end(.failed(failure, transcript: self.transcript))
    }

    private func end(_ event: BodyEvent) {
        self.phase = .over
        self.pieces = []
        self.sink(event)
    }

    private func takeTranscript() -> [String] { self.account.takeTranscript() }

    // MARK: - Demand

    func more() {
        self.demand += 1
        self.handOut()
    }

    private func handOut() {
        guard self.demand > 0 else { return }
        switch self.phase {
        case .streaming:
            guard !self.pieces.isEmpty else {
                self.connection?.readOn()
                return
            }
            self.handOutPieces()
        case .whole:
            if self.pieces.isEmpty {
                self.end(.ended(transcript: self.transcript))
            } else {
                self.handOutPieces()
            }
        case .waiting, .asked, .collecting, .retrying, .searching, .over: break
        }
    }

    private func handOutPieces() {
        let pieces = self.pieces
        self.pieces = []
        self.demand -= 1
        self.sink(.pieces(pieces))
    }

    /// What is left of a long body is not worth reading: the connection is dropped for it.
    func cancel() {
        switch self.phase {
        case .streaming:
            self.phase = .over
            self.pieces = []
            self.dropCancelled()
        case .waiting, .asked, .collecting, .whole, .retrying, .searching, .over:
            self.phase = .over
            self.pieces = []
        }
    }

    private func dropCancelled() { self.account.drop(reason: "a fetch was cancelled") }
}
