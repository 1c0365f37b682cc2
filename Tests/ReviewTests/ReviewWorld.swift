import Foundation
import Gateway
import IMAP
import Linux
import Logging
import NIOCore
import POP3
import Report
import Store
import TestSupport
import Testing

@testable import Review

/// A page on a port of its own, over a store in a folder of its own.
final class ReviewWorld: Sendable {
    let store: SQLiteStore
    let port: Int
    private let folder: String

    private init(store: SQLiteStore, folder: String, port: Int) {
        self.store = store
        self.folder = folder
        self.port = port
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    /// Runs `body` while the page is served.
    static func run(
        names: Set<String> = [],
        zone: String = "Asia/Tokyo",
        sessions: Int = 0,
        _ body: (ReviewWorld) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "review-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let store = try SQLiteStore.open(folder: folder, role: .server, node: "node", now: Self.now)
        let settings = ReviewSettings(
            address: try #require(IPAddress("127.0.0.1")),
            port: 0,
            isTLS: false,
            language: .english,
            node: "node",
            names: names,
            zone: try #require(TimeZone(identifier: zone))
        )
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = try ReviewServer(
            settings,
            store: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            sessionCount: { sessions },
            started: { address in continuation.yield(address.port ?? 0) }
        )
        let task = Task { try await server.run() }
        defer { task.cancel() }
        var iterator = ports.makeAsyncIterator()
        let first = await iterator.next()
        let port = try #require(first)
        let world = ReviewWorld(store: store, folder: folder, port: port)
        try await body(world)
        task.cancel()
        try await task.value
    }

    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    var stranger: PageClient { PageClient(port: self.port) }

    /// Somebody who is logged in.
    func client(_ name: String = "anna", _ role: Reviewer.Role = .reader) async throws -> PageClient {
        let client = PageClient(port: self.port)
        let answer = try await self.logIn(client, try await self.token(name, role))
        try #require(answer.status == 303)
        return client
    }

    func token(_ name: String, _ role: Reviewer.Role = .reader) async throws -> String {
        let issued = try await self.store.addReviewToken(name, role: role, by: "root")
        return issued.text.revealed { octets in
            String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
        }
    }

    func logIn(_ client: PageClient, _ token: String) async throws -> Answer {
        try await client.submit("/login", ["token": token], from: "/login")
    }

    /// The newest records first.
    func records(_ action: Attempt.Action) async throws -> [StoredRecord] {
        try await self.store.page(RecordFilter(action: action.rawValue), limit: 1_000).records
    }

    func put(_ records: [AuditRecord], _ changes: [Change] = []) async throws {
        let result = await withCheckedContinuation { continuation in
            self.store.write(RecordEntry(records: records, changes: changes), .written) {
                continuation.resume(returning: $0)
            }
        }
        try result.get()
    }
}

/// Records of devices.
struct Sample {
    var session = "s1"
    var account: String? = "info@example.com"
    var device: Device?
    var identifier = Identifier(kind: .tag, value: "frontdesk")
    var address = "192.0.2.1"
    /// Seconds since 2026-11-24 00:00 UTC.
    var time: Int64 = 0
    var action = Attempt.Action.dele
    var outcome = Attempt.Outcome.success
    var asked = "DELE 1"
    var answered = "+OK message 1 deleted"
    var done = "marked in this session"
    var reason: String?
    var message: MessageReference?
    var upstream: [String] = []
    var serverName: String?

    static let epoch: Int64 = 1_795_478_400

    var record: AuditRecord {
        get throws {
            let remote = Endpoint(address: try #require(IPAddress(self.address)), port: 4_000)
            let local = Endpoint(address: try #require(IPAddress("192.0.2.100")), port: 995)
            var arrival = Arrival(
                session: SessionID(self.session),
                remote: remote,
                local: local,
                listener: "pops"
            )
            arrival.tls = TLSDescription(version: "TLSv1.3", cipher: "X", serverName: self.serverName)
            let speaker = self.device.map { Speaker.device($0, by: self.identifier) } ?? .unidentified(.once)
            let origin = SessionOrigin(arrival: arrival, account: self.account, speaker: speaker)
            let attempt = Attempt(
                action: self.action,
                outcome: self.outcome,
                asked: self.asked,
                answered: self.answered,
                done: self.done,
                message: self.message,
                reason: self.reason,
                upstream: self.upstream
            )
            return AuditRecord(
                time: (Self.epoch + self.time) * 1_000_000,
                origin: .session(origin),
                attempt: attempt
            )
        }
    }
}

/// A mailbox with messages whose headers are known.
struct SampleMailbox {
    let account: AccountID
    let mailbox: MailboxID
    let count: Int

    /// One message for each of `subjects`.
    static func make(
        in store: SQLiteStore,
        subjects: [String],
        from: String = "a@example.com"
    ) async throws -> SampleMailbox {
        let account = try await store.account(upstream: "main", login: "info@example.com")
        let listing = try await store.listing(account, mailbox: "INBOX")
        let update = ListingUpdate(
            validity: try #require(UIDValidity(7)),
            exists: UInt32(subjects.count),
            uidNext: nil,
            added: try subjects.indices.map { index in
                ListedMessage(uid: try #require(UID(UInt32(index + 1) * 10)), size: 1_204, internalDate: 1_795_478_400)
            },
            present: nil
        )
        let stored = try await store.update(listing.mailbox, with: update)
        let changes = subjects.enumerated().map { index, subject in
            let details = MessageDetails(
                messageID: Array("<\(index + 1)@example.com>".utf8),
                from: Array(from.utf8),
                subject: Array(subject.utf8),
                date: Array("Tue, 24 Nov 2026 09:00:00 +0900".utf8)
            )
            return Change.details(stored.mailbox, number: UInt32(index + 1), details)
        }
        let result = await withCheckedContinuation { continuation in
            store.write(RecordEntry(records: [], changes: changes), .written) { continuation.resume(returning: $0) }
        }
        try result.get()
        return SampleMailbox(account: account, mailbox: stored.mailbox, count: subjects.count)
    }

    /// The message at `index`, from 0.
    func reference(_ index: Int) throws -> MessageReference {
        let number = UInt32(index + 1)
        let message = Message(
            number: number,
            uid: try #require(UID(number * 10)),
            size: 1_204,
            uniqueID: try #require(UniqueID("u\(number)"))
        )
        return MessageReference(messageNumber: index + 1, mailbox: self.mailbox, message: message, validity: 7)
    }
}
