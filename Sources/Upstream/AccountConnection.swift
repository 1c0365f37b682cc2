import Gateway
import IMAP
import Logging
import NIOCore

/// One connection with an account's credentials, on its event loop: logged in and EXAMINEd, made again once when it was
/// lost between commands (I-52), and given one job after the other.
final class AccountConnection {
    enum Line {
        case down
        case dialling
        case up(UpstreamConnection, ExaminedMailbox)
        case released
    }

    let dialler: Dialler
    let loop: any EventLoop
    let logger: Logger
    private let credentials: Credentials
    var line = Line.down
    var connection: UpstreamConnection?
    /// What is known of the account beside this connection.
    let notes: AccountNotes
    let account: [UInt8]
    var jobs: [any UpstreamJob] = []
    var current: (any UpstreamJob)?
    var opening: ((Result<ExaminedMailbox, UpstreamFailure>) -> Void)?
    var refusal: UpstreamFailure?
    var keepAlive: Scheduled<Void>?
    var openingDeadline: Scheduled<Void>?
    private(set) var isReleased = false
    var asksQuota = true
    /// Kilobytes, as told after EXAMINE.
    var quota: (used: UInt64, limit: UInt64)?
    /// Where the lines go that no answer takes; nil where nobody keeps a record.
    let records: LeaseRecords?
    var citations = Citations()
    /// Called once, when the last connection of a released one has gone.
    var whenGone: (() -> Void)?

    enum Loss {
        case lost
        case unreachable(UpstreamFailure)
    }

    /// What the pool hears of its connection.
    struct Pool {
        /// The next job that waits for any connection; asked when this one is free.
        let nextJob: () -> (any UpstreamJob)?
        /// Nothing to do.
        let isFree: () -> Void
        /// It is of no use any more: it was lost, or could not be made again (`.unreachable`).
        let isLost: (Loss) -> Void
    }
    var pool: Pool?
    /// When EXAMINE was answered last.
    var examinedAt = NIODeadline.distantPast
    /// No job has been done on it.
    private(set) var isUnused = true
    /// Number of the listing that this connection's view of the mailbox agreed with last (`ListingBook`).
    var agreed: UInt64? { didSet { if self.agreed != nil { self.countsGone = true } } }
    /// Everything that has gone since the listing was heard of on this connection.
    var countsGone = false
    /// How often EXAMINE was answered.
    var examinations = 0

    /// How long a connection may stand idle before it is kept alive (I-52).
    private static let idle = TimeAmount.minutes(5)

    /// `account` is the key of `notes`.
    init(
        dialler: Dialler,
        credentials: Credentials,
        account: [UInt8],
        notes: AccountNotes,
        records: LeaseRecords? = nil,
        loop: any EventLoop,
        logger: Logger
    ) {
        self.dialler = dialler
        self.credentials = credentials
        self.account = account
        self.notes = notes
        self.records = records
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
        let connection = self.dialler.connection(self.credentials, asksQuota: self.asksQuota, logger: self.logger)
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

    /// Nothing is done on it, and it stands.
    var isIdle: Bool {
        guard self.current == nil, self.jobs.isEmpty, !self.isReleased, case .up(let connection, _) = self.line else {
            return false
        }
        return connection.isIdle
    }

    /// Something has come or gone in the mailbox, as this connection heard beside its answers.
    var hasHeardChange: Bool { self.connection?.hasHeardChange ?? false }

    /// Carries out `job` after those before it.
    func run(_ job: any UpstreamJob) {
        if let failure = self.standingFailure { return job.fail(failure) }
        self.jobs.append(job)
        self.next()
    }

    /// Why no job can be done at all.
    private var standingFailure: UpstreamFailure? {
        if self.isReleased { return .unavailable(reason: "the connection was released") }
        return self.notes.mustWait(self.account) ? .unavailable(reason: AccountNotes.pause) : nil
    }

    /// The job at hand is done; the connection is free for the next.
    func finished() {
        self.current = nil
        self.connection?.readsFreely = true
        self.next()
    }

    /// Ends the connection at once: what still comes on it is of no use.
    func drop(reason: String) { self.connection?.close(reason: reason) }

    /// The job at hand can wait, where it is one that can.
    func yield() {
        if self.isReleased { self.jobs = [] }
        self.current?.yield()
    }

    /// No job comes any more, and nobody waits for those that came. What is under way is finished, if it says so itself;
    /// then comes `last`, if the connection stands, and LOGOUT is said.
    func release(last: (any UpstreamJob)? = nil, whenGone: @escaping () -> Void) {
        guard !self.isReleased else { return }
        self.isReleased = true
        self.pool = nil
        self.whenGone = whenGone
        self.keepAlive?.cancel()
        let waiting = self.jobs
        self.jobs = []
        for job in waiting { job.abandon() }
        self.current?.abandon()
        if case .up = self.line, let last { self.jobs = [last] }
        self.next()
    }

    /// Takes up the next job, its own or the pool's.
    func next() {
        guard self.current == nil else { return }
        self.keepAlive?.cancel()
        switch self.line {
        case .up(let connection, let mailbox) where connection.isIdle:
            if self.jobs.isEmpty, let job = self.pool?.nextJob() { self.jobs = [job] }
            guard !self.jobs.isEmpty else { return self.rest() }
            let job = self.jobs.removeFirst()
            self.current = job
            self.isUnused = false
            job.begin(on: self, connection, mailbox)
        case .up, .dialling: break
        case .down where !self.jobs.isEmpty && !self.isReleased: self.reopen()
        case .down, .released: self.rest()
        }
    }

    /// Nothing to do: the connection leaves when it was released, and is kept alive otherwise.
    func rest() {
        guard let whenGone = self.whenGone else {
            guard case .up = self.line else { return }
            self.scheduleKeepAlive()
            self.pool?.isFree()
            return
        }
        switch self.line {
        case .up(let connection, _):
            self.line = .released
            connection.leave()
        case .dialling: break
        case .down, .released:
            self.line = .released
            self.citeRest(left: true)
            self.whenGone = nil
            whenGone()
        }
    }

    private func scheduleKeepAlive() {
        self.keepAlive = self.loop.assumeIsolated().scheduleTask(in: Self.idle) { self.run(KeepAliveJob()) }
    }

    func reopen() {
        self.open { result in
            switch result {
            case .success: self.next()
            case .failure(let failure): self.fail(failure, .unreachable(failure))
            }
        }
    }

    func fail(_ failure: UpstreamFailure, _ loss: Loss) {
        let jobs = self.jobs
        self.jobs = []
        for job in jobs { job.fail(failure) }
        self.pool?.isLost(loss)
        if self.isReleased { self.rest() }
    }
}
