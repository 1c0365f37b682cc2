import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("Details that are wanted")
struct WantedDetailTests {
    private static let seven = UIDValidity(7)

    /// A DELE of the message at this row; its UID is ten times that.
    private static func dele(
        _ row: UInt32,
        _ mailbox: MailboxID,
        outcome: Attempt.Outcome = .success
    ) throws -> AuditRecord {
        let message = Message(
            number: row,
            uid: try #require(UID(row * 10)),
            size: 1,
            uniqueID: try #require(UniqueID("u\(row)"))
        )
        let attempt = Attempt(
            action: .dele,
            outcome: outcome,
            asked: "DELE \(row)",
            answered: "+OK",
            done: "marked",
            message: MessageReference(messageNumber: Int(row), mailbox: mailbox, message: message, validity: 7)
        )
        return try .session("s1", attempt)
    }

    private static func details(_ subject: String) -> MessageDetails {
        MessageDetails(messageID: [], from: [], subject: Array(subject.utf8), date: [])
    }

    private static func wanted(_ world: StoreWorld, _ mailbox: MailboxID, limit: Int = 100) async throws -> [UInt32] {
        let seven = try #require(self.seven)
        return try await world.store.wantedDetails(mailbox, seven, after: 0, limit: limit).map(\.uid.value)
    }

    private static func headers(_ mailbox: MailboxID, _ details: [UInt32: MessageDetails?]) throws -> Change {
        var read: [UID: MessageDetails?] = [:]
        for (uid, details) in details { read[try #require(UID(uid))] = .some(details) }
        return .headers(
            ReadHeaders(
                mailbox: mailbox,
                validity: try #require(self.seven),
                details: read,
                account: "info@example.com",
                session: SessionID("s1"),
                upstream: ["a1 UID FETCH 10:30 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])"]
            )
        )
    }

    @Test("are those of messages marked by DELE, in the order of the wishes, until they are known")
    func wishes() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        try await world.write(
            RecordEntry(records: [try Self.dele(3, mailbox), try Self.dele(1, mailbox), try Self.dele(3, mailbox)])
        )
        try await world.write(RecordEntry(records: [try Self.dele(4, mailbox, outcome: .failure)]))
        #expect(try await Self.wanted(world, mailbox) == [30, 10])
        #expect(try await Self.wanted(world, mailbox, limit: 1) == [30])
        let retrieved = Change.details(mailbox, number: 3, Self.details("three"))
        try await world.write(RecordEntry(records: [], changes: [retrieved]))
        #expect(try await Self.wanted(world, mailbox) == [10])
        try await world.write(RecordEntry(records: [try Self.dele(3, mailbox)]))
        #expect(try await Self.wanted(world, mailbox) == [10])
        let seven = try #require(Self.seven)
        let among = try await world.store.wantedDetails(mailbox, seven, among: [10, 20, 30].compactMap { UID($0) })
        #expect(among.map(\.value) == [10])
    }

    @Test("are kept once, each with its commitment, behind one record with the lines that went upstream for them")
    func kept() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        try await world.write(RecordEntry(records: try [1, 2, 3].map { try Self.dele($0, mailbox) }))
        let change = try Self.headers(
            mailbox,
            [10: Self.details("one"), 20: nil, 30: Self.details("three"), 50: Self.details("nobody asked")]
        )
        for _ in 0..<2 { try await world.write(RecordEntry(records: [], changes: [change])) }
        #expect(try await Self.wanted(world, mailbox).isEmpty)
        let records = try await world.store.records(RecordFilter(action: "details"))
        #expect(
            records.map(\.done) == [
                "read the headers of 2 messages; 1 could not be had",
                "kept what the header of message 1 of mailbox 1 says",
                "kept what the header of message 3 of mailbox 1 says", "read the headers of 0 messages",
            ]
        )
        let first = try #require(records.first)
        #expect(first.session == "s1" && first.account == "info@example.com" && first.mailbox == mailbox)
        #expect(first.rows == NumberRanges([1...3]) && first.upstream.count == 1 && first.commitment.isEmpty)
        #expect(records[1...2].allSatisfy { $0.commitment.count == 64 })
        #expect(try await world.store.verify().isClean)
    }

    @Test("of a message that cannot be had are not wanted again, nor of one that has gone")
    func unobtainable() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        try await world.write(RecordEntry(records: try [1, 2].map { try Self.dele($0, mailbox) }))
        try await world.write(RecordEntry(records: [], changes: [try Self.headers(mailbox, [10: nil])]))
        try await world.write(RecordEntry(records: [try Self.dele(1, mailbox)]))
        #expect(try await Self.wanted(world, mailbox) == [20])
        _ = try await world.store.update(mailbox, with: StoreWorld.update([], present: [10...10, 30...30]))
        #expect(try await Self.wanted(world, mailbox).isEmpty)
    }

    @Test("are none where nothing of headers may be kept, and none of a message whose details were erased")
    func notKept() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        try await world.write(RecordEntry(records: try [1, 2].map { try Self.dele($0, mailbox) }))
        world.store.keep(of: MessageDetailsPolicy(standard: .none))
        #expect(try await Self.wanted(world, mailbox).isEmpty)
        world.store.keep(of: MessageDetailsPolicy(standard: .full))
        #expect(try await Self.wanted(world, mailbox) == [10, 20])
        #expect(try world.foreign("UPDATE wantedDetail SET state = 'erased' WHERE number = 1").isEmpty)
        try await world.write(
            RecordEntry(
                records: [try Self.dele(1, mailbox)],
                changes: [.details(mailbox, number: 1, Self.details("one"))]
            )
        )
        #expect(try await Self.wanted(world, mailbox) == [20])
        #expect(try await world.store.records(RecordFilter(action: "details")).isEmpty)
    }
}
