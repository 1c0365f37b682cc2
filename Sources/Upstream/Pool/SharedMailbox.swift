import Gateway
import IMAP
import Logging
import NIOCore

/// An account's mailbox as one credential opens it, shared by all sessions that presented it: a few connections, the jobs
/// that wait for one, and what sessions ask. Everything in it happens on one event loop.
///
/// A session holds a lease, never a connection. While a credential is known to be good (`login-cache`), the mailbox stays
/// open between polls, with one connection parked; then, and when no session is left, the connections say LOGOUT.
final class SharedMailbox {
    /// What it shares with the others of its server, and whose it is.
    struct Surroundings {
        let accountID: AccountID
        /// Normalised.
        let login: String
        /// The account's in `notes` and `slots`.
        let key: [UInt8]
        /// For people.
        let account: String
        let credentials: Credentials
        let dialler: Dialler
        let store: any Store
        let rematches: RematchGate
        let notes: AccountNotes
        let slots: ConnectionSlots
        let readings: ReadingGate
        let listings: ListingBook
        let spool: BodySpool?
        /// Nil where nobody keeps a record.
        let records: UpstreamRecords?
        /// Seconds of a clock that never goes back.
        let now: @Sendable () -> Int64
        let logger: Logger

        func records(of session: SessionID) -> LeaseRecords? {
            self.records.map { LeaseRecords(records: $0, account: self.account, session: session) }
        }
    }

    private static let closed = UpstreamFailure.unavailable(reason: "the mailbox was closed")
    /// Waiting that is worth another connection, as long as the mail server grants one.
    private static let patience = TimeAmount.milliseconds(200)
    /// How long a connection beside the first is kept for the next rush.
    private static let spare = TimeAmount.seconds(30)
    /// Behind the end of a session, before headers are read: the next poll may be there already.
    private static let pause = TimeAmount.milliseconds(200)

    let loop: any EventLoop
    let surroundings: Surroundings
    private let whenClosed: (SharedMailbox) -> Void
    private(set) var connections: [AccountConnection] = []
    private var claims: [ObjectIdentifier: ConnectionSlots.Claim] = [:]
    /// Asked by others of the account to make room.
    private var leaving: Set<ObjectIdentifier> = []
    private var waiting: [any UpstreamJob] = []
    /// A connection is being made.
    private var isGrowing = false
    private var growth: Scheduled<Void>?
    private var trimming: Scheduled<Void>?
    private var expiry: Scheduled<Void>?
    private var afterward: Scheduled<Void>?
    private var isReadingAfterward = false
    private var leases = 0
    private var verifiedUntil: Int64 = .min
    /// Whose session the connections and the reading behind sessions go on record with.
    private(set) var session: SessionID
    private(set) var isClosed = false
    let listing: ListingDesk
    let bodies: BodyDesk

    /// `whenClosed` is called once, when no lease is given any more.
    init(
        loop: any EventLoop,
        _ surroundings: Surroundings,
        session: SessionID,
        whenClosed: @escaping (SharedMailbox) -> Void
    ) {
        self.loop = loop
        self.surroundings = surroundings
        self.session = session
        self.whenClosed = whenClosed
        self.listing = ListingDesk(surroundings, loop: loop)
        self.bodies = BodyDesk(surroundings, loop: loop)
        // A job that nobody carries out must still be answered: others may wait for what it holds.
        let run: (any UpstreamJob) -> Void = { [weak self] job in
            if let self { self.run(job) } else { job.fail(Self.closed) }
        }
        self.listing.run = run
        self.bodies.run = run
        self.listing.whenCurrent = { [bodies = self.bodies] in bodies.presence.hear($0) }
    }

    // MARK: - Leases

    /// A session has logged in: `connection`, made for it, joins the others. No lease needs another login until `until`.
    func admit(
        _ session: SessionID,
        on connection: AccountConnection,
        _ examined: ExaminedMailbox,
        verifiedUntil until: Int64,
        transcript: [String]
    ) -> LeasedMailbox {
        self.verifiedUntil = max(self.verifiedUntil, until)
        self.listing.hear(examined)
        let lease = self.makeLease(of: session, begun: connection.examinedAt, transcript: transcript)
        self.add(connection)
        connection.next()
        self.settle()
        return lease
    }

    /// A session that has presented the credential. Nil when that must be verified, or the mailbox has closed meanwhile.
    func lease(of session: SessionID) -> LeasedMailbox? {
        guard !self.isClosed, self.verifiedUntil > .min else { return nil }
        return self.makeLease(of: session, begun: .now(), transcript: Citations.cached)
    }

    private func makeLease(of session: SessionID, begun: NIODeadline, transcript: [String]) -> LeasedMailbox {
        self.leases += 1
        self.session = session
        return LeasedMailbox(of: self, session: session, begun: begun, transcript: transcript)
    }

    /// A session has ended. `mayWant`: it saw the listing, so that headers may be wanted now.
    func leaseEnded(mayWant: Bool) {
        self.leases -= 1
        if mayWant { self.scheduleAfterward() }
        self.settle()
    }

    /// The credential was refused, or must be asked for anew: no lease is given any more without a login.
    func expire() {
        self.verifiedUntil = .min
        self.settle()
    }

    // MARK: - Jobs

    /// Gives `job` to the next connection that is free.
    func run(_ job: any UpstreamJob) {
        guard !self.isClosed else { return job.fail(Self.closed) }
        if self.surroundings.notes.mustWait(self.surroundings.key) {
            return job.fail(.unavailable(reason: AccountNotes.pause))
        }
        self.waiting.append(job)
        self.dispatch()
    }

    private func dispatch() {
        while !self.waiting.isEmpty, let free = self.connections.first(where: \.isIdle) {
            let count = self.waiting.count
            free.next()
            if self.waiting.count == count { break }
        }
        guard !self.waiting.isEmpty else { return }
        for connection in self.connections { connection.yield() }
        if self.connections.isEmpty { return self.grow(waits: true) }
        guard self.growth == nil else { return }
        self.growth = self.loop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.growth = nil
            if !self.waiting.isEmpty { self.grow(waits: false) }
        }
    }

    private func nextJob(for connection: AccountConnection) -> (any UpstreamJob)? {
        let mayWork = connection.isUnused || !self.leaving.contains(ObjectIdentifier(connection))
        guard mayWork, !self.waiting.isEmpty else { return nil }
        return self.waiting.removeFirst()
    }

    private func failWaiting(_ failure: UpstreamFailure) {
        let jobs = self.waiting
        self.waiting = []
        for job in jobs { job.fail(failure) }
    }

    // MARK: - Connections

    /// One connection more; with none at all it is worth waiting for, until the others of the account give one back.
    private func grow(waits: Bool) {
        guard !self.isGrowing, !self.isClosed else { return }
        let slots = self.surroundings.slots
        guard waits else {
            guard slots.takeFree(self.surroundings.key) else { return }
            return self.connect()
        }
        self.isGrowing = true
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        slots.take(self.surroundings.key, on: self.loop) { isFree in
            bound.eventLoop.execute {
                bound.value.isGrowing = false
                guard isFree else { return bound.value.failWaiting(.tooManyConnections) }
                bound.value.connect()
            }
        }
    }

    private func connect() {
        self.isGrowing = true
        let surroundings = self.surroundings
        let connection = AccountConnection(
            dialler: surroundings.dialler,
            credentials: surroundings.credentials,
            account: surroundings.key,
            notes: surroundings.notes,
            records: surroundings.records(of: self.session),
            loop: self.loop,
            logger: surroundings.logger
        )
        connection.open { result in
            self.isGrowing = false
            switch result {
            // Nobody waits for it any more.
            case .success where self.isClosed:
                connection.release { surroundings.slots.giveBack(surroundings.key) }
            case .success(let examined):
                self.add(connection)
                self.listing.hear(examined)
            case .failure(let failure):
                connection.release { surroundings.slots.giveBack(surroundings.key) }
                self.unreachable(failure)
            }
            self.settle()
        }
    }

    private func add(_ connection: AccountConnection) {
        let id = ObjectIdentifier(connection)
        connection.pool = AccountConnection.Pool(
            nextJob: { [weak self, unowned connection] in self?.nextJob(for: connection) },
            isFree: { [weak self, unowned connection] in self?.isFree(connection) },
            isLost: { [weak self, unowned connection] loss in
                guard let self else { return }
                self.remove(connection)
                if case .unreachable(let failure) = loss { self.unreachable(failure) }
                self.dispatch()
                self.settle()
            }
        )
        self.connections.append(connection)
        let bound = NIOLoopBound((self, connection), eventLoop: self.loop)
        self.claims[id] = self.surroundings.slots.claim(self.surroundings.key) {
            bound.eventLoop.execute {
                let (mailbox, connection) = bound.value
                mailbox.makeRoom(connection)
            }
        }
        // Somebody waits already.
        if self.claims[id] == nil { self.leaving.insert(id) }
    }

    /// Another login of the account waits for a connection: this one leaves as soon as it is free.
    private func makeRoom(_ connection: AccountConnection) {
        guard self.connections.contains(where: { $0 === connection }) else { return connection.yield() }
        self.leaving.insert(ObjectIdentifier(connection))
        connection.isIdle ? self.isFree(connection) : connection.yield()
    }

    /// Somebody waits for its place; the only one that a login was made for is used for that first.
    private func mustLeave(_ connection: AccountConnection) -> Bool {
        guard self.leaving.contains(ObjectIdentifier(connection)), connection.isIdle else { return false }
        return !(connection.isUnused && self.leases > 0 && self.connections.count == 1)
    }

    private func isFree(_ connection: AccountConnection) {
        self.settle()
        if !self.waiting.isEmpty { self.dispatch() }
    }

    /// Takes it out; it finishes what is under way and leaves.
    private func remove(_ connection: AccountConnection, last: (any UpstreamJob)? = nil) {
        let id = ObjectIdentifier(connection)
        guard let index = self.connections.firstIndex(where: { $0 === connection }) else { return }
        self.connections.remove(at: index)
        let wasLeaving = self.leaving.remove(id) != nil
        let (slots, key) = (self.surroundings.slots, self.surroundings.key)
        let claim = self.claims.removeValue(forKey: id)
        connection.release(last: wasLeaving ? nil : last) {
            claim.map { slots.yield($0) }
            slots.giveBack(key)
        }
    }

    private func unreachable(_ failure: UpstreamFailure) {
        if case .credentials = failure { self.verifiedUntil = .min }
        guard self.connections.isEmpty else { return }
        self.failWaiting(failure)
    }

    // MARK: - Between polls

    /// Looks what is to be kept, now that something has ended.
    private func settle() {
        guard !self.isClosed else { return }
        for connection in self.connections where self.mustLeave(connection) { self.remove(connection) }
        self.trim()
        self.expiry?.cancel()
        guard self.leases == 0 else { return }
        let left = self.verifiedUntil.subtractingReportingOverflow(self.surroundings.now()).partialValue
        guard self.verifiedUntil == .min || left <= 0 else {
            self.expiry = self.loop.assumeIsolated().scheduleTask(in: .seconds(min(left, 60))) { self.settle() }
            return
        }
        self.close()
    }

    private func trim() {
        guard self.trimming == nil, self.connections.count > 1 else { return }
        self.trimming = self.loop.assumeIsolated().scheduleTask(in: Self.spare) {
            self.trimming = nil
            let idle = self.connections.filter(\.isIdle)
            for connection in idle.dropFirst(self.connections.count == idle.count ? 1 : 0) { self.remove(connection) }
            self.trim()
        }
    }

    /// No lease is given any more. What is under way is finished: a listing spares the next login what it brings.
    private func close() {
        self.isClosed = true
        self.trimming?.cancel()
        self.growth?.cancel()
        let wantsHeaders = self.afterward != nil
        self.afterward?.cancel()
        self.whenClosed(self)
        let waiting = self.waiting
        self.waiting = []
        for job in waiting { job.abandon() }
        var last = wantsHeaders ? self.afterwardJob : nil
        for connection in self.connections {
            self.remove(connection, last: last)
            last = nil
        }
    }

    /// The process is about to end, and no session is left.
    func quiesce() {
        guard !self.isClosed else { return }
        self.close()
    }

    // MARK: - Headers behind a session

    private func scheduleAfterward() {
        guard !self.isClosed, self.afterward == nil, !self.isReadingAfterward else { return }
        self.afterward = self.loop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.afterward = nil
            self.readAfterward()
        }
    }

    /// Only on a connection that stands idle, and where nobody waits.
    private func readAfterward() {
        guard !self.isClosed, self.waiting.isEmpty, let job = self.afterwardJob else { return }
        guard let connection = self.connections.first(where: \.isIdle) else { return self.scheduleAfterward() }
        self.isReadingAfterward = true
        connection.run(job)
    }

    private var afterwardJob: AfterwardJob? {
        guard let mailbox = self.listing.mailbox else { return nil }
        let purpose = AfterwardJob.Purpose(
            mailbox: mailbox,
            collectsKeys: self.surroundings.dialler.configuration.collectsHeaderKeys,
            details: self.surroundings.records(of: self.session)
        )
        guard purpose.collectsKeys || purpose.details != nil else { return nil }
        return AfterwardJob(loop: self.loop, self.surroundings, purpose) { [weak self] in
            self?.isReadingAfterward = false
        }
    }
}
