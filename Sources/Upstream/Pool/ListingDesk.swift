import Gateway
import IMAP
import Logging
import NIOCore

/// Brings the listing of a shared mailbox up to date for the sessions that ask. All that ask while one look is under way
/// share the next: what a session is shown is never older than its question.
final class ListingDesk {
    /// A session that asks.
    struct Asker {
        let session: SessionID
        /// When its login began: what the mail server said since then is new enough for it.
        let begun: NIODeadline
        /// What went upstream for its login.
        let login: [String]
        /// With what went upstream for the listing, for one of those who asked; the others hear `Citations.cached`.
        let answer: (Result<StoredListing, UpstreamFailure>, [String]) -> Void
        let isThere: () -> Bool
    }

    private let surroundings: SharedMailbox.Surroundings
    private let loop: any EventLoop
    /// Gives a job to a connection.
    var run: (any UpstreamJob) -> Void = { _ in }
    /// Called when the mailbox was found to be as the listing says.
    var whenCurrent: (StoredListing) -> Void = { _ in }
    /// As the mail server said last; nil before the first connection.
    private(set) var validity: UIDValidity?
    /// Once it is known.
    private(set) var mailbox: MailboxID?
    private var asking: [Asker] = []
    private var served: [Asker] = []
    private var isLooking = false
    /// Batches of the listing under way that are being kept, one after the other; nil where there are none.
    private var kept: EventLoopFuture<StoredListing>?
    /// Who has not found some messages any more, where nobody has said the same yet.
    private var missedBy: SessionID?

    init(_ surroundings: SharedMailbox.Surroundings, loop: any EventLoop) {
        self.surroundings = surroundings
        self.loop = loop
    }

    private var store: any Store { self.surroundings.store }
    private var logger: Logger { self.surroundings.logger }
    private var configuration: UpstreamConfiguration { self.surroundings.dialler.configuration }

    /// A connection was EXAMINEd.
    func hear(_ examined: ExaminedMailbox) { self.validity = examined.validity }

    func ask(_ asker: Asker) {
        self.asking.append(asker)
        if !self.isLooking { self.look() }
    }

    private func look() {
        self.isLooking = true
        self.served = self.asking
        self.asking = []
        guard let known = self.surroundings.listings.find(self.surroundings.accountID) else { return self.read() }
        self.loop.makeFutureWithTask { [store = self.store] in await store.isCurrent(known.listing) }
            .assumeIsolated().whenComplete { result in
                if case .success(true) = result { self.check(known) } else { self.read() }
            }
    }

    private func read() {
        let (store, id, mailbox) = (self.store, self.surroundings.accountID, self.configuration.mailbox)
        self.loop.makeFutureWithTask { try await store.listing(id, mailbox: mailbox) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let stored): self.check(self.surroundings.listings.put(stored, of: id))
                case .failure(let error):
                    self.answer(.failure(.unavailable(reason: "the listing could not be read: \(error)")), [])
                }
            }
    }

    private func check(_ entry: ListingBook.Entry) {
        let stored = entry.listing
        self.mailbox = stored.mailbox
        let format = self.configuration.uniqueIDs(self.surroundings.login)
        weak var begun: CheckJob?
        let since = self.served.map(\.begun).max() ?? .now()
        let job = CheckJob(entry, since: since, logger: self.logger) { batch in
            self.kept = self.updated(stored, with: batch.named(by: format))
        } answer: { result, lines in
            switch result {
            case .success(.agrees):
                begun?.agree(on: entry.number)
                self.agree(with: entry, lines)
            case .success(.changed(let update)):
                self.keep(update.named(by: format), of: entry, lines, whenKept: begun?.agreement)
            case .success(.renumbered(let examined)): self.rematch(stored, examined, lines)
            case .failure(let failure):
                // What was kept of a listing that broke is read again.
                if self.kept != nil { self.surroundings.listings.forget(self.surroundings.accountID) }
                self.kept = nil
                self.answer(.failure(failure), lines)
            }
        }
        begun = job
        self.run(job)
    }

    /// What is kept, and `update` with it.
    private func updated(_ stored: StoredListing, with update: ListingUpdate) -> EventLoopFuture<StoredListing> {
        let kept = self.kept ?? self.loop.makeSucceededFuture(stored)
        return kept.flatMap { [store = self.store, loop = self.loop] stored in
            loop.makeFutureWithTask { try await store.update(stored, with: update) }
        }
    }

    /// The mailbox is as it was listed last: what was missing then is missing still.
    private func agree(with entry: ListingBook.Entry, _ lines: [String]) {
        let stored = entry.listing
        guard stored.hasMissing, let asker = self.served.first, asker.session != self.missedBy else {
            self.store.agreed(stored.mailbox)
            return self.answer(.success(stored), lines)
        }
        let sighting = self.sighting(of: asker, lines)
        self.loop.makeFutureWithTask { [store = self.store] in try await store.agreed(stored.mailbox, sighting) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success:
                    let certain = stored.withoutMissing
                    self.surroundings.listings.replace(entry, by: certain, of: self.surroundings.accountID)
                // The next session that finds the same says it again.
                case .failure(let error):
                    self.logger.warning(
                        "what has vanished is not on record yet",
                        metadata: ["reason": "\(error)"]
                    )
                }
                self.answer(.success(stored), lines)
            }
    }

    private func sighting(of asker: Asker, _ lines: [String]) -> Sighting {
        Sighting(session: asker.session, account: self.surroundings.account, upstream: asker.login + lines)
    }

    private func keep(
        _ update: ListingUpdate,
        of entry: ListingBook.Entry,
        _ lines: [String],
        whenKept agree: ((UInt64) -> Void)?
    ) {
        let stored = entry.listing
        var update = update
        update.sighting = self.served.first.map { self.sighting(of: $0, lines) }
        self.missedBy = self.served.first?.session
        self.updated(stored, with: update).assumeIsolated().whenComplete { result in
            self.kept = nil
            switch result {
            case .success(let listing):
                agree?(self.surroundings.listings.put(listing, of: self.surroundings.accountID).number)
                self.answer(.success(listing), lines)
            case .failure(let error):
                self.surroundings.listings.forget(self.surroundings.accountID)
                self.answer(.failure(.unavailable(reason: "the listing could not be kept: \(error)")), lines)
            }
        }
    }

    private func answer(_ result: Result<StoredListing, UpstreamFailure>, _ lines: [String]) {
        let served = self.served
        self.served = []
        self.isLooking = false
        if case .success(let listing) = result {
            self.validity = listing.validity
            self.whenCurrent(listing)
        }
        var lines = lines
        for asker in served where asker.isThere() {
            asker.answer(result, lines)
            lines = Citations.cached
        }
        // A session that has left records nothing any more.
        if let first = served.first, lines != Citations.cached, !lines.isEmpty {
            self.surroundings.records(of: first.session)?.write(lines)
        }
        if !self.asking.isEmpty, !self.isLooking { self.look() }
    }

    // MARK: - Another UIDVALIDITY

    /// UIDVALIDITY is not what it was. One that was found doubtful, in a mailbox that is as it was then, stays so until an
    /// operator says that it is right: nothing is listed and no header fetched for that.
    private func rematch(_ stored: StoredListing, _ examined: ExaminedMailbox, _ lines: [String]) {
        guard let from = stored.validity else { return self.read() }
        self.validity = examined.validity
        let doubt = AccountNotes.Doubt(from: from, to: examined)
        guard self.surroundings.notes.isDoubtful(doubt, self.surroundings.key) else {
            return self.rematch(stored, doubt, lines)
        }
        self.loop.makeFutureWithTask { [store = self.store] in try await store.awaitsOperator(stored.mailbox) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(true): self.answer(.failure(.uidValidityChanged), lines)
                case .success(false): self.rematch(stored, doubt, lines)
                case .failure(let error):
                    self.answer(.failure(.unavailable(reason: "the store could not be read: \(error)")), lines)
                }
            }
    }

    /// Once for all sessions of the account that see it the messages are found again; the others read what came of it.
    private func rematch(_ stored: StoredListing, _ doubt: AccountNotes.Doubt, _ lines: [String]) {
        let surroundings = self.surroundings
        let bound = NIOLoopBound((self, lines), eventLoop: self.loop)
        let isFirst = surroundings.rematches.enter(surroundings.accountID) { failure in
            bound.eventLoop.execute {
                let (desk, lines) = bound.value
                if let failure { return desk.answer(.failure(failure), lines) }
                desk.cite(lines)
                desk.read()
            }
        }
        guard isFirst else { return }
        let job = RematchJob(
            loop: self.loop,
            store: self.store,
            stored: stored,
            from: doubt.from,
            uniqueIDs: self.configuration.uniqueIDs(surroundings.login),
            keys: surroundings.rematches.keys(of: surroundings.accountID, doubt.to.validity),
            logger: self.logger
        ) { result, keys in
            let listing = self.rematched(result, doubt)
            var failure: UpstreamFailure?
            if case .failure(let reason) = listing { failure = reason }
            surroundings.rematches.keep(failure == nil ? [:] : keys, of: surroundings.accountID, doubt.to.validity)
            surroundings.rematches.leave(surroundings.accountID, failure)
            self.answer(listing, lines)
        }
        self.run(job)
    }

    private func rematched(
        _ result: Result<RenumberingVerdict, UpstreamFailure>,
        _ doubt: AccountNotes.Doubt
    ) -> Result<StoredListing, UpstreamFailure> {
        let (notes, key) = (self.surroundings.notes, self.surroundings.key)
        self.surroundings.listings.forget(self.surroundings.accountID)
        switch result {
        case .success(.done(let listing)):
            notes.keep(nil, key)
            self.surroundings.listings.put(listing, of: self.surroundings.accountID)
            if notes.renumberedAgain(key) {
                self.logger.warning(
                    "UIDVALIDITY changes again and again: the mail server keeps it only once an IMAP program has opened the mailbox"
                )
            }
            return .success(listing)
        case .success(.doubtful):
            notes.keep(doubt, key)
            return .failure(.uidValidityChanged)
        case .failure(let failure): return .failure(failure)
        }
    }

    private func cite(_ lines: [String]) {
        guard let first = self.served.first, !lines.isEmpty else { return }
        self.surroundings.records(of: first.session)?.write(lines)
    }
}

extension StoredListing {
    /// The same, and nothing is missed that has not gone on record.
    fileprivate var withoutMissing: StoredListing {
        StoredListing(
            mailbox: self.mailbox,
            validity: self.validity,
            exists: self.exists,
            uidNext: self.uidNext,
            snapshot: self.snapshot,
            isDoubted: self.isDoubted
        )
    }
}
