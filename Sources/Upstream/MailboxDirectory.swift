package import Gateway
import IMAP
package import Logging
package import NIOCore
import NIOPosix
package import TLS

/// The mailboxes of one mail server. A login whose credential was verified lately shares the mailbox that it opened; any
/// other is let through by the gate, waits for a free slot of its account, and gets a connection that is logged in and
/// EXAMINEd; nothing is answered before that (I-15).
package final class MailboxDirectory: Mailboxes {
    private let configuration: UpstreamConfiguration
    private let dialler: Dialler
    private let store: any Store
    private let records: UpstreamRecords?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let seconds: @Sendable () -> Int64
    private let gate: CredentialGate
    private let slots: ConnectionSlots
    private let notes: AccountNotes
    private let rematches = RematchGate()
    private let readings = ReadingGate()
    private let listings = ListingBook()
    private let spool: BodySpool?
    private let open = OpenMailboxes()

    /// `seconds` is a clock that never goes back. Without `records` nothing is read for the record. Throws when the trusted certificates cannot be read.
    package init(
        configuration: UpstreamConfiguration,
        store: any Store,
        records: UpstreamRecords? = nil,
        group: any EventLoopGroup,
        logger: Logger,
        seconds: @escaping @Sendable () -> Int64
    ) throws(TLSError) {
        self.configuration = configuration
        self.dialler = try Dialler(configuration: configuration)
        self.store = store
        self.records = records
        self.group = group
        self.logger = logger
        self.seconds = seconds
        self.gate = CredentialGate(failuresAnHour: configuration.failedLoginsAnHour, now: seconds)
        self.notes = AccountNotes(now: seconds)
        self.slots = ConnectionSlots(
            limit: configuration.connectionsPerAccount,
            patience: .seconds(Int64(configuration.connectionWaitSeconds))
        )
        let cache = configuration.cache
        self.spool =
            cache.memory == 0
            ? nil
            : BodySpool(
                memory: cache.memory,
                disk: cache.disk,
                folder: cache.folder,
                threads: .singleton,
                warn: { logger.warning("\($0)") }
            )
    }

    package func open(
        _ login: UpstreamLogin,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void
    ) {
        let ticket = self.gate.ticket(login)
        if self.notes.mustWait(ticket.account) {
            return answer(.failure(UpstreamRefusal(.unavailable(reason: AccountNotes.pause))))
        }
        let isShared = self.configuration.loginCacheSeconds > 0
        let entrance = self.open.enter(ticket, isShared: isShared, at: self.seconds()) { result in
            switch result {
            case .success(let mailbox): self.share(mailbox, login, ticket, answer: answer)
            case .failure(let failure): answer(.failure(UpstreamRefusal(failure)))
            }
        }
        switch entrance {
        case .open(let mailbox): self.share(mailbox, login, ticket, answer: answer)
        case .wait: break
        case .verify: self.verify(login, ticket, answer: answer)
        }
    }

    package func quiesce() async {
        for mailbox in self.open.all { mailbox.eventLoop.execute { mailbox.value.quiesce() } }
        await withCheckedContinuation { continuation in
            self.slots.quiesce(on: self.group.next(), patience: Self.farewell) { continuation.resume() }
        }
    }

    /// How long a stop waits for the last connections.
    private static let farewell = TimeAmount.seconds(5)

    /// A lease without a login; with one where the mailbox has closed meanwhile.
    private func share(
        _ mailbox: OpenMailboxes.Handle,
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void
    ) {
        mailbox.eventLoop.execute {
            guard let lease = mailbox.value.lease(of: login.session) else {
                return self.verify(login, ticket, answer: answer)
            }
            answer(.success(mailbox.value.opened(lease, transcript: Citations.cached)))
        }
    }

    // MARK: - A login of its own

    private func verify(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void
    ) {
        let loop = self.open.loop(of: ticket) ?? self.group.next()
        let refuse: @Sendable (UpstreamRefusal) -> Void = { refusal in
            self.open.leave(ticket, .failure(refusal.failure.again))
            answer(.failure(refusal))
        }
        self.gate.enter(ticket) { verdict in
            if case .fail(let failure) = verdict { return refuse(UpstreamRefusal(failure)) }
            self.slots.take(ticket.account, on: loop) { isFree in
                guard isFree else {
                    self.gate.leave(ticket, .unknown(.tooManyConnections))
                    return refuse(UpstreamRefusal(.tooManyConnections))
                }
                loop.execute { self.connect(login, ticket, on: loop, refuse: refuse, answer: answer) }
            }
        }
    }

    private func connect(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        on loop: any EventLoop,
        refuse: @escaping @Sendable (UpstreamRefusal) -> Void,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void
    ) {
        var logger = self.logger
        logger[metadataKey: "session"] = "\(login.session)"
        logger[metadataKey: "account"] = "\(LoginName(login.name).display)"
        let records = self.records.map { records in
            LeaseRecords(records: records, account: LoginName(login.name).display, session: login.session)
        }
        let connection = AccountConnection(
            dialler: self.dialler,
            credentials: login.credentials,
            account: ticket.account,
            notes: self.notes,
            records: records,
            loop: loop,
            logger: logger
        )
        connection.open { [logger] result in
            switch result {
            case .success(let examined):
                self.gate.leave(ticket, .accepted)
                self.admit(login, ticket, connection, examined, refuse: refuse, answer: answer)
            case .failure(let failure):
                if case .credentials = failure {
                    self.gate.leave(ticket, .refused)
                    self.open.expire(ticket)
                } else {
                    self.gate.leave(ticket, .unknown(failure))
                    logger.warning("no mailbox", metadata: ["reason": "\(failure)"])
                }
                // The operator's own secret is tried again with another, and only the last try is the session's answer.
                let transcript = login.isOperators ? [] : connection.takeTranscript()
                connection.release { self.slots.giveBack(ticket.account) }
                refuse(UpstreamRefusal(failure, transcript: transcript))
            }
        }
    }

    /// The mail server has accepted the login: the mailbox is there for all that present the same.
    private func admit(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        _ connection: AccountConnection,
        _ examined: ExaminedMailbox,
        refuse: @escaping @Sendable (UpstreamRefusal) -> Void,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void
    ) {
        let (store, upstream) = (self.store, self.configuration.name)
        let name = LoginName(login.name).normalised
        let transcript = connection.takeTranscript()
        connection.loop.makeFutureWithTask { try await store.account(upstream: upstream, login: name) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let id):
                    let until = self.seconds() &+ Int64(self.configuration.loginCacheSeconds)
                    let handle = self.mailbox(id, login, ticket, on: connection.loop)
                    let mailbox = handle.value
                    let lease = mailbox.admit(
                        login.session,
                        on: connection,
                        examined,
                        verifiedUntil: until,
                        transcript: transcript
                    )
                    self.open.leave(ticket, .success(handle), verifiedUntil: until)
                    answer(.success(mailbox.opened(lease, transcript: transcript)))
                case .failure(let error):
                    connection.release { self.slots.giveBack(ticket.account) }
                    let failure = UpstreamFailure.unavailable(
                        reason: "the account could not be read from the store: \(error)"
                    )
                    refuse(UpstreamRefusal(failure, transcript: transcript))
                }
            }
    }

    /// The one that is open for this credential, or a new one.
    private func mailbox(
        _ account: AccountID,
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        on loop: any EventLoop
    ) -> OpenMailboxes.Handle {
        if let known = self.open.find(ticket), known.eventLoop === loop, !known.value.isClosed { return known }
        var logger = self.logger
        logger[metadataKey: "account"] = "\(LoginName(login.name).display)"
        let surroundings = SharedMailbox.Surroundings(
            accountID: account,
            login: LoginName(login.name).normalised,
            key: ticket.account,
            account: LoginName(login.name).display,
            credentials: login.credentials,
            dialler: self.dialler,
            store: self.store,
            rematches: self.rematches,
            notes: self.notes,
            slots: self.slots,
            readings: self.readings,
            listings: self.listings,
            spool: self.spool,
            records: self.records,
            now: self.seconds,
            logger: logger
        )
        let mailbox = SharedMailbox(loop: loop, surroundings, session: login.session) {
            [weak open = self.open] mailbox in
            open?.forget(ticket, mailbox)
        }
        let handle = NIOLoopBound(mailbox, eventLoop: loop)
        self.open.put(handle, of: ticket)
        return handle
    }
}

extension UpstreamLogin {
    fileprivate var credentials: Credentials {
        switch self.secret {
        case .password(let password): Credentials(name: self.name, password: password)
        case .token(let token): Credentials(name: self.name, token: token)
        }
    }
}

extension UpstreamFailure {
    /// What those hear who waited for this one's outcome.
    fileprivate var again: UpstreamFailure {
        if case .credentials = self { .credentials(answeredLocally: true) } else { self }
    }
}

extension SharedMailbox {
    fileprivate func opened(_ lease: LeasedMailbox, transcript: [String]) -> OpenedMailbox {
        OpenedMailbox(
            lease: ConnectionLease(mailbox: NIOLoopBound(lease, eventLoop: self.loop)),
            account: self.surroundings.accountID,
            transcript: transcript
        )
    }
}
