package import Gateway
import Linux
package import Logging
import POP3
import Store
import Synchronization

import struct IMAP.UID

/// `adopt:`: at the first login to an account the provider's own unique-ids are taken over, before a device is shown any.
/// Logins that come meanwhile share the one run, which does not end with the session that began it.
package final class AdoptionDesk: Sendable {
    /// After a run that failed logins are turned away for so many seconds before the next one is tried.
    static let pause: Int64 = 60
    /// The same where trying again does not help: the service refuses the password twice, or must not be read from. The
    /// mail server has just taken that password: a refusal may be a maildrop that is locked, which few services tell
    /// apart (RFC 2449 §8.1.1).
    static let longPause: Int64 = 600
    static let shortPause: Int64 = 5

    private struct Place {
        var run: Task<Result<Void, AdoptionFailure>, Never>?
        var notBefore: Int64 = .min
        /// The last run ended with a refused password.
        var wasRefused = false
        /// When it was last said that a token does not help.
        var warned: Int64?
    }

    private let adoption: Adoption
    private let mailbox: String
    private let logger: Logger
    /// A clock that never goes back.
    private let seconds: @Sendable () -> Int64
    private let places = Mutex<[AccountID: Place]>([:])

    /// `mailbox` is the one that is served.
    package init(
        adoption: Adoption,
        mailbox: String,
        logger: Logger,
        seconds: @escaping @Sendable () -> Int64
    ) {
        self.adoption = adoption
        self.mailbox = mailbox
        self.logger = logger
        self.seconds = seconds
    }

    /// The lease to go on with: it lists the mailbox only when its unique-ids are those that mail programs know.
    package func lease(_ opened: OpenedMailbox, login: UpstreamLogin) async -> any MailboxLease {
        do throws(StoreFailure) {
            guard try await self.isOpen(opened.account) else { return opened.lease }
        } catch {
            // Not known to be finished: nothing is shown that a device would keep.
            self.logger.error("the state of the unique-ids cannot be read", metadata: ["reason": "\(error)"])
            return AdoptingLease(lease: opened.lease, run: nil)
        }
        let now = self.seconds()
        guard case .password(let password) = login.secret else {
            self.warn(of: opened.account, login, now)
            return opened.lease
        }
        let run = self.places.withLock { places -> Task<Result<Void, AdoptionFailure>, Never>? in
            let place = places[opened.account] ?? Place()
            if let run = place.run { return run }
            guard place.notBefore <= now else { return nil }
            let run = Task { await self.run(opened.account, login: login, password: password) }
            places[opened.account, default: Place()].run = run
            return run
        }
        return AdoptingLease(lease: opened.lease, run: run)
    }

    private func isOpen(_ account: AccountID) async throws(StoreFailure) -> Bool {
        try await self.adoption.store.adoptionState(account, mailbox: self.mailbox) == .open
    }

    /// Once a day.
    private func warn(of account: AccountID, _ login: UpstreamLogin, _ now: Int64) {
        let isDue = self.places.withLock { places in
            if let warned = places[account]?.warned, now &- warned < 86_400 { return false }
            places[account, default: Place()].warned = now
            return true
        }
        guard isDue else { return }
        self.logger.warning(
            "unique-ids are not taken over: the login was made with a token",
            metadata: ["account": "\(LoginName(login.name).display)"]
        )
    }

    private func run(
        _ account: AccountID,
        login: UpstreamLogin,
        password: Secret
    ) async -> Result<Void, AdoptionFailure> {
        var logger = self.logger
        logger[metadataKey: "account"] = "\(LoginName(login.name).display)"
        let result: Result<Void, AdoptionFailure>
        do throws(AdoptionFailure) {
            // Another run may have ended between a login's look and this one's beginning.
            if try await self.isFinished(account) {
                self.places.withLock { $0[account] = nil }
                return .success(())
            }
            logger.notice("taking over the unique-ids of the provider's POP3 service: first logins wait")
            let terms = Adoption.Terms(asked: "adopt", origin: .server)
            let report = try await self.adoption.run(login, password: password, terms: terms) { [logger] progress in
                Self.log(progress, logger)
            }
            logger.notice("unique-ids are taken over", metadata: Self.metadata(report))
            result = .success(())
        } catch {
            logger.error(
                "unique-ids could not be taken over: first logins wait; 'leavecopy uidl learn --give-up' goes on without",
                metadata: ["reason": "\(error)"]
            )
            result = .failure(error)
        }
        let now = self.seconds()
        self.places.withLock { places in
            guard case .failure(let failure) = result else {
                places[account] = nil
                return
            }
            var place = places[account] ?? Place()
            place.notBefore = now &+ Self.pause(behind: failure, again: place.wasRefused)
            place.wasRefused = failure == .service(.credentials)
            place.run = nil
            places[account] = place
        }
        return result
    }

    private func isFinished(_ account: AccountID) async throws(AdoptionFailure) -> Bool {
        do throws(StoreFailure) {
            return try await !self.isOpen(account)
        } catch {
            throw .store(.failed(error))
        }
    }

    private static func pause(behind failure: AdoptionFailure, again: Bool) -> Int64 {
        switch failure {
        case .service(.credentials): again ? self.longPause : self.pause
        case .service(.deletesWhatIsRead), .service(.noTLS), .service(.noUniqueIDs), .service(.unsendable):
            self.longPause
        // The sessions that wait for the run have taken all connections of the account: they leave now.
        case .upstream(.tooManyConnections): self.shortPause
        case .upstream, .service, .store: self.pause
        }
    }

    private static func log(_ progress: AdoptionProgress, _ logger: Logger) {
        switch progress {
        case .listed(let theirs, let ours):
            logger.info("unique-ids: listed", metadata: ["pop3": "\(theirs)", "imap": "\(ours)"])
        case .walked(let count): logger.info("unique-ids: matched by size", metadata: ["messages": "\(count)"])
        case .headers(let done, let all):
            // A line for some thousand headers is enough.
            guard done == all || done % 4_096 < 2 * Adoption.chunk else { return }
            logger.info("unique-ids: headers", metadata: ["done": "\(done)", "of": "\(all)"])
        }
    }

    private static func metadata(_ report: AdoptionReport) -> Logger.Metadata {
        [
            "matched": "\(report.counts.matched)", "unmatched-pop3": "\(report.counts.unmatchedTheirs)",
            "unmatched-imap": "\(report.counts.unmatchedOurs)", "collisions": "\(report.counts.collisions)",
        ]
    }
}

/// A lease that lists only after a run has ended well.
private struct AdoptingLease: MailboxLease {
    let lease: any MailboxLease
    /// Nil while the pause behind a run that failed lasts.
    let run: Task<Result<Void, AdoptionFailure>, Never>?

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        guard let run = self.run else { return answer(.failure(.preparing)) }
        Task {
            switch await run.value {
            case .success: self.lease.snapshot(answer: answer)
            case .failure: answer(.failure(.preparing))
            }
        }
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource {
        self.lease.body(request, sink: sink)
    }

    func headers(
        of uids: [UID],
        answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
    ) {
        self.lease.headers(of: uids, answer: answer)
    }

    func takeBack(_ transcript: [String]) { self.lease.takeBack(transcript) }

    func release() { self.lease.release() }
}
