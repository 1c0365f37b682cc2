import Gateway
import IMAP
import NIOCore

/// One session's hold on a shared mailbox. Everything in it happens on the mailbox's event loop; the handle that sessions
/// hold sends messages there.
final class LeasedMailbox {
    private let shared: SharedMailbox
    private let session: SessionID
    private let begun: NIODeadline
    /// What the guard saw leave for the login.
    private let transcript: [String]
    private let lines: LeaseLines
    /// UIDs mean messages under this UIDVALIDITY; that of the listing once there is one.
    private var validity: UIDValidity?
    private var listed: Result<ListedMailbox, UpstreamFailure>?
    private var askers: [@Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void] = []
    private var isListing = false
    private var isReleased = false
    private var readers: [BodyReader] = []
    private let ahead = BodyDesk.LookAhead()

    /// `begun`: when the login began, or the connection was EXAMINEd for it.
    init(of shared: SharedMailbox, session: SessionID, begun: NIODeadline, transcript: [String]) {
        self.shared = shared
        self.begun = begun
        self.session = session
        self.transcript = transcript
        self.validity = shared.listing.validity
        let records = shared.surroundings.records(of: session)
        self.lines = LeaseLines { records?.write($0) }
    }

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        guard !self.isReleased else { return }
        if let listed = self.listed { return answer(listed) }
        self.askers.append(answer)
        guard !self.isListing else { return }
        self.isListing = true
        self.shared.listing.ask(
            ListingDesk.Asker(
                session: self.session,
                begun: self.begun,
                login: self.transcript,
                answer: { [weak self] in self?.answered($0, $1) },
                isThere: { [weak self] in self?.isReleased == false }
            )
        )
    }

    private func answered(_ result: Result<StoredListing, UpstreamFailure>, _ lines: [String]) {
        let listed = result.map {
            ListedMailbox(mailbox: $0.mailbox, snapshot: $0.snapshot, transcript: lines)
        }
        if case .success(let listing) = result { self.validity = listing.validity }
        self.listed = listed
        let askers = self.askers
        self.askers = []
        for asker in askers { asker(listed) }
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> BodyReader {
        let reader = BodyReader(self.lines, loop: self.shared.loop, sink: sink)
        guard !self.isReleased else {
            reader.fail(Self.released)
            return reader
        }
        self.readers.removeAll(where: \.isOver)
        self.readers.append(reader)
        // UIDs of another UIDVALIDITY name other messages.
        guard self.validity == self.shared.listing.validity else {
            reader.fail(.uidValidityChanged)
            return reader
        }
        let snapshot = self.snapshot
        let reading = BodyDesk.Reading(
            lines: self.lines,
            validity: self.validity,
            mailbox: self.mailbox,
            size: { snapshot?.size(of: $0) },
            ahead: self.ahead
        )
        self.shared.bodies.read(request, reading, into: reader)
        return reader
    }

    private var snapshot: MailboxSnapshot? { (try? self.listed?.get())?.snapshot }
    private var mailbox: MailboxID? { (try? self.listed?.get())?.mailbox }

    private static let released = UpstreamFailure.unavailable(reason: "the lease was released")
    /// The most UIDs that are asked for at a time.
    private static let maximumHeaders = 256

    func headers(
        of uids: [UID],
        answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
    ) {
        guard !self.isReleased else { return answer(.failure(Self.released)) }
        var fetched: [FetchedHeader] = []
        self.shared.run(
            HeaderJob(uids: Array(uids.prefix(Self.maximumHeaders))) {
                fetched.append($0)
            } answer: { [weak self] result in
                if self?.isReleased == false { answer(result.map { fetched }) }
            }
        )
    }

    func takeBack(_ transcript: [String]) {
        guard transcript != Citations.cached else { return }
        self.shared.surroundings.records(of: self.session)?.write(transcript)
    }

    func release() {
        guard !self.isReleased else { return }
        self.isReleased = true
        self.askers = []
        for reader in self.readers { reader.cancel() }
        self.readers = []
        self.lines.release()
        self.shared.leaseEnded(mayWant: (self.snapshot?.count ?? 0) > 0)
    }
}
