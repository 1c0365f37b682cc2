import Gateway
import IMAP
import Logging
import NIOCore

/// A lease with a connection of its own. Everything in it happens on one event loop; the handle that sessions hold sends
/// messages there.
final class LeasedMailbox {
    private let account: AccountConnection
    private let accountID: AccountID
    private let store: any Store
    private let examined: ExaminedMailbox
    private let logger: Logger
    private var listed: Result<ListedMailbox, UpstreamFailure>?
    private var askers: [@Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void] = []
    private var isListing = false
    private var isReleased = false

    init(
        account: AccountConnection,
        accountID: AccountID,
        store: any Store,
        examined: ExaminedMailbox,
        logger: Logger
    ) {
        self.account = account
        self.accountID = accountID
        self.store = store
        self.examined = examined
        self.logger = logger
    }

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        guard !self.isReleased else { return }
        if let listed = self.listed { return answer(listed) }
        self.askers.append(answer)
        guard !self.isListing else { return }
        self.isListing = true
        let (store, id, mailbox) = (self.store, self.accountID, self.account.dialler.configuration.mailbox)
        self.account.loop.makeFutureWithTask { try await store.listing(id, mailbox: mailbox) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let stored): self.bringUpToDate(stored)
                case .failure(let error):
                    self.answer(.failure(.unavailable(reason: "the listing could not be read: \(error)")))
                }
            }
    }

    private func bringUpToDate(_ stored: StoredListing) {
        if let validity = stored.validity, validity != self.examined.validity {
            self.logger.error(
                "UIDVALIDITY has changed: nothing is shown until the messages are matched again",
                metadata: ["stored": "\(validity.value)", "now": "\(self.examined.validity.value)"]
            )
            return self.answer(.failure(.uidValidityChanged))
        }
        guard !self.isCurrent(stored) else { return self.answer(.success(stored)) }
        self.account.run(ListingJob(account: self.account, store: self.store, stored: stored) { self.answer($0) })
    }

    /// Nothing has come or gone: a new message raises UIDNEXT, one that went lowers EXISTS.
    private func isCurrent(_ stored: StoredListing) -> Bool {
        guard stored.validity != nil, stored.exists == self.examined.exists else { return false }
        guard stored.snapshot.count == Int(stored.exists) else { return false }
        guard let next = self.examined.uidNext else { return stored.exists == 0 }
        return next == stored.uidNext
    }

    private func answer(_ result: Result<StoredListing, UpstreamFailure>) {
        let transcript = self.account.takeTranscript()
        let listed = result.map {
            ListedMailbox(mailbox: $0.mailbox, snapshot: $0.snapshot, transcript: transcript)
        }
        self.listed = listed
        let askers = self.askers
        self.askers = []
        for asker in askers { asker(listed) }
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> BodyJob {
        let job = BodyJob(account: self.account, request: request, listedSize: self.size(of: request.uid), sink: sink)
        self.account.run(job)
        return job
    }

    private func size(of uid: UID) -> UInt32? {
        guard case .success(let listed) = self.listed else { return nil }
        var low = 0
        var high = listed.snapshot.count
        while low < high {
            let middle = (low + high) / 2
            guard let message = listed.snapshot[middle] else { return nil }
            if message.uid == uid { return message.size }
            if message.uid < uid { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    func release(whenGone: @escaping () -> Void) {
        self.isReleased = true
        self.askers = []
        self.account.release(whenGone: whenGone)
    }
}

/// What a session holds: every call is a message to the mailbox's event loop.
struct ConnectionLease: MailboxLease {
    let mailbox: NIOLoopBound<LeasedMailbox>
    let whenGone: @Sendable () -> Void

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        self.mailbox.eventLoop.execute { self.mailbox.value.snapshot(answer: answer) }
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource {
        let source = ConnectionBody(job: NIOLoopBoundBox.makeEmptyBox(eventLoop: self.mailbox.eventLoop))
        self.mailbox.eventLoop.execute { source.job.value = self.mailbox.value.body(request, sink: sink) }
        return source
    }

    func release() {
        self.mailbox.eventLoop.execute { self.mailbox.value.release(whenGone: self.whenGone) }
    }
}

/// The handle of one fetch. Calls made before the fetch was begun come after it on the loop.
struct ConnectionBody: BodySource {
    let job: NIOLoopBoundBox<BodyJob?>

    func more() { self.job.eventLoop.execute { self.job.value?.more() } }
    func cancel() { self.job.eventLoop.execute { self.job.value?.cancel() } }
}
