import Gateway
import IMAP
import NIOCore

/// Fetches the headers of messages, or the fields of them that the record keeps, as many with a command as fit into a line. What the mail server refuses is asked
/// in halves, down to single messages, so that one it cannot read (I-42) costs no other.
final class HeaderJob: UpstreamJob {
    private let part: HeaderPart
    private let keep: (FetchedHeader) -> Void
    private let whenFree: (() -> Void)?
    /// Octets of all headers together; what comes beyond is left out, and nothing more is asked.
    private let maximumOctets: Int
    private var answer: ((Result<Void, UpstreamFailure>) -> Void)?
    private var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?
    /// What is asked next, the last first.
    private var batches: [[UID]]
    private var asked: [UID] = []
    /// Of those asked now, what has come.
    private var heard: Set<UID> = []
    private var octets = 0
    private var hasHeard = false
    private var hasBegunAgain = false
    private var isStopped = false

    /// 16 MiB: far more than 256 headers have.
    static let usualOctets = 16_777_216

    /// `keep` hears each header as it comes. As a part of another job it calls `whenFree` when the connection is free again,
    /// and not after a failure that ended it.
    init(
        uids: [UID],
        part: HeaderPart = .whole,
        maximumOctets: Int = HeaderJob.usualOctets,
        whenFree: (() -> Void)? = nil,
        keep: @escaping (FetchedHeader) -> Void,
        answer: @escaping (Result<Void, UpstreamFailure>) -> Void
    ) {
        self.part = part
        self.whenFree = whenFree
        self.keep = keep
        self.maximumOctets = maximumOctets
        self.answer = answer
        let length = part.maximum
        self.batches = stride(from: 0, to: uids.count, by: length).reversed().map { start in
            Array(uids[start..<min(start + length, uids.count)])
        }
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.mailbox = mailbox
        self.askNext()
    }

    func hear(_ action: ClientAction) {
        self.hasHeard = true
        switch action {
        case .header(let uid, let header): self.heard(uid, Array(header.readableBytesView))
        case .headersEnded: self.askNext()
        case .refused(let refusal): self.refused(UpstreamFailure(refusal))
        case .send, .startTLS, .computeSCRAM, .opened, .quota, .listed, .listingEnded, .present, .bodyBegan, .bodyPiece,
            .bodyEnded, .bodyGone, .fetchEnded, .alive, .notice, .close:
            break
        }
    }

    /// Between commands a mail server may end a connection at any time (I-56); one that fell just now is made again once.
    var beginsAgain: Bool {
        guard !self.hasHeard, !self.hasBegunAgain, self.answer != nil else { return false }
        self.hasBegunAgain = true
        self.batches.append(self.asked)
        return true
    }

    func abandon() {
        self.answer = nil
        self.isStopped = true
    }

    /// All that was to be asked has been.
    var isComplete: Bool { self.batches.isEmpty && self.octets < self.maximumOctets && !self.isStopped }

    /// Asks nothing more: what has come by then is answered.
    func stop() { self.isStopped = true }

    func fail(_ failure: UpstreamFailure) { self.give(.failure(failure)) }

    private func askNext() {
        guard let mailbox = self.mailbox, !self.isStopped, self.octets < self.maximumOctets,
            var batch = self.batches.popLast()
        else {
            self.free()
            return self.give(.success(()))
        }
        let count = ClientStateMachine.headersOfOneCommand(batch, self.part)
        if count < batch.count {
            self.batches.append(Array(batch[count...]))
            batch.removeLast(batch.count - count)
        }
        self.asked = batch
        self.heard = []
        self.connection?.command { $0.fetchHeaders(of: batch, self.part, in: mailbox) }
    }

    private func heard(_ uid: UID, _ header: [UInt8]) {
        guard self.octets + header.count <= self.maximumOctets else {
            self.octets = self.maximumOctets
            return
        }
        self.octets += header.count
        self.heard.insert(uid)
        if self.answer != nil { self.keep(FetchedHeader(uid: uid, octets: header)) }
    }

    private func refused(_ failure: UpstreamFailure) {
        // A connection that is not idle now is about to close; its end frees the account.
        guard self.connection?.isIdle == true else { return self.give(.failure(failure)) }
        guard failure == .messageUnavailable || failure == .messageGone else {
            self.free()
            return self.give(.failure(failure))
        }
        let left = self.asked.filter { !self.heard.contains($0) }
        if self.asked.count > 1, left.count > 0 {
            let half = (left.count + 1) / 2
            self.batches += [Array(left[half...]), Array(left[..<half])].filter { !$0.isEmpty }
        }
        self.askNext()
    }

    private func free() {
        guard let whenFree = self.whenFree else {
            self.account?.finished()
            return
        }
        whenFree()
    }

    private func give(_ result: Result<Void, UpstreamFailure>) {
        let answer = self.answer
        self.answer = nil
        answer?(result)
    }
}
