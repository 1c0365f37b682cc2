import Foundation
import Gateway
import IMAP
import Linux
import NIOCore
import POP3
import Store
import TestSupport
import Testing

/// A real store, real sessions and a scripted mail server, driven step by step; the model says what must come of it.
final class HistoryWorld {
    struct Stored {
        /// How it is recognised when it has another UID.
        enum Means: CaseIterable {
            /// By what the mail server itself calls it, whatever its UID (RFC 8474 §5.1).
            case serverID
            case sizeAndDate
            case header
        }

        /// As the model has it.
        var id: Int
        /// Never the same twice.
        let serverID: UInt64
        var uid: UInt32
        var date: Int64?

        var isKnownBy: Means { Means.allCases[Int(self.serverID % 3)] }
    }

    var store: SQLiteStore
    var folder: String
    var mailbox = MailboxID(0)
    var account = AccountID(0)
    var upstream: [Stored] = []
    var vanished: Set<Int> = []
    var nextUID: UInt32 = 1
    var validity: UInt32 = 7
    var highestValidity: UInt32 = 7
    /// As at the last listing.
    var listedValidity: UInt32 = 7
    /// How often UIDVALIDITY has changed; then, and at the last listing.
    var epoch: UInt32 = 0
    var listedEpoch: UInt32 = 0
    /// Which message a UID is, by epoch and UID.
    var ids: [[UInt32]: Int] = [:]
    /// UIDVALIDITY and UID of each message as it was listed last, but for what has lost them to another.
    var places: [Int: [UInt32]] = [:]
    var serverIDs: [Int: UInt64] = [:]
    var sessions: [HistorySession] = []
    var sessionsMade = 0
    var model = HistoryModel()
    /// Which message each row of the store is.
    var idOfRow: [UInt32: Int] = [:]

    init() async throws {
        self.folder = try Self.makeFolder()
        self.store = try StoreWorld.open(self.folder)
        self.account = try await self.store.account(upstream: "main", login: "info@example.com")
        self.mailbox = try await self.store.listing(self.account, mailbox: "INBOX").mailbox
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    static func makeFolder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "history-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return path
    }

    /// Does a step, and throws what is not as the model has it.
    func take(_ step: HistoryStep) async throws {
        switch step {
        case .arrive(let count, let age): self.arrive(count, age: age)
        case .expunge(let index):
            guard !self.upstream.isEmpty else { return }
            self.upstream.remove(at: index % self.upstream.count)
        case .vanish(let index):
            guard !self.upstream.isEmpty else { return }
            self.vanished.insert(self.upstream[index % self.upstream.count].id)
        case .comeBack: self.vanished = []
        case .dayPasses: self.model.today += 1
        case .renumber(let turn, let comesBack): self.renumber(turn, comesBack)
        case .login(let profile): try await self.login(profile)
        case .retrieve(let session, let message, let acknowledged):
            try await self.inSession(session) { session in
                session.read(acknowledged: acknowledged)
                try await self.retrieve(message, in: &session)
            }
        case .delete(let session, let message, let acknowledged):
            try await self.inSession(session) { session in
                session.read(acknowledged: acknowledged)
                try await self.delete(message, in: &session)
            }
        case .pipeline(let session, let message, let acknowledged):
            try await self.inSession(session) { session in
                session.read(acknowledged: acknowledged)
                try await self.retrieve(message, in: &session)
                try await self.delete(message, in: &session)
            }
        case .reset(let session):
            try await self.inSession(session) { session in
                session.read(acknowledged: true)
                try await self.say(.rset, in: &session)
                try self.expect("+OK", in: &session)
                session.marks = [:]
            }
        case .quit(let session): try await self.inSession(session) { try await self.quit(&$0) }
        case .drop(let session):
            try await self.inSession(session) { session in
                try await self.lose(&session) { $0.disconnected(reason: "reset") }
            }
        case .merge(let source, let target): try await self.merge(source, into: target)
        case .rename(let profile):
            guard let (key, entry) = try await self.entry(profile) else { return }
            let name = "renamed-\(key)"
            try await self.store.rename(entry, to: name, by: "admin")
            self.model.rename(key, to: name)
        case .remove(let profile):
            guard let (key, entry) = try await self.entry(profile) else { return }
            try await self.store.remove(entry, by: "admin")
            self.model.remove(key)
        case .restore(let profile, let what): try await self.restore(profile, what)
        case .restart: try await self.restart()
        case .kill: try self.kill()
        }
        if step.changesViews { try await self.checkAll() }
    }

    func arrive(_ count: Int, age: Int?) {
        for _ in 0..<count {
            let id = self.model.dates.count + 1
            let date = age.map { self.model.midnight($0) + Int64(id % 1_000) }
            self.model.dates[id] = .some(date)
            self.serverIDs[id] = UInt64(id)
            self.upstream.append(Stored(id: id, serverID: UInt64(id), uid: self.nextUID, date: date))
            self.ids[[self.epoch, self.nextUID]] = id
            self.nextUID += 1
        }
    }

    var present: [Stored] { self.upstream.filter { !self.vanished.contains($0.id) } }

    /// What every device would see now. A device that has not begun is left alone.
    func checkAll() async throws {
        let listed = try await self.store.listing(self.account, mailbox: "INBOX")
        for position in 0..<listed.snapshot.count {
            guard let message = listed.snapshot[position] else { continue }
            self.idOfRow[message.number] = self.ids[[self.listedEpoch, message.uid.value]]
        }
        for profile in HistoryProfile.allCases
        where profile == .unidentified || self.model.known[profile] != nil {
            let key = self.model.known[profile]
            let settings = key.flatMap { self.model.devices[$0]?.profile } ?? profile
            let maildrop = try await self.maildrop(listed, try await self.speaker(profile), settings)
            let seen = maildrop.listed.compactMap(\.entry.message).compactMap { message in
                self.idOfRow[message.number].map { (id: $0, uniqueID: message.uniqueID.text) }
            }
            try self.model.see(seen, by: key)
        }
        let withheld = try await self.store.withheld(
            self.mailbox,
            from: try #require(IPAddress("192.0.2.7"))
        )
        let refused = withheld.ranges.joined().compactMap { self.idOfRow[$0] }
        guard Set(refused) == self.model.withheld, refused.count == withheld.count else {
            throw HistoryModel.Broken("RETR is refused for \(refused) in place of \(self.model.withheld.sorted())")
        }
    }
}
