import Gateway
import IMAP
import NIOCore

/// Fetches bodies with one command, in whatever order the mail server sends them. What does not come although somebody
/// waits for it is asked for once more, alone (I-51), and then looked for: a message that cannot be read is told from one
/// that has gone.
final class FetchJob: UpstreamJob {
    private enum Phase {
        case waiting
        case asked
        /// NO was answered for one that was asked alone, or for many: a NOOP, and then that one alone.
        case retrying
        /// Does the message still exist?
        case searching(UpstreamFailure)
        case over
    }

    private let section: Section
    private let validity: UIDValidity?
    private let lines: LeaseLines
    /// Those that have not come, in order.
    private var missing: [SharedBody]
    /// The only one that is asked for; nil while all are.
    private var alone: SharedBody?
    private var hasRetried = false
    private var isOfMany = false
    /// The one that is coming.
    private var current: SharedBody?
    /// What comes of one whose UID is not told yet.
    private var unnamed: (octets: UInt64, pieces: [ByteBuffer])?
    private var phase = Phase.waiting
    private var hasHeard = false
    private var hasBegunAgain = false
    private var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?

    /// `bodies` are of one `section`, as many as one command can ask for; `lines` gets what goes upstream.
    init(_ bodies: [SharedBody], _ section: Section, _ validity: UIDValidity?, _ lines: LeaseLines) {
        self.missing = bodies
        self.section = section
        self.validity = validity
        self.lines = lines
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.mailbox = mailbox
        self.missing.removeAll { $0.isOver }
        // What was to be read ahead of a session that has ended.
        if self.lines.isReleased, self.missing.allSatisfy(\.readers.isEmpty) {
            self.failAll(.unavailable(reason: "the session has ended"))
        }
        // UIDs of another UIDVALIDITY name other messages.
        guard self.validity == nil || self.validity == mailbox.validity else {
            self.failAll(.uidValidityChanged)
            return account.finished()
        }
        guard !self.missing.isEmpty else { return account.finished() }
        self.isOfMany = self.missing.count > 1
        account.setAside()
        self.ask(self.alone.map { [$0] } ?? self.missing)
    }

    private func ask(_ bodies: [SharedBody]) {
        guard let mailbox = self.mailbox else { return }
        self.phase = .asked
        let uids = bodies.map(\.uid)
        self.connection?.command { $0.fetch(uids, self.section, in: mailbox) }
        self.lines.add(self.account?.takeTranscript() ?? [])
    }

    func hear(_ action: ClientAction) {
        self.hasHeard = true
        switch action {
        case .bodyBegan(let uid, let octets): self.began(uid, octets)
        case .bodyPiece(let piece): self.receive(piece)
        case .bodyEnded(let uid): self.ended(uid)
        case .fetchEnded: self.settle(.messageGone)
        case .refused(let refusal): self.refused(UpstreamFailure(refusal))
        case .alive: if case .retrying = self.phase { self.askAlone() }
        case .present(let ranges): self.found(ranges)
        case .send, .startTLS, .computeSCRAM, .opened, .quota, .listed, .listingEnded, .bodyGone, .header,
            .headersEnded, .notice, .close:
            break
        }
    }

    func readCompleted() { self.current?.readCompleted() }

    /// Between commands a mail server may end a connection at any time (I-56); one that fell just now is made again once.
    var beginsAgain: Bool {
        guard case .asked = self.phase, !self.hasHeard, !self.hasBegunAgain else { return false }
        self.hasBegunAgain = true
        return self.missing.contains { !$0.readers.isEmpty }
    }

    func fail(_ failure: UpstreamFailure) {
        if case .over = self.phase { return }
        self.failAll(failure)
    }

    func abandon() {
        if self.account == nil { self.failAll(.unavailable(reason: "the session has ended")) }
    }

    private func failAll(_ failure: UpstreamFailure) {
        self.phase = .over
        self.current = nil
        let bodies = self.missing
        self.missing = []
        for body in bodies { body.fail(failure) }
    }

    // MARK: - Bodies

    private func body(_ uid: UID?) -> SharedBody? {
        guard let uid else { return self.missing.count == 1 ? self.missing.first : self.alone }
        return self.missing.first { $0.uid == uid }
    }

    private func began(_ uid: UID?, _ octets: UInt64) {
        guard let body = self.body(uid) else {
            // Which message it is, is told behind it.
            self.unnamed = (octets, [])
            if octets > SharedBody.heldOctets {
                self.account?.drop(reason: "a long text that does not say whose it is")
            }
            return
        }
        self.begin(body, octets)
    }

    private func begin(_ body: SharedBody, _ octets: UInt64) {
        guard let account = self.account, let connection = self.connection else { return }
        guard !body.isOver, !body.readers.isEmpty || octets <= SharedBody.heldOctets else {
            return self.pass(body, octets, on: account)
        }
        self.current = body
        guard body.begin(octets: octets, on: account, connection) else {
            self.missing.removeAll { $0 === body }
            body.fail(.messageTooLarge)
            return account.drop(reason: "a message is longer than the limit")
        }
    }

    /// Nobody waits for it any more: it is read past, where that is less than another login costs, or others of the set are
    /// waited for.
    private func pass(_ body: SharedBody, _ octets: UInt64, on account: AccountConnection) {
        self.missing.removeAll { $0 === body }
        body.fail(.unavailable(reason: "the session has ended"))
        let isWanted = self.missing.contains { !$0.readers.isEmpty }
        guard octets > (isWanted ? SharedBody.worthReading : SharedBody.heldOctets) else { return }
        account.drop(reason: "a fetch was cancelled")
    }

    private func receive(_ piece: ByteBuffer) {
        if self.unnamed != nil { self.unnamed?.pieces.append(piece) } else { self.current?.receive(piece) }
    }

    private func ended(_ uid: UID) {
        if let unnamed = self.unnamed {
            self.unnamed = nil
            guard let body = self.body(uid) else { return }
            self.begin(body, unnamed.octets)
            for piece in unnamed.pieces { body.receive(piece) }
        }
        guard let body = self.current else { return }
        self.current = nil
        // An answer without a text is judged with those that did not come.
        guard !body.isEmptyAnswer else { return body.startOver() }
        self.missing.removeAll { $0 === body }
        body.complete()
    }

    // MARK: - What did not come

    private func refused(_ failure: UpstreamFailure) {
        switch (self.phase, failure) {
        case (.searching(let first), _): self.give(first)
        case (.asked, .messageUnavailable), (.asked, .messageGone): self.settle(failure)
        default:
            self.failAll(failure)
            self.free()
        }
    }

    /// The command is answered. Those for whom nobody waits are let go.
    private func settle(_ failure: UpstreamFailure) {
        if let body = self.alone, self.missing.contains(where: { $0 === body }) { return self.judge(body, failure) }
        let unwanted = self.missing.filter(\.readers.isEmpty)
        self.missing.removeAll { $0.readers.isEmpty }
        for body in unwanted { body.fail(failure) }
        guard let next = self.missing.first else {
            self.phase = .over
            return self.free()
        }
        // A connection that is not idle now is about to close.
        guard self.connection?.isIdle == true else { return self.failAll(failure) }
        self.alone = next
        self.hasRetried = false
        self.isOfMany ? self.askAlone() : self.judge(next, failure)
    }

    private func judge(_ body: SharedBody, _ failure: UpstreamFailure) {
        guard self.connection?.isIdle == true else { return self.failAll(failure) }
        guard failure == .messageUnavailable, !self.hasRetried else { return self.search(failure) }
        self.hasRetried = true
        self.phase = .retrying
        self.connection?.command { $0.noop() }
        self.lines.add(self.account?.takeTranscript() ?? [])
    }

    private func askAlone() {
        guard let body = self.alone, !body.isOver else {
            self.alone = nil
            return self.settle(.messageUnavailable)
        }
        self.ask([body])
    }

    private func search(_ failure: UpstreamFailure) {
        guard let mailbox = self.mailbox else { return }
        self.phase = .searching(failure)
        self.connection?.command { $0.findPresent(in: mailbox) }
        self.lines.add(self.account?.takeTranscript() ?? [])
    }

    private func found(_ ranges: [ClosedRange<UInt32>]) {
        guard let body = self.alone else { return }
        let exists = ranges.contains { $0.contains(body.uid.value) }
        self.give(exists ? .messageUnavailable : .messageGone)
    }

    /// The message cannot be had; the next of those that are missing.
    private func give(_ failure: UpstreamFailure) {
        if let body = self.alone {
            self.missing.removeAll { $0 === body }
            body.fail(failure)
        }
        self.alone = nil
        guard self.connection?.isIdle == true else { return self.failAll(failure) }
        self.settle(failure)
    }

    /// A connection that is not idle now is about to close; its end frees the account.
    private func free() { if self.connection?.isIdle == true { self.account?.finished() } }
}
