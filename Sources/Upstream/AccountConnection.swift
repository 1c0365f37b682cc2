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
    private var jobs: [any UpstreamJob] = []
    private var current: (any UpstreamJob)?
    private var opening: ((Result<ExaminedMailbox, UpstreamFailure>) -> Void)?
    private var refusal: UpstreamFailure?
    private var validity: UIDValidity?
    private var keepAlive: Scheduled<Void>?
    /// Called once, when the last connection of a released lease has gone.
    private var whenGone: (() -> Void)?

    /// How long a connection may stand idle before it is kept alive (I-52).
    private static let idle = TimeAmount.minutes(5)
    /// A mailbox fuller than this share of its quota, in percent, is worth a warning: nothing is deleted any more.
    static let fullPercent: UInt64 = 80

    init(dialler: Dialler, credentials: Credentials, loop: any EventLoop, logger: Logger) {
        self.dialler = dialler
        self.credentials = credentials
        self.loop = loop
        self.logger = logger
    }

    /// Logs in and EXAMINEs; the first time, or again after the connection was lost.
    func open(answer: @escaping (Result<ExaminedMailbox, UpstreamFailure>) -> Void) {
        self.opening = answer
        self.refusal = nil
        self.line = .dialling
        let me = NIOLoopBound(self, eventLoop: self.loop)
        self.dialler.dial(self.credentials, asksQuota: self.validity == nil, on: self.loop) { me.value.told($0) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let connection): self.connection = connection.value
                case .failure(let error): self.ended(reason: "no connection to the mail server: \(error)")
                }
            }
    }

    func takeTranscript() -> [String] { self.connection?.takeTranscript() ?? [] }

    /// Carries out `job` after those before it.
    func run(_ job: any UpstreamJob) {
        if case .released = self.line { return job.fail(.unavailable(reason: "released")) }
        self.jobs.append(job)
        self.next()
    }

    /// The job at hand is done; the connection is free for the next.
    func finished() {
        self.current = nil
        self.connection?.readsFreely = true
        self.next()
    }

    /// Ends the connection at once: what still comes on it is of no use. A later job makes a new one.
    func drop(reason: String) { self.connection?.close(reason: reason) }

    /// No job comes any more. What is under way is finished, then LOGOUT is said.
    func release(whenGone: @escaping () -> Void) {
        self.whenGone = whenGone
        self.keepAlive?.cancel()
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
            case .success(let mailbox) where mailbox.validity == self.validity || self.validity == nil: self.next()
            case .success: self.failJobs(.uidValidityChanged)
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
        case .ended(let reason): self.ended(reason: reason)
        }
    }

    private func told(_ action: ClientAction) {
        switch action {
        case .opened(let mailbox): self.opened(mailbox)
        case .quota(let used, let limit): self.quota(used: used, limit: limit)
        case .notice(let text): self.logger.notice("the mail server says", metadata: ["text": "\(text)"])
        case .refused(let refusal) where self.current == nil: self.refused(refusal)
        case .listed, .listingEnded, .present, .bodyBegan, .bodyPiece, .bodyEnded, .alive, .refused:
            self.current?.hear(action)
        case .send, .startTLS, .close: break
        }
    }

    private func opened(_ mailbox: ExaminedMailbox) {
        guard let connection = self.connection else { return }
        self.line = .up(connection, mailbox)
        if self.validity == nil { self.validity = mailbox.validity }
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
        guard limit > 0, used / (limit / 100 + 1) >= Self.fullPercent else { return }
        self.logger.warning(
            "the mailbox is nearly full; nothing is deleted from it any more",
            metadata: ["usedKB": "\(used)", "limitKB": "\(limit)"]
        )
    }

    private func ended(reason: String) {
        self.keepAlive?.cancel()
        self.connection = nil
        let wasReleased = if case .released = self.line { true } else { false }
        self.line = .down
        let failure = self.refusal ?? .unavailable(reason: reason)
        let job = self.current
        self.current = nil
        if let opening = self.opening {
            self.opening = nil
            opening(.failure(failure))
        }
        job?.fail(failure)
        if wasReleased { self.jobs = [] }
        self.next()
    }
}

/// Something that is done on an account's connection, one at a time. Lives on the connection's event loop; calls
/// `AccountConnection.finished` when the connection is free again, and not after `fail`.
protocol UpstreamJob: AnyObject {
    func begin(on connection: UpstreamConnection, _ mailbox: ExaminedMailbox)
    func hear(_ action: ClientAction)
    /// All that one read brought has been heard.
    func readCompleted()
    /// The connection could not be made, or was lost.
    func fail(_ failure: UpstreamFailure)
}

/// NOOP, so that the mail server does not end an idle connection.
final class KeepAliveJob: UpstreamJob {
    private let account: AccountConnection

    init(account: AccountConnection) { self.account = account }

    func begin(on connection: UpstreamConnection, _ mailbox: ExaminedMailbox) { connection.command { $0.noop() } }

    func hear(_ action: ClientAction) {
        _ = self.account.takeTranscript()
        self.account.finished()
    }

    func readCompleted() {}
    func fail(_ failure: UpstreamFailure) {}
}
