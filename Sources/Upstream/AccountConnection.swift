import Gateway
import IMAP
import Logging
import NIOCore

/// One connection with an account's credentials, on its event loop: logged in and EXAMINEd, made again once when it was
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
    let notes: AccountNotes
    let account: [UInt8]
    private var jobs: [any UpstreamJob] = []
    private var current: (any UpstreamJob)?
    private var opening: ((Result<ExaminedMailbox, UpstreamFailure>) -> Void)?
    private var refusal: UpstreamFailure?
    private var keepAlive: Scheduled<Void>?
    private var openingDeadline: Scheduled<Void>?
    private(set) var isReleased = false
    private var asksQuota = true
    /// Kilobytes, as told after EXAMINE.
    var quota: (used: UInt64, limit: UInt64)?
    /// Where the lines go that no answer takes; nil where nobody keeps a record.
    private let records: LeaseRecords?
    private var citations = Citations()
    /// Called once, when the last connection of a released one has gone.
    private var whenGone: (() -> Void)?

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
    private(set) var examinedAt = NIODeadline.distantPast
    /// No job has been done on it.
    private(set) var isUnused = true
    /// Number of the listing that this connection's view of the mailbox agreed with last (`ListingBook`).
    var agreed: UInt64? { didSet { if self.agreed != nil { self.countsGone = true } } }
    /// Everything that has gone since the listing was heard of on this connection.
    var countsGone = false
    /// How often EXAMINE was answered.
    private(set) var examinations = 0

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

    /// The guard's lines that left since an answer took its own.
    func takeTranscript() -> [String] {
        self.collectLines()
        return self.citations.take()
    }

    /// The same, left for the answer to take.
    var lines: [String] {
        self.collectLines()
        return self.citations.fresh
    }

    /// What left until now is nobody's: it goes on record at the end, and so does `transcript`, which was taken for nothing.
    func setAside(_ transcript: [String] = []) {
        self.collectLines()
        self.citations.setAside(transcript)
        self.citeRest(left: self.hasGone)
    }

    /// The guard itself keeps no more than a few.
    private func collectLines() {
        if let lines = self.connection?.takeTranscript() { self.citations.add(lines) }
    }

    private func citeRest(left: Bool = false) {
        for lines in self.citations.takeRest(left: left) { self.records?.write(lines) }
    }

    private var hasGone: Bool { if case .released = self.line { self.whenGone == nil } else { false } }

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
    private func rest() {
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

    private func reopen() {
        self.open { result in
            switch result {
            case .success: self.next()
            case .failure(let failure): self.fail(failure, .unreachable(failure))
            }
        }
    }

    private func fail(_ failure: UpstreamFailure, _ loss: Loss) {
        let jobs = self.jobs
        self.jobs = []
        for job in jobs { job.fail(failure) }
        self.pool?.isLost(loss)
        if self.isReleased { self.rest() }
    }

    // MARK: - What the connection tells

    private func told(_ told: UpstreamConnection.Told) {
        switch told {
        case .action(let action): self.told(action)
        case .readComplete:
            self.collectLines()
            self.current?.readCompleted()
        case .ended(let reason, let isLost): self.ended(reason: reason, isLost: isLost)
        }
    }

    private func told(_ action: ClientAction) {
        switch action {
        case .opened(let mailbox): self.opened(mailbox)
        case .quota(let used, let limit): self.hear(used: used, limit: limit)
        case .refused(.throttled(let seconds)): self.throttled(seconds: seconds)
        case .notice(let text): self.hear(notice: text)
        case .refused(let refusal) where self.current == nil: self.refused(refusal)
        case .listed, .listingEnded, .present, .bodyBegan, .bodyPiece, .bodyEnded, .bodyGone, .fetchEnded, .header,
            .headersEnded, .alive, .refused:
            self.current?.hear(action)
        case .send, .startTLS, .computeSCRAM, .close: break
        }
    }

    private func opened(_ mailbox: ExaminedMailbox) {
        guard let connection = self.connection else { return }
        self.openingDeadline?.cancel()
        self.asksQuota = false
        self.line = .up(connection, mailbox)
        self.agreed = nil
        self.countsGone = false
        self.examinations &+= 1
        self.examinedAt = .now()
        // A job had EXAMINE said again.
        if let job = self.current { return job.hear(.opened(mailbox)) }
        let opening = self.opening
        self.opening = nil
        opening?(.success(mailbox))
        self.next()
    }

    private func refused(_ refusal: ServerRefusal) {
        self.warn(of: refusal)
        self.refusal = self.refusal ?? UpstreamFailure(refusal)
    }

    private func throttled(seconds: Int?) {
        self.pause(seconds: seconds)
        if let job = self.current { return job.hear(.refused(.throttled(seconds: seconds))) }
        self.refused(.throttled(seconds: seconds))
    }

    private func ended(reason: String, isLost: Bool = false) {
        self.keepAlive?.cancel()
        self.openingDeadline?.cancel()
        self.collectLines()
        self.connection = nil
        self.line = .down
        self.agreed = nil
        let failure = self.refusal ?? .unavailable(reason: reason)
        self.refusal = nil
        let job = self.current
        self.current = nil
        // No connection is made for what can wait.
        if self.isReleased { self.jobs = [] }
        if let opening = self.opening {
            self.opening = nil
            opening(.failure(failure))
            return self.isReleased ? self.rest() : ()
        }
        if let job {
            if isLost, !self.isReleased, job.beginsAgain {
                self.jobs.insert(job, at: 0)
                return self.reopen()
            }
            job.fail(failure)
        }
        self.fail(failure, .lost)
    }
}
