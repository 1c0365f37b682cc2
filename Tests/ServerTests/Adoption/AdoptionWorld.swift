import Foundation
import Gateway
import IMAP
import Linux
import Logging
import POP3
import Server
import Store
import Synchronization
import TestSupport
import Testing

/// A mailbox with both ways in: by IMAP through the store, and by a POP3 service that answers as the test says.
final class AdoptionWorld: Sendable {
    /// A message by its number: the header says which it is.
    static func header(_ number: Int) -> [UInt8] {
        Array("Message-ID: <\(number)@x>\r\nDate: day \(number)\r\n\r\n".utf8)
    }

    let folder: String
    let store: SQLiteStore
    let account: AccountID
    let mailboxes: StoredMailboxes
    let service = ScriptedService()
    let clock = Mutex<Int64>(1_000)

    /// `messages` by number; their sizes are 100 and the number.
    init(messages: [Int]) async throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "adoption-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.store = try SQLiteStore.open(
            folder: self.folder,
            role: .server,
            node: "node",
            now: { 1_764_000_000_000_000 }
        )
        self.account = try await self.store.account(upstream: "main", login: "info")
        self.mailboxes = StoredMailboxes(store: self.store, account: self.account)
        try await self.deliver(messages)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    func deliver(_ messages: [Int]) async throws {
        let listing = try await self.store.listing(self.account, mailbox: "INBOX")
        let first = UInt32(listing.snapshot.count) + 1
        let added = try messages.enumerated().map { index, number in
            let uid = try #require(UID(first + UInt32(index)))
            self.mailboxes.messages.withLock { $0[uid] = number }
            return ListedMessage(uid: uid, size: UInt32(100 + number), internalDate: Int64(number))
        }
        _ = try await self.store.update(
            listing.mailbox,
            with: ListingUpdate(
                validity: try #require(UIDValidity(7)),
                exists: first + UInt32(added.count),
                uidNext: nil,
                added: added,
                present: nil
            )
        )
    }

    /// What each message is called, by its own number.
    func texts() async throws -> [Int: String] {
        let snapshot = try await self.store.listing(self.account, mailbox: "INBOX").snapshot
        var texts: [Int: String] = [:]
        for message in (0..<snapshot.count).compactMap({ snapshot[$0] }) {
            guard let number = self.mailboxes.messages.withLock({ $0[message.uid] }) else { continue }
            texts[number] = message.uniqueID.text
        }
        return texts
    }

    var adoption: Adoption { Adoption(mailboxes: self.mailboxes, service: self.service, store: self.store) }

    func desk(logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) -> AdoptionDesk {
        AdoptionDesk(
            adoption: self.adoption,
            mailbox: "INBOX",
            logger: logger,
            seconds: { self.clock.withLock { $0 } }
        )
    }

    static var login: UpstreamLogin {
        UpstreamLogin(name: Array("info".utf8), secret: .password(Secret(Array("pw".utf8))), session: SessionID("s1"))
    }

    func run(replacing: Bool = false, isDryRun: Bool = false) async throws -> AdoptionReport {
        var terms = Adoption.Terms(asked: "test", origin: .server)
        terms.replacing = replacing
        terms.isDryRun = isDryRun
        return try await self.adoption.run(Self.login, password: Secret(Array("pw".utf8)), terms: terms)
    }
}

/// Leases on what the store has listed; a header says which message it is.
final class StoredMailboxes: Mailboxes {
    let store: SQLiteStore
    let account: AccountID
    let messages = Mutex<[UID: Int]>([:])
    let headersAsked = Mutex(0)
    let opened = Mutex(0)
    let released = Mutex(0)

    init(store: SQLiteStore, account: AccountID) {
        self.store = store
        self.account = account
    }

    func open(_ login: UpstreamLogin, answer: @escaping @Sendable (Result<OpenedMailbox, UpstreamRefusal>) -> Void) {
        self.opened.withLock { $0 += 1 }
        answer(.success(OpenedMailbox(lease: Lease(mailboxes: self), account: self.account, transcript: [])))
    }

    func quiesce() async {}

    private struct Lease: MailboxLease {
        let mailboxes: StoredMailboxes

        func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
            Task {
                let listing = try await self.mailboxes.store.listing(self.mailboxes.account, mailbox: "INBOX")
                answer(.success(ListedMailbox(mailbox: listing.mailbox, snapshot: listing.snapshot, transcript: [])))
            }
        }

        func headers(
            of uids: [UID],
            answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
        ) {
            self.mailboxes.headersAsked.withLock { $0 += uids.count }
            let numbers = self.mailboxes.messages.withLock { $0 }
            let found = uids.compactMap { uid in
                numbers[uid].map { FetchedHeader(uid: uid, octets: AdoptionWorld.header($0)) }
            }
            answer(.success(found))
        }

        func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource {
            preconditionFailure("no body is fetched to learn unique-ids")
        }

        func takeBack(_ transcript: [String]) {}
        func release() { self.mailboxes.released.withLock { $0 += 1 } }
    }
}

/// A POP3 service of messages by number; a size of its own can be given.
final class ScriptedService: OwnService {
    struct State {
        var messages: [(number: Int, size: UInt64)] = []
        /// What the unique-ids begin with.
        var prefix = "theirs"
        var failure: ServiceFailure?
        /// After so many headers it goes away.
        var headersLeft = Int.max
        var givesHeaders = true
        var headersAsked = 0
        var opened = 0
        var left = 0
        /// Logins wait for `letIn`.
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())

    func open(name: [UInt8], password: Secret) async throws(ServiceFailure) -> any OwnMaildrop {
        await withCheckedContinuation { continuation in
            let passes = self.state.withLock { state in
                state.opened += 1
                if state.isHeld { state.waiting.append(continuation) }
                return !state.isHeld
            }
            if passes { continuation.resume() }
        }
        if let failure = self.state.withLock({ $0.failure }) { throw failure }
        return self.state.withLock { Maildrop(service: self, messages: $0.messages, prefix: $0.prefix) }
    }

    func letIn() {
        let waiting = self.state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    private struct Maildrop: OwnMaildrop {
        let service: ScriptedService
        let messages: [(number: Int, size: UInt64)]
        let prefix: String

        var listing: ServiceListing {
            let listed = self.messages.enumerated().compactMap { index, message in
                MessageNumber(index + 1).map {
                    ListedUniqueID(number: $0, size: message.size, text: "\(self.prefix)-\(message.number)")
                }
            }
            return ServiceListing(messages: listed, unnamed: 0, capabilities: ServiceCapabilities())
        }

        func headers(of numbers: [MessageNumber]) async throws(ServiceFailure) -> [MessageNumber: [UInt8]] {
            let (mayGo, gives) = self.service.state.withLock { state in
                state.headersAsked += numbers.count
                state.headersLeft -= numbers.count
                return (state.headersLeft >= 0, state.givesHeaders)
            }
            guard mayGo else { throw .disconnected }
            guard gives else { return [:] }
            var headers: [MessageNumber: [UInt8]] = [:]
            for number in numbers { headers[number] = AdoptionWorld.header(self.messages[number.value - 1].number) }
            return headers
        }

        func leave() async -> [String] {
            self.service.state.withLock { $0.left += 1 }
            return ["QUIT"]
        }
    }
}
