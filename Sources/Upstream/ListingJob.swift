import Gateway
import IMAP
import Logging

/// Finds what has changed since the stored listing: only what is new is fetched, and only when the numbers do not add up is asked
/// which messages exist (DESIGN section 5).
final class ListingJob: UpstreamJob {
    private enum Phase {
        case listing
        /// EXISTS is counted again: a message may have come or gone since EXAMINE.
        case counting
        case searching(expected: Int)
        case over
    }

    /// Messages kept together while a long listing is under way, so that a break loses no more.
    private static let batch = 20_000

    private let logger: Logger
    private let stored: StoredListing
    private let whenFree: () -> Void
    private let keepBatch: ((ListingUpdate) -> Void)?
    private let answer: (Result<ListingUpdate, UpstreamFailure>) -> Void
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?
    private var phase = Phase.listing
    private var added: [ListedMessage] = []
    /// All that was listed now, batches that are kept included.
    private var listedUIDs: [UInt32] = []
    /// What exists, once that was asked and the listing goes on.
    private var present: [ClosedRange<UInt32>]?
    private var known: Set<UInt32> = []

    /// What changes `stored` is answered once; before it, `keepBatch` may get a part of it. `whenFree` is called when the
    /// connection is free again, and not after a failure that ended it.
    init(
        stored: StoredListing,
        logger: Logger,
        whenFree: @escaping () -> Void,
        keepBatch: ((ListingUpdate) -> Void)? = nil,
        answer: @escaping (Result<ListingUpdate, UpstreamFailure>) -> Void
    ) {
        self.stored = stored
        self.logger = logger
        self.whenFree = whenFree
        self.keepBatch = keepBatch
        self.answer = answer
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.connection = connection
        self.mailbox = mailbox
        let last = self.stored.snapshot.count > 0 ? self.stored.snapshot[self.stored.snapshot.count - 1]?.uid : nil
        connection.command { $0.list(after: last, in: mailbox) }
    }

    func hear(_ action: ClientAction) {
        switch action {
        case .listed(let messages):
            let new = self.present == nil ? messages : messages.filter { self.isNew($0.uid) }
            self.added += new
            self.listedUIDs += new.map(\.uid.value)
            if self.added.count >= Self.batch { self.handOutBatch() }
        case .listingEnded: self.ended()
        case .alive(let exists, let expunged): self.counted(exists: exists, expunged: expunged)
        case .present(let ranges): self.found(ranges)
        case .refused(let refusal):
            self.fail(UpstreamFailure(refusal))
            if self.connection?.isIdle == true { self.whenFree() }
        case .send, .startTLS, .computeSCRAM, .opened, .quota, .bodyBegan, .bodyPiece, .bodyEnded, .bodyGone,
            .fetchEnded, .header, .headersEnded, .notice, .close:
            break
        }
    }

    func fail(_ failure: UpstreamFailure) {
        if case .over = self.phase { return }
        self.phase = .over
        self.answer(.failure(failure))
    }

    private func ended() {
        guard let mailbox = self.mailbox else { return }
        if let present = self.present { return self.keep(present: present) }
        guard self.stored.snapshot.count + self.listedUIDs.count != Int(mailbox.exists) else {
            return self.keep(present: nil)
        }
        self.phase = .counting
        self.connection?.command { $0.noop() }
    }

    private func counted(exists: UInt32?, expunged: Int) {
        guard let mailbox = self.mailbox else { return }
        let expected = exists.map(Int.init) ?? max(0, Int(mailbox.exists) - expunged)
        self.phase = .searching(expected: expected)
        self.connection?.command { $0.findPresent(in: mailbox) }
    }

    private func found(_ ranges: [ClosedRange<UInt32>]) {
        guard case .searching(let expected) = self.phase else { return }
        let count = ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 }
        // A short answer must never look like a mailbox that has shrunk (promise 2).
        guard count >= expected else {
            self.logger.error(
                "the mail server lists fewer messages than it counts",
                metadata: ["counted": "\(expected)", "listed": "\(count)"]
            )
            self.fail(.unavailable(reason: "the mail server lists fewer messages than it counts"))
            return self.whenFree()
        }
        guard let missing = self.lowestMissing(of: ranges), !self.isKnownToMiss else {
            return self.keep(present: ranges)
        }
        self.listAgain(from: missing, present: ranges)
    }

    /// A message that is found and was not listed is asked for once more: later listings begin above it, so that no device
    /// would ever see it. What is not listed even then has no size, and is not shown (I-32).
    private func listAgain(from uid: UInt32, present: [ClosedRange<UInt32>]) {
        guard let mailbox = self.mailbox else { return }
        self.logger.warning("the mail server finds messages that it did not list", metadata: ["uid": "\(uid)"])
        self.present = present
        self.known = Set(self.knownUIDs)
        self.phase = .listing
        let before = uid > 1 ? UID(uid - 1) : nil
        self.connection?.command { $0.list(after: before, in: mailbox) }
    }

    private func isNew(_ uid: UID) -> Bool { self.known.insert(uid.value).inserted }

    private var knownUIDs: [UInt32] {
        (0..<self.stored.snapshot.count).compactMap { self.stored.snapshot[$0]?.uid.value } + self.listedUIDs
    }

    /// Nothing has changed since a listing that ended like this one.
    private var isKnownToMiss: Bool {
        guard let mailbox = self.mailbox, self.stored.validity != nil else { return false }
        return self.listedUIDs.isEmpty && self.stored.exists == mailbox.exists && self.stored.uidNext == mailbox.uidNext
    }

    /// The first UID that exists, up to the last one that was listed, and was not listed.
    private func lowestMissing(of ranges: [ClosedRange<UInt32>]) -> UInt32? {
        let known = self.knownUIDs.sorted()
        guard let last = known.last else { return nil }
        var place = 0
        for range in ranges {
            var uid = range.lowerBound
            while uid <= last {
                while place < known.count, known[place] < uid { place += 1 }
                guard place < known.count, known[place] == uid else { return uid }
                guard uid < range.upperBound else { break }
                uid += 1
            }
        }
        return nil
    }

    /// Says nothing of EXISTS and UIDNEXT: the next listing must go on from here.
    private func handOutBatch() {
        guard let mailbox = self.mailbox, let keepBatch = self.keepBatch else { return }
        let update = ListingUpdate(
            validity: mailbox.validity,
            exists: 0,
            uidNext: nil,
            added: self.added,
            present: nil
        )
        self.added = []
        keepBatch(update)
    }

    private func keep(present: [ClosedRange<UInt32>]?) {
        guard let mailbox = self.mailbox else { return }
        self.phase = .over
        let update = ListingUpdate(
            validity: mailbox.validity,
            exists: mailbox.exists,
            uidNext: mailbox.uidNext,
            added: self.added,
            present: present
        )
        self.added = []
        self.whenFree()
        self.answer(.success(update))
    }
}
