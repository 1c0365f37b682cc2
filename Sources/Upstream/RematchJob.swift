import Gateway
import IMAP
import LibCrypto
import Logging
import NIOCore

/// Lists a mailbox whose UIDVALIDITY has changed and finds the stored messages again, with as many headers as that takes.
/// Goes on when its lease was released: the next login finds it done. What is interrupted has changed nothing.
final class RematchJob: UpstreamJob {
    private var account: AccountConnection?
    private let loop: any EventLoop
    private let store: any Store
    private let stored: StoredListing
    private let from: UIDValidity
    private let logger: Logger
    private let uniqueIDs: UniqueIDFormat
    private var answer: ((Result<RenumberingVerdict, UpstreamFailure>, [UID: [UInt8]]) -> Void)?
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?
    /// The part of the work that the connection is used for now.
    private var step: (any UpstreamJob)?
    /// Of messages as they are now; those of an earlier try need not be fetched again.
    private var keys: [UID: [UInt8]]
    private var limit: Scheduled<Void>?

    /// `answer` hears all header keys too, whatever came of it.
    init(
        loop: any EventLoop,
        store: any Store,
        stored: StoredListing,
        from: UIDValidity,
        uniqueIDs: UniqueIDFormat,
        keys: [UID: [UInt8]],
        logger: Logger,
        answer: @escaping (Result<RenumberingVerdict, UpstreamFailure>, [UID: [UInt8]]) -> Void
    ) {
        self.loop = loop
        self.store = store
        self.stored = stored
        self.from = from
        self.uniqueIDs = uniqueIDs
        self.keys = keys
        self.logger = logger
        self.answer = answer
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.mailbox = mailbox
        let limit = TimeAmount.seconds(Int64(account.dialler.configuration.rematchSeconds))
        self.limit = self.loop.assumeIsolated().scheduleTask(in: limit) {
            account.drop(reason: "finding the messages again took too long")
        }
        let nothing = StoredListing(
            mailbox: self.stored.mailbox,
            validity: nil,
            exists: 0,
            uidNext: nil,
            snapshot: MailboxSnapshot(validity: nil, messages: [])
        )
        self.take(
            ListingJob(stored: nothing, logger: self.logger, whenFree: {}) { result in
                switch result {
                case .success(let listing): self.match(listing)
                case .failure(let failure): self.end(.failure(failure))
                }
            }
        )
    }

    func hear(_ action: ClientAction) { self.step?.hear(action) }
    /// One that has begun goes on.
    func abandon() {
        if self.mailbox == nil { self.give(.failure(.unavailable(reason: "the lease was released"))) }
    }

    func fail(_ failure: UpstreamFailure) {
        self.step = nil
        self.give(.failure(failure))
    }

    private func take(_ step: any UpstreamJob) {
        guard let account = self.account, let connection = self.connection, let mailbox = self.mailbox else { return }
        self.step = step
        step.begin(on: account, connection, mailbox)
    }

    private func match(_ listing: ListingUpdate) {
        let listing = listing.named(by: self.uniqueIDs)
        self.loop.makeFutureWithTask { [store = self.store, id = self.stored.mailbox] in
            var rematch = Rematch(remembered: try await store.remembered(id), listed: listing.added)
            rematch.withoutHeaders()
            return rematch
        }
        .assumeIsolated().whenComplete { result in
            guard self.answer != nil else { return }
            switch result {
            case .success(let rematch): self.fetchHeaders(rematch, listing)
            case .failure(let error): self.endUnkept(error)
            }
        }
    }

    private func fetchHeaders(_ rematch: Rematch, _ listing: ListingUpdate) {
        let wanted = rematch.wanted.filter { self.keys[$0] == nil }
        guard !wanted.isEmpty else { return self.keep(rematch, listing) }
        self.take(
            HeaderJob(uids: wanted, maximumOctets: .max, whenFree: {}) { header in
                self.keys[header.uid] = MessageKey.digest(of: header.octets)
            } answer: { result in
                switch result {
                case .success: self.keep(rematch, listing)
                case .failure(let failure): self.end(.failure(failure))
                }
            }
        )
    }

    private func keep(_ rematch: Rematch, _ listing: ListingUpdate) {
        var rematch = rematch
        rematch.withHeaders(self.keys)
        let renumbering = Renumbering(from: self.from, listing: listing, pairs: rematch.pairs, keys: self.keys)
        self.loop.makeFutureWithTask { [store = self.store, id = self.stored.mailbox] in
            try await store.renumber(id, renumbering)
        }
        .assumeIsolated().whenComplete { result in
            switch result {
            case .success(let verdict):
                self.tell(verdict, renumbering)
                self.end(.success(verdict))
            case .failure(let error): self.endUnkept(error)
            }
        }
    }

    private func tell(_ verdict: RenumberingVerdict, _ renumbering: Renumbering) {
        var counts: Logger.Metadata = [
            "from": "\(self.from.value)", "to": "\(renumbering.listing.validity.value)",
            "recognised": "\(renumbering.pairs.count)", "listed": "\(renumbering.listing.added.count)",
        ]
        switch verdict {
        case .done: self.logger.notice("UIDVALIDITY has changed: messages have new UIDs", metadata: counts)
        case .doubtful(_, let of, isNew: true):
            counts["stored"] = "\(of)"
            self.logger.error(
                "UIDVALIDITY has changed and too few messages are recognised: nothing is shown until 'leavecopy uidl accept'",
                metadata: counts
            )
        case .doubtful(_, _, isNew: false): break
        }
    }

    private func endUnkept(_ error: any Error) {
        self.end(.failure(.unavailable(reason: "the listing could not be kept: \(error)")))
    }

    private func end(_ result: Result<RenumberingVerdict, UpstreamFailure>) {
        guard self.answer != nil else { return }
        self.step = nil
        // One record is no place for thousands of lines.
        self.account?.setAside()
        // A connection that is not idle now is about to close; its end frees the account.
        if self.connection?.isIdle == true { self.account?.finished() }
        self.give(result)
    }

    private func give(_ result: Result<RenumberingVerdict, UpstreamFailure>) {
        self.limit?.cancel()
        let answer = self.answer
        self.answer = nil
        answer?(result, self.keys)
    }
}

/// What a message is recognised by, in every row that keeps it: SHA-256 of its header's canonical form, the first
/// 16 octets. Nil where that form is empty.
package enum MessageKey {
    package static func digest(of header: [UInt8]) -> [UInt8]? {
        let canonical = HeaderKey.canonical(header)
        return canonical.isEmpty ? nil : Array(SHA256.digest(of: canonical).prefix(16))
    }
}

extension ListingUpdate {
    /// The same, with the unique-ids of new messages made in this format.
    func named(by format: UniqueIDFormat) -> ListingUpdate {
        ListingUpdate(
            validity: self.validity,
            exists: self.exists,
            uidNext: self.uidNext,
            added: self.added,
            present: self.present,
            uniqueIDs: format
        )
    }
}
