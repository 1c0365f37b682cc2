package import Gateway
import IMAP
package import Logging
package import NIOCore
import Synchronization
package import TLS

/// The mailboxes of one mail server. A login is let through by the gate, waits for a free slot of its account, and gets a
/// connection that is logged in and EXAMINEd; nothing is answered before that (I-15).
package final class MailboxDirectory: Mailboxes {
    private let configuration: UpstreamConfiguration
    private let dialler: Dialler
    private let store: any Store
    private let group: any EventLoopGroup
    private let logger: Logger
    private let gate: CredentialGate
    private let slots: ConnectionSlots
    private let notes: AccountNotes

    /// `seconds` is a clock that never goes back. Throws when the trusted certificates cannot be read.
    package init(
        configuration: UpstreamConfiguration,
        store: any Store,
        group: any EventLoopGroup,
        logger: Logger,
        seconds: @escaping @Sendable () -> Int64
    ) throws(TLSError) {
        self.configuration = configuration
        self.dialler = try Dialler(configuration: configuration)
        self.store = store
        self.group = group
        self.logger = logger
        self.gate = CredentialGate(failuresAnHour: configuration.failedLoginsAnHour, now: seconds)
        self.notes = AccountNotes(now: seconds)
        self.slots = ConnectionSlots(
            limit: configuration.connectionsPerAccount,
            patience: .seconds(Int64(configuration.connectionWaitSeconds))
        )
    }

    package func open(
        _ login: UpstreamLogin,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamFailure>) -> Void
    ) {
        let ticket = self.gate.ticket(login)
        if self.notes.mustWait(ticket.account) {
            return answer(.failure(.unavailable(reason: AccountNotes.pause)))
        }
        let loop = self.group.next()
        self.gate.enter(ticket) { verdict in
            switch verdict {
            case .fail(let failure): answer(.failure(failure))
            case .ask: self.takeSlot(login, ticket, on: loop, answer: answer)
            }
        }
    }

    private func takeSlot(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        on loop: any EventLoop,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamFailure>) -> Void
    ) {
        self.slots.take(ticket.account, on: loop) { isFree in
            guard isFree else {
                self.gate.leave(ticket, .unknown(.tooManyConnections))
                return answer(.failure(.tooManyConnections))
            }
            loop.execute { self.connect(login, ticket, on: loop, answer: answer) }
        }
    }

    private func connect(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        on loop: any EventLoop,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamFailure>) -> Void
    ) {
        var logger = self.logger
        logger[metadataKey: "session"] = "\(login.session)"
        logger[metadataKey: "account"] = "\(LoginName(login.name).display)"
        let credentials = Credentials(name: login.name, password: login.password)
        let account = AccountConnection(
            dialler: self.dialler,
            credentials: credentials,
            account: ticket.account,
            notes: self.notes,
            loop: loop,
            logger: logger
        )
        account.open { [logger] result in
            switch result {
            case .success(let mailbox):
                self.gate.leave(ticket, .accepted)
                self.lease(login, ticket, account, mailbox, logger: logger, answer: answer)
            case .failure(let failure):
                if case .credentials = failure {
                    self.gate.leave(ticket, .refused)
                } else {
                    self.gate.leave(ticket, .unknown(failure))
                    logger.warning("no mailbox", metadata: ["reason": "\(failure)"])
                }
                account.release { self.slots.giveBack(ticket.account) }
                answer(.failure(failure))
            }
        }
    }

    private func lease(
        _ login: UpstreamLogin,
        _ ticket: CredentialGate.Ticket,
        _ account: AccountConnection,
        _ mailbox: ExaminedMailbox,
        logger: Logger,
        answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamFailure>) -> Void
    ) {
        let (store, upstream) = (self.store, self.configuration.name)
        let name = LoginName(login.name).normalised
        let transcript = account.takeTranscript()
        account.loop.makeFutureWithTask { try await store.account(upstream: upstream, login: name) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let id):
                    let leased = LeasedMailbox(
                        account: account,
                        accountID: id,
                        store: store,
                        examined: mailbox,
                        logger: logger
                    )
                    let lease = ConnectionLease(mailbox: NIOLoopBound(leased, eventLoop: account.loop)) {
                        self.slots.giveBack(ticket.account)
                    }
                    answer(.success(OpenedMailbox(lease: lease, account: id, transcript: transcript)))
                case .failure(let error):
                    account.release { self.slots.giveBack(ticket.account) }
                    answer(.failure(.unavailable(reason: "the account could not be read from the store: \(error)")))
                }
            }
    }
}
