import Gateway
import IMAP
import Logging
import NIOCore

/// When a session has ended and nobody waits: reads headers, first of messages that could not be told from others if
/// UIDVALIDITY changed, then of those that somebody asked to delete without having retrieved them. Ends early for anybody
/// who waits for a connection; the next session goes on.
final class AfterwardJob: UpstreamJob {
    /// Messages without a key that are asked for after one session.
    private static let maximumKeys = 500
    private static let maximumKeyOctets = 4_194_304
    /// How long headers for keys are asked for.
    private static let keyPatience = TimeAmount.seconds(4)
    /// Messages whose details are read together, and kept before more are asked for.
    private static let portion = 512
    private static let portionOctets = 4_194_304
    /// How long a mail server may take over a portion, and how much longer once somebody waits.
    private static let limit = TimeAmount.seconds(5)
    private static let grace = TimeAmount.seconds(2)
    /// All of it. What is left then is for the next session.
    private static let patience = TimeAmount.seconds(60)

    /// What becomes of what is read.
    struct Purpose {
        let mailbox: MailboxID
        let collectsKeys: Bool
        /// Nil where nobody keeps a record.
        let details: LeaseRecords?
    }

    let surroundings: SharedMailbox.Surroundings
    let purpose: Purpose
    private let loop: any EventLoop
    private let whenOver: () -> Void
    private var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    private var examined: ExaminedMailbox?
    private var step: HeaderJob?
    private var timers: [Scheduled<Void>] = []
    private var deadline: Scheduled<Void>?
    private var holdsGate = false
    private var isStopped = false
    private var isOver = false

    /// `whenOver` is called once when nothing more is read, just before the connection is free again.
    init(
        loop: any EventLoop,
        _ surroundings: SharedMailbox.Surroundings,
        _ purpose: Purpose,
        whenOver: @escaping () -> Void
    ) {
        self.loop = loop
        self.surroundings = surroundings
        self.purpose = purpose
        self.whenOver = whenOver
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.examined = mailbox
        account.setAside()
        self.timers = [self.schedule(Self.patience) { self.stop() }]
        self.holdsGate = self.surroundings.readings.enter(self.purpose.mailbox)
        guard self.holdsGate else { return self.end() }
        if self.purpose.collectsKeys { self.readKeys(mailbox.validity) } else { self.readDetails(after: 0) }
    }

    func hear(_ action: ClientAction) { self.step?.hear(action) }
    /// One that has begun goes on, as the last that its connection does.
    func abandon() { if self.account == nil { self.end() } }

    /// What came before the connection was lost is kept.
    func fail(_ failure: UpstreamFailure) {
        if let step = self.step { step.fail(failure) } else { self.end() }
    }

    func yield() { self.stop() }

    private func schedule(_ time: TimeAmount, _ body: @escaping () -> Void) -> Scheduled<Void> {
        self.loop.assumeIsolated().scheduleTask(in: time, body)
    }

    /// Somebody waits, or it has taken long enough: what is under way is finished, if that is soon.
    private func stop() {
        guard !self.isOver, !self.isStopped else { return }
        self.isStopped = true
        guard let step = self.step else { return }
        step.stop()
        self.timers.append(self.schedule(Self.grace) { self.giveUp() })
    }

    private func giveUp() {
        guard !self.isOver else { return }
        self.account?.drop(reason: "headers took too long")
    }

    private func end() {
        guard !self.isOver else { return }
        self.isOver = true
        for timer in self.timers { timer.cancel() }
        self.deadline?.cancel()
        if self.holdsGate { self.surroundings.readings.leave(self.purpose.mailbox) }
        self.step = nil
        self.whenOver()
        if self.connection?.isIdle == true { self.account?.finished() }
    }

    // MARK: - Steps

    /// What the store says; an answer that comes too late, or none, ends it.
    private func ask<Value: Sendable>(
        _ question: @escaping @Sendable () async throws -> Value,
        then: @escaping (Value) -> Void
    ) {
        self.loop.makeFutureWithTask(question).assumeIsolated().whenComplete { result in
            guard !self.isOver, !self.isStopped, case .success(let value) = result else { return self.end() }
            then(value)
        }
    }

    /// Reads headers. `then` hears what came, and whether all was asked for; nothing where the connection has ended.
    private func read(
        _ uids: [UID],
        _ part: HeaderPart,
        maximumOctets: Int,
        then: @escaping (_ headers: [FetchedHeader], _ isComplete: Bool) -> Void
    ) {
        guard let account = self.account, let connection = self.connection, let examined = self.examined else {
            return self.end()
        }
        var headers: [FetchedHeader] = []
        self.deadline?.cancel()
        self.deadline = self.schedule(Self.limit) { self.giveUp() }
        let step = HeaderJob(
            uids: uids,
            part: part,
            maximumOctets: maximumOctets,
            whenFree: {},
            keep: { headers.append($0) },
            answer: { result in
                self.deadline?.cancel()
                let isComplete = self.step?.isComplete == true
                self.step = nil
                // What came before a failure was read all the same; more is not asked for.
                if case .failure = result { self.isStopped = true }
                then(headers, isComplete && !self.isStopped)
            }
        )
        self.step = step
        step.begin(on: account, connection, examined)
    }

    // MARK: - Keys

    private func readKeys(_ validity: UIDValidity) {
        let (store, mailbox) = (self.surroundings.store, self.purpose.mailbox)
        let mayName = self.purpose.details != nil
        self.ask {
            let uids = try await store.withoutKey(mailbox, validity, limit: Self.maximumKeys)
            return (uids, mayName ? try await store.wantedDetails(mailbox, validity, among: uids) : [])
        } then: { uids, wanted in
            guard !uids.isEmpty else { return self.readDetails(after: 0) }
            let patience = self.schedule(Self.keyPatience) { self.step?.stop() }
            self.read(uids, .whole, maximumOctets: Self.maximumKeyOctets) { headers, isComplete in
                patience.cancel()
                self.keepKeys(of: uids, headers, isComplete: isComplete, validity)
                self.keepDetails(of: headers.filter { wanted.contains($0.uid) }, missing: [], validity) {
                    self.readDetails(after: 0)
                }
            }
        }
    }

    private func keepKeys(of uids: [UID], _ headers: [FetchedHeader], isComplete: Bool, _ validity: UIDValidity) {
        var keys: [UID: [UInt8]?] = [:]
        // Left out by the mail server, or too long: they are not asked for after every session.
        if isComplete { for uid in uids { keys[uid] = .some(nil) } }
        for header in headers { keys[header.uid] = .some(MessageKey.digest(of: header.octets)) }
        guard !keys.isEmpty else { return }
        self.loop.makeFutureWithTask { [store = self.surroundings.store, id = self.purpose.mailbox, keys] in
            try await store.keep(keys, validity, in: id)
        }
        .assumeIsolated().whenFailure { [logger = self.surroundings.logger] error in
            logger.warning("what headers say could not be kept", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: - Details

    private func readDetails(after order: Int64) {
        guard self.purpose.details != nil, let validity = self.examined?.validity else { return self.end() }
        let (store, mailbox) = (self.surroundings.store, self.purpose.mailbox)
        self.ask {
            try await store.wantedDetails(mailbox, validity, after: order, limit: Self.portion)
        } then: { wanted in
            guard let last = wanted.last else {
                let again = self.surroundings.readings.looksAgain(self.purpose.mailbox)
                return again ? self.readDetails(after: order) : self.end()
            }
            let uids = wanted.map(\.uid)
            self.read(uids, .details, maximumOctets: Self.portionOctets) { headers, isComplete in
                let missing = Set(uids).subtracting(headers.map(\.uid))
                guard isComplete, !missing.isEmpty else {
                    return self.keepDetails(of: headers, missing: [], validity) { self.readDetails(after: last.order) }
                }
                self.readAgain(missing, beside: headers, validity) { self.readDetails(after: last.order) }
            }
        }
    }

    /// What was left out is asked for once more, before it is taken for what cannot be had.
    private func readAgain(
        _ missing: Set<UID>,
        beside headers: [FetchedHeader],
        _ validity: UIDValidity,
        then: @escaping () -> Void
    ) {
        self.read(missing.sorted(), .details, maximumOctets: Self.portionOctets) { others, isComplete in
            let gone = isComplete ? missing.subtracting(others.map(\.uid)) : []
            self.keepDetails(of: headers + others, missing: gone, validity, then: then)
        }
    }

    /// Keeps what was read, and goes on when that is done.
    private func keepDetails(
        of headers: [FetchedHeader],
        missing: Set<UID>,
        _ validity: UIDValidity,
        then: @escaping () -> Void
    ) {
        var details: [UID: MessageDetails?] = [:]
        for uid in missing { details[uid] = .some(nil) }
        for header in headers { details[header.uid] = .some(HeaderDetails.details(of: header.octets)) }
        guard let records = self.purpose.details, !details.isEmpty else {
            self.account?.setAside()
            return self.goOn(.success(()), then)
        }
        let read = ReadHeaders(
            mailbox: self.purpose.mailbox,
            validity: validity,
            details: details,
            account: records.account,
            session: records.session,
            upstream: self.account?.takeTranscript() ?? []
        )
        let job = NIOLoopBound((self, then), eventLoop: self.loop)
        records.write(read) { result in
            job.eventLoop.execute {
                let (job, then) = job.value
                job.goOn(result, then)
            }
        }
    }

    private func goOn(_ result: Result<Void, StoreFailure>, _ then: () -> Void) {
        guard !self.isOver else { return }
        if case .failure(let failure) = result {
            self.surroundings.logger.warning("what headers say could not be kept", metadata: ["reason": "\(failure)"])
            return self.end()
        }
        guard !self.isStopped, self.connection?.isIdle == true else { return self.end() }
        then()
    }
}
