import Gateway
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

/// What a session commits and what not, and what it answers when the record cannot be written (DESIGN promise 3).
@Suite("Session: record, keep, then answer", .timeLimit(.minutes(2)))
struct SessionCommitTests {
    private static func rig(_ count: Int = 3) async throws -> SessionRig {
        let rig = try await SessionRig(messages: Array(repeating: "text\r\n", count: count))
        try await rig.logIn()
        return rig
    }

    private static let hidden: @Sendable (SessionRig) -> Bool = { rig in
        rig.recorder.changes.contains { change in
            if case .hide = change { true } else { false }
        }
    }

    @Test("5,000 DELEs and QUIT in one write: each on record, in few jobs, answered in order")
    func burst() async throws {
        let rig = try await Self.rig(5_000)
        let jobs = rig.recorder.jobs.count
        try await rig.send((1...5_000).map { "DELE \($0)\r\n" }.joined() + "QUIT\r\n")
        try await rig.untilEnd()
        #expect(rig.recorder.count(.dele) == 5_000)
        #expect(rig.recorder.jobs.count - jobs <= 4)
        let expected = (1...5_000).map { "+OK message \($0) deleted" } + ["+OK bye"]
        #expect(Array(rig.seen.lines.dropFirst(3)) == expected)
        #expect(Self.hidden(rig))
    }

    @Test("no DELE is answered before its record is written, and no QUIT before its commit")
    func recordFirst() async throws {
        let rig = try await Self.rig()
        rig.recorder.hold()
        try await rig.send("DELE 1\r\nDELE 2\r\n")
        #expect(rig.recorder.count(.dele) == 2)
        #expect(rig.seen.lines.count == 3)
        rig.recorder.letGo()
        try await rig.untilLines(5)
        rig.recorder.hold()
        try await rig.send("QUIT\r\n")
        #expect(rig.recorder.count(.quit) == 1)
        #expect(rig.recorder.state.withLock { $0.durabilities.last } == .synced)
        #expect(rig.seen.lines.count == 5)
        rig.recorder.letGo()
        try await rig.untilEnd()
        #expect(rig.seen.lines.last == "+OK bye")
    }

    @Test(
        "DELE and QUIT in one write are carried out though the device closes at once (T-084)",
        arguments: [true, false]
    )
    func quitAndClose(recorderIsSlow: Bool) async throws {
        let rig = try await Self.rig()
        if recorderIsSlow { rig.recorder.hold() }
        try await rig.send("DELE 2\r\nQUIT\r\n")
        try await rig.hangUp()
        rig.recorder.letGo()
        try await rig.until("QUIT is on record") { rig.recorder.count(.quit) == 1 }
        rig.recorder.letGo()
        try await rig.untilEnd()
        #expect(rig.recorder.changes == [.hide(DeviceID(1), MailboxID(1), NumberRanges([2...2]))])
        #expect(rig.mailboxes.releases == [1])
    }

    @Test("DELE and a QUIT that is cut anywhere hide nothing (T-085)", arguments: ["", "Q", "QUI", "QUIT", "QUIT\r"])
    func cutQUIT(end: String) async throws {
        let rig = try await Self.rig()
        try await rig.send("DELE 2\r\n" + end)
        try await rig.hangUp()
        try await rig.untilEnd()
        #expect(rig.recorder.changes.isEmpty)
        #expect(rig.recorder.attempts.last?.counts["marks dropped"] == 1)
    }

    @Test("commands behind QUIT are not carried out (T-086)")
    func behindQUIT() async throws {
        let rig = try await Self.rig()
        try await rig.send("DELE 1\r\nQUIT\r\nDELE 2\r\nRETR 3\r\nNOOP\r\n")
        try await rig.untilEnd()
        #expect(rig.recorder.count(.dele) == 1)
        #expect(rig.mailboxes.bodies.isEmpty)
        #expect(rig.seen.lines.last == "+OK bye")
    }

    @Test("RETR, DELE and QUIT ahead: nothing is hidden when the message could not be written")
    func failedWrite() async throws {
        let rig = try await Self.rig()
        try await rig.kernel(.holds)
        try await rig.send("RETR 1\r\nDELE 1\r\nQUIT\r\n")
        try await rig.until("the DELE is on record") { rig.recorder.count(.dele) == 1 }
        #expect(rig.recorder.count(.quit) == 0, "QUIT waits until all is with the kernel")
        try await rig.hangUp()
        try await rig.untilEnd()
        #expect(rig.recorder.count(.quit) == 0)
        #expect(
            rig.recorder.changes.allSatisfy { change in
                if case .hide = change { false } else { true }
            }
        )
    }

    @Test("the same when the device is gone before the final dot could be written")
    func goneBeforeTheDot() async throws {
        let rig = try await Self.rig()
        try await rig.send("RETR 1\r\nDELE 1\r\nQUIT\r\n", holdingAfter: 1)
        try await rig.until("the result waits for its record") { rig.recorder.count(.retr) == 2 }
        try await rig.hangUp()
        rig.recorder.letGo()
        try await rig.untilEnd()
        #expect(rig.recorder.count(.quit) == 0)
        #expect(!Self.hidden(rig))
    }

    @Test("the same with everything written: then it is hidden")
    func writtenWhole() async throws {
        let rig = try await Self.rig()
        try await rig.send("RETR 1\r\nDELE 1\r\nQUIT\r\n")
        try await rig.untilEnd()
        #expect(Self.hidden(rig))
        #expect(rig.seen.lines.suffix(5) == ["+OK 6 octets", "text", ".", "+OK message 1 deleted", "+OK bye"])
    }

    @Test("PASS without a record is -ERR [SYS/TEMP], and the session ends")
    func loginNotRecorded() async throws {
        let rig = try await SessionRig(messages: ["x"]) { $0.recorder.state.withLock { $0.failing = [.login] } }
        try await rig.send(SessionRig.login)
        try await rig.untilEnd()
        #expect(rig.seen.lines.last?.hasPrefix("-ERR [SYS/TEMP]") == true)
        #expect(rig.mailboxes.releases == [1])
    }

    @Test("RETR without a start record is -ERR [SYS/TEMP], and the session goes on")
    func retrievalNotRecorded() async throws {
        let rig = try await Self.rig()
        rig.recorder.state.withLock { $0.failing = [.retr] }
        try await rig.send("RETR 1\r\nNOOP\r\n")
        try await rig.untilLines(5)
        #expect(rig.seen.lines[3].hasPrefix("-ERR [SYS/TEMP]"))
        #expect(rig.seen.lines[4] == "+OK here")
        #expect(rig.mailboxes.bodies.allSatisfy { $0.isCancelled })
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test("DELE without a record is +OK, and its record comes with QUIT's (C-41)")
    func markNotRecorded() async throws {
        let rig = try await Self.rig()
        rig.recorder.state.withLock { $0.failing = [.dele] }
        try await rig.send("DELE 1\r\nDELE 2\r\n")
        try await rig.untilLines(5)
        #expect(rig.seen.lines.suffix(2) == ["+OK message 1 deleted", "+OK message 2 deleted"])
        #expect(rig.recorder.count(.dele) == 0)
        rig.recorder.state.withLock { $0.failing = [] }
        try await rig.send("QUIT\r\n")
        try await rig.untilEnd()
        #expect(rig.recorder.jobs.last?.records.map(\.attempt.action) == [.dele, .dele, .quit, .sessionEnd])
        #expect(Self.hidden(rig))
    }

    @Test("QUIT without its commit is -ERR [SYS/TEMP], and nothing is hidden")
    func quitNotRecorded() async throws {
        let rig = try await Self.rig()
        try await rig.send("DELE 1\r\n")
        try await rig.untilLines(4)
        rig.recorder.state.withLock { $0.failing = [.quit] }
        try await rig.send("QUIT\r\n")
        try await rig.until("closed") { !rig.channel.isActive }
        #expect(rig.seen.lines.last?.hasPrefix("-ERR [SYS/TEMP]") == true)
        #expect(!Self.hidden(rig))
        #expect(rig.mailboxes.releases == [1])
    }
}

extension SessionRig {
    /// Sends, and lets the recorder answer `count` jobs more before it holds its answers back.
    func send(_ text: String, holdingAfter count: Int) async throws {
        self.recorder.state.withLock { $0.holdsAfter = count }
        try await self.send(text)
    }
}
