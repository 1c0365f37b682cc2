import Gateway
import IMAP
import Logging
import NIOCore

/// The connection behind a lease, on its event loop: made with the account's credentials, made again once when it was
/// lost between commands (I-52), and given one job after the other.
final class AccountConnection {
    private enum Line {
        case down
        case dialling
        case up(UpstreamConnection, ExaminedMailbox)
        case released
    }

    let dialler: Dialler
    let loop: any EventLoop
    let logger: Logger
    private let credentials: Credentials
    private var line = Line.down
    private var connection: UpstreamConnection?
    /// What is known of the account beside this connection.
    private let notes: AccountNotes
    private let account: [UInt8]
    private var jobs: [any UpstreamJob] = []
    private var current: (any UpstreamJob)?
    private var opening: ((Result<ExaminedMailbox, UpstreamFailure>) -> Void)?
    private var refusal: UpstreamFailure?
    private var validity: UIDValidity?
    /// The mailbox was renumbered while the lease lasts: its UIDs name other messages now, so nothing is asked any more.
    private var isRenumbered = false
    private var keepAlive: Scheduled<Void>?
    private var openingDeadline: Scheduled<Void>?
    private var isReleased = false
    /// Kilobytes, as told after EXAMINE.
    private(set) var quota: (used: UInt64, limit: UInt64)?
    /// Called once, when the last connection of a released lease has gone.
    private var whenGone: (() -> Void)?

    /// How long a connection may stand idle before it is kept alive (I-52).
    private static let idle = TimeAmount.minutes(5)
    /// A mailbox fuller than this share of its quota, in percent, is worth a warning: nothing is deleted any more.
    static let fullPercent: UInt64 = 80

    /// `account` is the key of `notes`.
    init(
        dialler: Dialler,
        credentials: Credentials,
        account: [UInt8],
        notes: AccountNotes,
        loop: any EventLoop,
        logger: Logger
    ) {
        self.dialler = dialler
        self.credentials = credentials
        self.account = account
        self.notes = notes
        self.loop = loop
        self.logger = logger
    }

    /// Logs in and EXAMINEs; the first time, or again after the connection was lost.
    func open(answer: @escaping (Result<ExaminedMailbox, UpstreamFailure>) -> Void) {
        self.opening = answer
        self.refusal = nil
        self.line = .dialling
        if self.notes.mustWait(self.account) { return self.ended(reason: AccountNotes.pause) }
        self.dialler.connect(on: self.loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.begin(on: channel)
            case .failure(let error): self.ended(reason: "no connection to the mail server: \(error)")
            }
        }
    }

    private func begin(on channel: any Channel) {
        let connection = self.dialler.connection(
            self.credentials,
            asksQuota: self.validity == nil,
            logger: self.logger
        )
        connection.tell = { self.told($0) }
        self.connection = connection
        let limit = TimeAmount.seconds(Int64(self.dialler.configuration.openSeconds))
        self.openingDeadline = self.loop.assumeIsolated().scheduleTask(in: limit) {
            self.drop(reason: "the mail server took too long over the login")
        }
        do {
            try self.dialler.furnish(channel, with: connection)
        } catch {
            connection.close(reason: "TLS: \(error)")
            channel.close(promise: nil)
        }
    }

    func takeTranscript() -> [String] { self.connection?.takeTranscript() ?? [] }

    /// Carries out `job` after those before it.
    func run(_ job: any UpstreamJob) {
        if let failure = self.standingFailure { return job.fail(failure) }
        self.jobs.append(job)
        self.next()
    }

    /// Why no job can be done at all.
    private var standingFailure: UpstreamFailure? {
        if self.isReleased { return .unavailable(reason: "the lease was released") }
        if self.isRenumbered { return .uidValidityChanged }
        return self.notes.mustWait(self.account) ? .unavailable(reason: AccountNotes.pause) : nil
    }

    /// The job at hand is done; the connection is free for the next.
    func finished() {
        self.current = nil
        self.connection?.readsFreely = true
        self.next()
    }

    /// Ends the connection at once: what still comes on it is of no use. A later job makes a new one.
    func drop(reason: String) { self.connection?.close(reason: reason) }

    /// No job comes any more, and nobody waits for those that came. A listing under way is finished, since the next login
    /// is spared what it brings; then LOGOUT is said.
    func release(whenGone: @escaping () -> Void) {
        guard !self.isReleased else { return }
        self.isReleased = true
        self.whenGone = whenGone
        self.keepAlive?.cancel()
        let waiting = self.jobs
        self.jobs = []
        for job in waiting { job.abandon() }
        self.current?.abandon()
        self.next()
    }

    private func next() {
        guard self.current == nil else { return }
        self.keepAlive?.cancel()
        guard !self.jobs.isEmpty else { return self.rest() }
        switch self.line {
        case .up(let connection, let mailbox) where connection.isIdle:
            let job = self.jobs.removeFirst()
            self.current = job
            job.begin(on: connection, mailbox)
        case .up, .dialling, .released: break
        case .down: self.reopen()
        }
    }

    /// Nothing to do: the connection leaves when the lease has, and is kept alive otherwise.
    private func rest() {
        guard let whenGone = self.whenGone else { return self.scheduleKeepAlive() }
        switch self.line {
        case .up(let connection, _):
            self.line = .released
            connection.leave()
        case .dialling: break
        case .down, .released:
            self.line = .released
            self.whenGone = nil
            whenGone()
        }
    }

    private func scheduleKeepAlive() {
        guard case .up = self.line else { return }
        self.keepAlive = self.loop.assumeIsolated().scheduleTask(in: Self.idle) {
            self.run(KeepAliveJob(account: self))
        }
    }

    private func reopen() {
        self.open { result in
            switch result {
            case .success: self.next()
            case .failure(let failure): self.failJobs(failure)
            }
        }
    }

    private func failJobs(_ failure: UpstreamFailure) {
        let jobs = self.jobs
        self.jobs = []
        for job in jobs { job.fail(failure) }
        self.rest()
    }

    // MARK: - What the connection tells

    private func told(_ told: UpstreamConnection.Told) {
        switch told {
        case .action(let action): self.told(action)
        case .readComplete: self.current?.readCompleted()
        case .ended(let reason, let isLost): self.ended(reason: reason, isLost: isLost)
        }
    }

    private func told(_ action: ClientAction) {
        switch action {
        case .opened(let mailbox): self.opened(mailbox)
        case .quota(let used, let limit): self.quota(used: used, limit: limit)
        case .refused(.throttled(let seconds)): self.throttled(seconds: seconds)
        case .notice(let text): self.logger.notice("the mail server says", metadata: ["text": "\(text)"])
        case .refused(let refusal) where self.current == nil: self.refused(refusal)
        case .listed, .listingEnded, .present, .bodyBegan, .bodyPiece, .bodyEnded, .alive, .refused:
            self.current?.hear(action)
        case .send, .startTLS, .close: break
        }
    }

    private func opened(_ mailbox: ExaminedMailbox) {
        guard let connection = self.connection else { return }
        self.openingDeadline?.cancel()
        guard self.validity == nil || self.validity == mailbox.validity else {
            self.logger.error("UIDVALIDITY has changed while a session lasted")
            self.isRenumbered = true
            self.refusal = .uidValidityChanged
            return connection.leave()
        }
        self.line = .up(connection, mailbox)
        self.validity = mailbox.validity
        let opening = self.opening
        self.opening = nil
        opening?(.success(mailbox))
        self.next()
    }

    private func refused(_ refusal: ServerRefusal) {
        let failure = UpstreamFailure(refusal)
        if refusal == .readWrite {
            self.logger.critical("EXAMINE opened the mailbox for writing; the connection is not used")
        }
        self.refusal = self.refusal ?? failure
    }

    private func quota(used: UInt64, limit: UInt64) {
        self.quota = (used, limit)
        let full = limit / 100 * Self.fullPercent + limit % 100 * Self.fullPercent / 100
        guard limit > 0, used >= full, self.notes.mayWarnOfQuota(self.account) else {
            return
        }
        self.logger.warning(
            "the mailbox is nearly full; nothing is deleted from it any more",
            metadata: ["usedKB": "\(used)", "limitKB": "\(limit)"]
        )
    }

    private func throttled(seconds: Int?) {
        self.logger.warning("the mail server asks for a pause", metadata: ["seconds": "\(seconds ?? 0)"])
        self.notes.pause(self.account, seconds: seconds)
        if let job = self.current { return job.hear(.refused(.throttled(seconds: seconds))) }
        self.refused(.throttled(seconds: seconds))
    }

    private func ended(reason: String, isLost: Bool = false) {
        self.keepAlive?.cancel()
        self.openingDeadline?.cancel()
        self.connection = nil
        self.line = .down
        let failure = self.refusal ?? .unavailable(reason: reason)
        self.refusal = nil
        let job = self.current
        self.current = nil
        if let opening = self.opening {
            self.opening = nil
            opening(.failure(failure))
        }
        if let job {
            if isLost, job.beginsAgain { self.jobs.insert(job, at: 0) } else { job.fail(failure) }
        }
        self.next()
    }
}
