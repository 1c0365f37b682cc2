import Gateway
import IMAP
import Linux
import NIOCore
import POP3
import Synchronization

/// A mailbox of numbered messages: everything is answered at once, unless a test holds it back.
final class FakeMailboxes: Mailboxes {
    struct State {
        var failure: UpstreamFailure?
        /// Passwords and tokens that the mail server says no to.
        var refused: Set<LoginSecret> = []
        /// `open` keeps its answer until `letIn`.
        var holdsLogins = false
        var holdsSnapshots = false
        /// Bodies do nothing by themselves: the test speaks for them.
        var holdsBodies = false
        var waiting: [@Sendable () -> Void] = []
        var logins: [UpstreamLogin] = []
        var leases: [FakeLease] = []
        var messages: [[UInt8]] = []
        var pieceSize = 1_000
    }

    let state: Mutex<State>

    init(messages: [String]) {
        var state = State()
        state.messages = messages.map { Array($0.utf8) }
        self.state = Mutex(state)
    }

    func open(_ login: UpstreamLogin, answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void) {
        let reply = self.state.withLock { state -> (@Sendable () -> Void)? in
            state.logins.append(login)
            if let failure = state.failure { return { answer(.failure(UpstreamRefusal(failure))) } }
            guard !state.refused.contains(login.secret) else {
                return { answer(.failure(UpstreamRefusal(.credentials(answeredLocally: false)))) }
            }
            let lease = FakeLease(mailboxes: self)
            state.leases.append(lease)
            let opened = OpenedMailbox(lease: lease, account: AccountID(1), transcript: ["LOGIN", "EXAMINE INBOX"])
            guard state.holdsLogins else { return { answer(.success(opened)) } }
            state.waiting.append { answer(.success(opened)) }
            return nil
        }
        reply?()
    }

    func quiesce() async {}

    /// Gives all answers that were held back.
    func letGo() {
        let waiting = self.state.withLock { state in
            state.holdsLogins = false
            state.holdsSnapshots = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for answer in waiting { answer() }
    }

    var leases: [FakeLease] { self.state.withLock { $0.leases } }
    var bodies: [FakeBody] { self.leases.flatMap { lease in lease.state.withLock { $0.bodies } } }
    /// How often each lease was given back.
    var releases: [Int] { self.leases.map { lease in lease.state.withLock { $0.releases } } }
}

final class FakeLease: MailboxLease {
    struct State {
        var releases = 0
        /// Lines that no record of the session cites.
        var takenBack: [String] = []
        var bodies: [FakeBody] = []
    }

    let mailboxes: FakeMailboxes
    let state = Mutex(State())

    init(mailboxes: FakeMailboxes) { self.mailboxes = mailboxes }

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        let (listed, isHeld) = self.mailboxes.state.withLock { state in
            let messages = state.messages.enumerated().compactMap { index, octets -> Message? in
                let number = UInt32(index + 1)
                guard let uid = UID(number), let name = UniqueID("u\(number)") else { return nil }
                return Message(number: number, uid: uid, size: UInt32(max(1, octets.count)), uniqueID: name)
            }
            let snapshot = MailboxSnapshot(validity: UIDValidity(7), messages: messages)
            return (
                ListedMailbox(mailbox: MailboxID(1), snapshot: snapshot, transcript: ["UID FETCH 1:*"]),
                state.holdsSnapshots
            )
        }
        guard isHeld else { return answer(.success(listed)) }
        self.mailboxes.state.withLock { state in
            state.waiting.append {
                // As the port says: nothing is answered once the lease was given back.
                if self.state.withLock({ $0.releases == 0 }) { answer(.success(listed)) }
            }
        }
    }

    func headers(
        of uids: [UID],
        answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
    ) {
        answer(.success(uids.map { FetchedHeader(uid: $0, octets: Array("Subject: \($0.value)\r\n\r\n".utf8)) }))
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource {
        let (octets, size, isHeld) = self.mailboxes.state.withLock { state in
            let index = Int(request.uid.value) - 1
            let whole = state.messages.indices.contains(index) ? state.messages[index] : []
            switch request.section {
            case .whole: return (whole, state.pieceSize, state.holdsBodies)
            case .octets(let offset, let length):
                return (Array(whole.dropFirst(Int(offset)).prefix(Int(length))), state.pieceSize, state.holdsBodies)
            }
        }
        let body = FakeBody(octets: octets, pieceSize: size, isHeld: isHeld, sink: sink)
        self.state.withLock { $0.bodies.append(body) }
        if !isHeld { sink(.began(octets: UInt64(octets.count))) }
        return body
    }

    func takeBack(_ transcript: [String]) { self.state.withLock { $0.takenBack += transcript } }
    func release() { self.state.withLock { $0.releases += 1 } }
}

final class FakeBody: BodySource {
    struct State {
        var rest: ArraySlice<UInt8>
        /// How often more was asked for.
        var asked = 0
        var isCancelled = false
    }

    let state: Mutex<State>
    let sink: @Sendable (BodyEvent) -> Void
    private let pieceSize: Int
    private let isHeld: Bool

    init(octets: [UInt8], pieceSize: Int, isHeld: Bool, sink: @escaping @Sendable (BodyEvent) -> Void) {
        self.state = Mutex(State(rest: octets[...]))
        self.pieceSize = pieceSize
        self.isHeld = isHeld
        self.sink = sink
    }

    var asked: Int { self.state.withLock { $0.asked } }
    var isCancelled: Bool { self.state.withLock { $0.isCancelled } }

    func more() {
        let event = self.state.withLock { state -> BodyEvent in
            state.asked += 1
            guard !state.rest.isEmpty else { return .ended(transcript: ["UID FETCH"]) }
            let piece = state.rest.prefix(self.pieceSize)
            state.rest = state.rest.dropFirst(self.pieceSize)
            return .pieces([ByteBuffer(bytes: piece)])
        }
        if !self.isHeld { self.sink(event) }
    }

    func cancel() { self.state.withLock { $0.isCancelled = true } }
}

/// Keeps what was written, and answers at once, later, or with a failure.
final class FakeRecorder: Recorder {
    struct State {
        var jobs: [RecordEntry] = []
        var durabilities: [Durability] = []
        var isHeld = false
        var waiting: [@Sendable () -> Void] = []
        /// So many jobs more are answered before the others are held.
        var holdsAfter: Int?
        /// Jobs with one of these actions fail.
        var failing: Set<Attempt.Action> = []
    }

    let state = Mutex(State())

    func write(
        _ entry: RecordEntry,
        _ durability: Durability,
        answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void
    ) {
        let reply = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard !entry.records.contains(where: { state.failing.contains($0.attempt.action) }) else {
                return { answer(.failure(.full)) }
            }
            state.jobs.append(entry)
            state.durabilities.append(durability)
            if let left = state.holdsAfter {
                state.holdsAfter = left > 0 ? left - 1 : nil
                state.isHeld = left == 0
            }
            guard state.isHeld else { return { answer(.success(())) } }
            state.waiting.append { answer(.success(())) }
            return nil
        }
        reply?()
    }

    func hold() { self.state.withLock { $0.isHeld = true } }

    func letGo() {
        let waiting = self.state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for answer in waiting { answer() }
    }

    var jobs: [RecordEntry] { self.state.withLock { $0.jobs } }
    var attempts: [Attempt] { self.jobs.flatMap(\.records).map(\.attempt) }
    var changes: [Change] { self.jobs.flatMap(\.changes) }
    func count(_ action: Attempt.Action) -> Int { self.attempts.count { $0.action == action } }
}
