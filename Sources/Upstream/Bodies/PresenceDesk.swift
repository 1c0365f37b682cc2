import Gateway
import IMAP
import NIOCore

/// Knows whether messages still exist upstream, so that what the spool holds is not served of one that has gone (P-50). It
/// asks the mail server when it was not asked lately, at most once a second for all sessions.
final class PresenceDesk {
    /// How long an answer is good for.
    private static let freshness = TimeAmount.seconds(1)

    private struct Question {
        let uid: UID
        let answer: (Bool) -> Void
    }

    private let loop: any EventLoop
    private var confirmed: NIODeadline?
    /// As listed last.
    private var listed: MailboxSnapshot?
    /// What existed when that was asked after the listing.
    private var present: [ClosedRange<UInt32>]?
    private var questions: [Question] = []
    private var isAsking = false

    init(loop: any EventLoop) { self.loop = loop }

    /// The mailbox was just found to be as in this listing.
    func hear(_ listing: StoredListing) {
        self.confirmed = .now()
        self.listed = listing.snapshot
        self.present = nil
    }

    func confirm(
        _ uid: UID,
        _ lines: LeaseLines,
        run: (any UpstreamJob) -> Void,
        answer: @escaping (Bool) -> Void
    ) {
        if let confirmed = self.confirmed, NIODeadline.now() - confirmed < Self.freshness {
            return answer(self.isThere(uid))
        }
        self.questions.append(Question(uid: uid, answer: answer))
        guard !self.isAsking else { return }
        self.isAsking = true
        run(
            PresenceJob(lines) { result in
                self.isAsking = false
                // Where the mail server cannot be asked, what was there is served: it existed at the login.
                if case .success(let present) = result {
                    self.confirmed = .now()
                    if let present { self.present = present }
                }
                let questions = self.questions
                self.questions = []
                for question in questions { question.answer(self.isThere(question.uid)) }
            }
        )
    }

    private func isThere(_ uid: UID) -> Bool {
        if let present = self.present { return present.contains { $0.contains(uid.value) } }
        return self.listed?.position(of: uid) != nil
    }
}

/// NOOP, and where messages have gone, which UIDs exist.
final class PresenceJob: UpstreamJob {
    private let lines: LeaseLines
    private var answer: ((Result<[ClosedRange<UInt32>]?, UpstreamFailure>) -> Void)?
    private var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?

    /// Answers with all UIDs that exist; nil when nothing has gone since the connection was asked last.
    init(_ lines: LeaseLines, answer: @escaping (Result<[ClosedRange<UInt32>]?, UpstreamFailure>) -> Void) {
        self.lines = lines
        self.answer = answer
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.mailbox = mailbox
        account.setAside()
        // What had gone before EXAMINE is not counted.
        account.countsGone ? self.ask { $0.noop() } : self.search()
    }

    private func search() {
        guard let mailbox = self.mailbox else { return }
        self.ask { $0.findPresent(in: mailbox) }
    }

    func hear(_ action: ClientAction) {
        switch action {
        case .alive(let exists, let expunged):
            // The next listing must not take this connection for one that has seen nothing.
            if expunged > 0 || exists != nil { self.account?.agreed = nil }
            expunged > 0 ? self.search() : self.end(.success(nil))
        case .present(let ranges):
            self.account?.countsGone = true
            self.end(.success(ranges))
        case .refused(let refusal): self.end(.failure(UpstreamFailure(refusal)))
        case .send, .startTLS, .computeSCRAM, .opened, .quota, .listed, .listingEnded, .bodyBegan, .bodyPiece,
            .bodyEnded, .bodyGone, .fetchEnded, .header, .headersEnded, .notice, .close:
            break
        }
    }

    func fail(_ failure: UpstreamFailure) { self.give(.failure(failure)) }
    func abandon() { self.give(.failure(.unavailable(reason: "the session has ended"))) }

    private func ask(_ command: (inout ClientStateMachine) -> [ClientAction]) {
        self.connection?.command(command)
        self.lines.add(self.account?.takeTranscript() ?? [])
    }

    private func end(_ result: Result<[ClosedRange<UInt32>]?, UpstreamFailure>) {
        self.give(result)
        // A connection that is not idle now is about to close; its end frees the account.
        if self.connection?.isIdle == true { self.account?.finished() }
    }

    private func give(_ result: Result<[ClosedRange<UInt32>]?, UpstreamFailure>) {
        let answer = self.answer
        self.answer = nil
        answer?(result)
    }
}
