import Gateway
import IMAP
import Logging
import NIOCore

/// Finds out whether the mailbox is as it was listed last, and lists what is new. A connection that has agreed with the
/// listing before asks with a NOOP, any other says EXAMINE again (DESIGN section 5).
final class CheckJob: UpstreamJob {
    enum Finding {
        /// Nothing has come or gone.
        case agrees
        case changed(ListingUpdate)
        /// UIDVALIDITY is not the one of the listing.
        case renumbered(ExaminedMailbox)
    }

    private let entry: ListingBook.Entry
    private let since: NIODeadline
    private let logger: Logger
    private let keepBatch: (ListingUpdate) -> Void
    private var answer: ((Result<Finding, UpstreamFailure>, [String]) -> Void)?
    private var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    private var step: ListingJob?
    private var hasHeard = false
    private var hasBegunAgain = false

    /// What EXAMINE said at `since` or later is new enough. `answer` hears the lines that went upstream for it too; when it is called the connection is still held, so that it
    /// can be marked.
    init(
        _ entry: ListingBook.Entry,
        since: NIODeadline,
        logger: Logger,
        keepBatch: @escaping (ListingUpdate) -> Void,
        answer: @escaping (Result<Finding, UpstreamFailure>, [String]) -> Void
    ) {
        self.entry = entry
        self.since = since
        self.logger = logger
        self.keepBatch = keepBatch
        self.answer = answer
    }

    private var stored: StoredListing { self.entry.listing }

    /// Marks the connection: it has found the listing of a number to be right. Without effect once the mailbox was EXAMINEd
    /// again.
    var agreement: (UInt64) -> Void {
        guard let account = self.account else { return { _ in } }
        let examination = account.examinations
        return { number in
            if account.examinations == examination { account.agreed = number }
        }
    }

    func agree(on number: UInt64) { self.agreement(number) }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        if account.examinedAt >= self.since { return self.examined(mailbox) }
        account.setAside()
        if account.agreed == self.entry.number {
            connection.command { $0.noop() }
        } else {
            connection.command { $0.examineAgain() }
        }
    }

    func hear(_ action: ClientAction) {
        self.hasHeard = true
        if let step = self.step { return step.hear(action) }
        switch action {
        case .alive(let exists, let expunged):
            let isSame = expunged == 0 && (exists ?? self.stored.exists) == self.stored.exists
            if isSame { return self.end(.success(.agrees)) }
            self.connection?.command { $0.examineAgain() }
        case .opened(let mailbox): self.examined(mailbox)
        case .refused(let refusal): self.refused(UpstreamFailure(refusal))
        case .send, .startTLS, .computeSCRAM, .quota, .listed, .listingEnded, .present, .bodyBegan, .bodyPiece,
            .bodyEnded, .bodyGone, .fetchEnded, .header, .headersEnded, .notice, .close:
            break
        }
    }

    func fail(_ failure: UpstreamFailure) {
        if let step = self.step { return step.fail(failure) }
        self.give(.failure(failure))
    }

    /// Between commands a mail server may end a connection at any time (I-56): what was parked too long is made again.
    var beginsAgain: Bool {
        guard !self.hasHeard, self.step == nil, !self.hasBegunAgain, self.answer != nil else { return false }
        self.hasBegunAgain = true
        return true
    }

    private func examined(_ mailbox: ExaminedMailbox) {
        guard let account = self.account, let connection = self.connection else { return }
        if let validity = self.stored.validity, validity != mailbox.validity {
            return self.end(.success(.renumbered(mailbox)))
        }
        guard !mailbox.agrees(with: self.stored) else { return self.end(.success(.agrees)) }
        let step = ListingJob(
            stored: self.stored,
            logger: self.logger,
            whenFree: {},
            keepBatch: self.keepBatch,
            answer: { result in
                self.step = nil
                self.end(result.map { .changed($0) })
            }
        )
        self.step = step
        step.begin(on: account, connection, mailbox)
    }

    private func refused(_ failure: UpstreamFailure) {
        self.end(.failure(failure))
    }

    private func end(_ result: Result<Finding, UpstreamFailure>) {
        self.give(result)
        // A connection that is not idle now is about to close; its end frees the account.
        if self.connection?.isIdle == true { self.account?.finished() }
    }

    private func give(_ result: Result<Finding, UpstreamFailure>) {
        let answer = self.answer
        self.answer = nil
        answer?(result, self.account?.takeTranscript() ?? [])
    }
}

extension ExaminedMailbox {
    /// Nothing has come or gone: a new message raises UIDNEXT, one that went lowers EXISTS. What was doubted and is back as
    /// it was is kept, so that the next doubt is told again.
    fileprivate func agrees(with stored: StoredListing) -> Bool {
        guard stored.validity != nil, !stored.isDoubted, stored.exists == self.exists else { return false }
        guard stored.snapshot.count == Int(stored.exists) else { return false }
        guard let next = self.uidNext else { return stored.exists == 0 }
        return next == stored.uidNext
    }
}
