import Foundation
import Gateway
import Logging
import POP3
import Report
import Server
import Store
import Synchronization
import TestSupport
import Testing

import struct IMAP.UID

@Suite("Notices to devices that are set wrong", .timeLimit(.minutes(2)))
struct NoticeDeskTests {
    @Test("one stands in the view of the device that deletes, and stays the same for a week")
    func week() async throws {
        let world = try NoticeWorld()
        let pc = try await world.device("pc1")
        let other = try await world.device("pc2")
        try await world.session(pc, retr: [1, 2, 3], dele: [1, 2, 3])
        try await world.session(other, retr: [1, 2, 3])
        #expect(try await world.notice(other) == nil)
        let notice = try #require(try await world.notice(pc))
        let text = String(decoding: notice.text, as: UTF8.self)
        #expect(text.contains("To: info@example.com\r\n") && text.contains("<\(notice.uniqueID.text)@"))
        let records = try await world.store.page(RecordFilter(action: "device-notice"), limit: 9).records
        #expect(records.count == 1 && records.first?.device == "pc1" && records.first?.session == "s9")
        #expect(records.first?.done == "made a notice for pc1 alone: it asked to delete 3 messages")
        #expect(records.first?.reason == "leaves no copy")
        world.pass(days: 6)
        try await world.session(pc, retr: [4, 5, 6], dele: [4, 5, 6])
        #expect(try await world.notice(pc) == notice)
        // After the week it is gone, and another speaks only of what came later.
        world.pass(days: 1)
        #expect(try await world.notice(pc) == nil)
        try await world.session(pc, retr: [7, 8, 9], dele: [7, 8, 9])
        world.pass(days: 1)
        let next = try #require(try await world.notice(pc))
        #expect(next.uniqueID != notice.uniqueID)
    }

    @Test("one that was deleted comes no more, and the next one in a day, if the program is still set so")
    func deleted() async throws {
        let world = try NoticeWorld()
        let pc = try await world.device("pc1")
        try await world.session(pc, retr: [1, 2, 3], dele: [1, 2, 3])
        let notice = try #require(try await world.notice(pc))
        try await world.write(RecordEntry(records: [], changes: [.endNotice(notice.uniqueID)]))
        #expect(try await world.notice(pc) == nil)
        try await world.session(pc, retr: [4, 5, 6], dele: [4, 5, 6])
        #expect(try await world.notice(pc) == nil)
        world.pass(days: 1)
        let next = try #require(try await world.notice(pc))
        #expect(next.uniqueID != notice.uniqueID)
        try await world.write(RecordEntry(records: [], changes: [.endNotice(next.uniqueID)]))
        // Mended: what it deleted before is no reason any more.
        world.pass(days: 1)
        try await world.session(pc, retr: [7, 8, 9])
        #expect(try await world.notice(pc) == nil)
        #expect(try await world.store.page(RecordFilter(action: "device-notice"), limit: 9).records.count == 2)
    }

    @Test("none is made for who deletes by hand, or deletes nothing; and the record is not read again at once")
    func right() async throws {
        let world = try NoticeWorld()
        let pc = try await world.device("pc1")
        #expect(try await world.notice(pc) == nil)
        try await world.session(pc, retr: [1, 2, 3, 4], dele: [2])
        #expect(try await world.notice(pc) == nil)
        try await world.session(pc, retr: [1, 2, 3, 4, 5], dele: [1, 2, 3, 4, 5])
        #expect(try await world.notice(pc) == nil)
        world.pass(days: 1)
        #expect(try await world.notice(pc) != nil)
    }

    @Test("two sessions of a device at once get the same one")
    func together() async throws {
        let world = try NoticeWorld()
        let pc = try await world.device("pc1")
        try await world.session(pc, retr: [1, 2, 3], dele: [1, 2, 3])
        let seen = try await withThrowingTaskGroup(of: DeviceNotice?.self) { group in
            for _ in 0..<8 { group.addTask { try await world.notice(pc) } }
            return try await group.reduce(into: Set<DeviceNotice?>()) { $0.insert($1) }
        }
        #expect(seen.count == 1 && !seen.contains(nil))
        #expect(try await world.store.page(RecordFilter(action: "device-notice"), limit: 9).records.count == 1)
    }

    @Test("is served to the end by a real session that asks nothing upstream; without the setting nobody sees it")
    func session() async throws {
        let world = try NoticeWorld()
        let pc = try await world.device("pc1")
        try await world.session(pc, retr: [1, 2, 3], dele: [1, 2, 3])
        let notice = try #require(try await world.notice(pc))
        let wanted = DevicePolicies(standard: DeviceSettings(notice: .mailbox))
        let rig = try await SessionRig(
            messages: ["Subject: a\r\n\r\nb\r\n"],
            policies: wanted,
            office: Office(notices: world.desk)
        )
        try await rig.logIn()
        try await rig.send("UIDL 2\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n")
        try await rig.untilEnd()
        #expect(rig.seen.text.contains("+OK 2 \(notice.uniqueID.text)\r\n"))
        #expect(
            rig.seen.text.contains("+OK \(notice.text.count) octets\r\n" + String(decoding: notice.text, as: UTF8.self))
        )
        #expect(rig.mailboxes.bodies.isEmpty)
        let changes = rig.recorder.jobs.flatMap(\.changes)
        #expect(changes.filter { $0 == .endNotice(notice.uniqueID) }.count == 1)
        let off = try await SessionRig(messages: ["Subject: a\r\n\r\nb\r\n"], office: Office(notices: world.desk))
        try await off.logIn()
        try await off.send("STAT\r\nQUIT\r\n")
        try await off.untilEnd()
        #expect(off.seen.text.contains("+OK 1 17\r\n"))
    }

    @Test(
        "has the language that was chosen, and all where nobody chose",
        arguments: [("", 2), ("language: ja\n", 1), ("language: en\n", 1)]
    )
    func languages(key: String, count: Int) throws {
        let configuration = try ConfigurationFixture.load(key + "upstream:\n  url: imaps://m.example\n")
        #expect(configuration.noticeLanguages.count == count)
        if count == 1 { #expect(key.contains(configuration.noticeLanguages.first?.code ?? "none")) }
    }
}

/// A store with a mailbox, a desk, and a clock that the test moves.
private final class NoticeWorld: Sendable {
    private static let day: Int64 = 86_400_000_000

    let folder: String
    let store: SQLiteStore
    let desk: NoticeDesk
    private let clock: Clock

    private final class Clock: Sendable {
        private let time = Mutex<Int64>(1_795_500_000_000_000)

        /// Never the same time twice.
        func now() -> Int64 {
            self.time.withLock { time in
                time += 1_000
                return time
            }
        }

        func pass(_ microseconds: Int64) { self.time.withLock { $0 += microseconds } }
    }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "notice-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let clock = Clock()
        self.clock = clock
        self.store = try SQLiteStore.open(folder: self.folder, role: .server, node: "gw", now: { clock.now() })
        self.desk = NoticeDesk(
            store: self.store,
            languages: Texts.all,
            zone: .gmt,
            now: { clock.now() },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    func pass(days: Int64) { self.clock.pass(days * Self.day) }

    func device(_ name: String) async throws -> Device {
        let account = try await self.store.account(upstream: "main", login: "info@example.com")
        return try await self.store.device(account, identifier: Identifier(kind: .tag, value: name))
    }

    func notice(_ device: Device) async throws -> DeviceNotice? {
        let subject = AlertSubject(device: device, account: "info@example.com", session: SessionID("s9"))
        return try await self.desk.notice(for: device, subject)
    }

    func write(_ entry: RecordEntry) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            self.store.write(entry, .synced) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    func session(_ device: Device, retr: [UInt32], dele: [UInt32] = []) async throws {
        let end = Endpoint(address: .v4(0xC000_0207), port: 4_000)
        let time = self.clock.now()
        let arrival = Arrival(session: SessionID("s\(time)"), remote: end, local: end, listener: "pops")
        let identifier = Identifier(kind: .tag, value: device.name)
        let origin = SessionOrigin(
            arrival: arrival,
            account: "info@example.com",
            speaker: .device(device, by: identifier)
        )
        let retrieved = try retr.map { try Self.attempt(.retr, $0, "served 10 octets, whole") }
        let deleted = try dele.map { try Self.attempt(.dele, $0, "marked: hidden from \(device.name) at QUIT") }
        let records = (retrieved + deleted).map {
            AuditRecord(time: self.clock.now(), origin: .session(origin), attempt: $0)
        }
        try await self.write(RecordEntry(records: records))
    }

    private static func attempt(_ action: Attempt.Action, _ row: UInt32, _ done: String) throws -> Attempt {
        let message = Message(
            number: row,
            uid: try #require(UID(row)),
            size: 10,
            uniqueID: try #require(UniqueID("u\(row)"))
        )
        let asked = "\(action.rawValue.uppercased()) \(row)"
        var attempt = Attempt(action: action, outcome: .success, asked: asked, answered: "+OK", done: done)
        attempt.message = MessageReference(
            messageNumber: Int(row),
            mailbox: MailboxID(1),
            message: message,
            validity: 7
        )
        attempt.octets = 10
        return attempt
    }
}
