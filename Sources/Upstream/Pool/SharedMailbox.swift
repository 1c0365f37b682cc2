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

    static let closed = UpstreamFailure.unavailable(reason: "the mailbox was closed")
    /// How long a connection beside the first is kept for the next rush.
    private static let spare = TimeAmount.seconds(30)

    let loop: any EventLoop
    let surroundings: Surroundings
    private let whenClosed: (SharedMailbox) -> Void
    var connections: [AccountConnection] = []
    var claims: [ObjectIdentifier: ConnectionSlots.Claim] = [:]
    /// Asked by others of the account to make room.
    var leaving: Set<ObjectIdentifier> = []
    var waiting: [any UpstreamJob] = []
    /// A connection is being made.
    var isGrowing = false
    var growth: Scheduled<Void>?
    private var trimming: Scheduled<Void>?
    private var expiry: Scheduled<Void>?
    var afterward: Scheduled<Void>?
    var isReadingAfterward = false
    var leases = 0
    var verifiedUntil: Int64 = .min
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

    // MARK: - Between polls

    /// Looks what is to be kept, now that something has ended.
    func settle() {
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

    func trim() {
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
}
