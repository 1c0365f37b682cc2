import Gateway
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

/// What a device sends ahead, and what it does not read (P-10, S-26).
@Suite("Session: pipelining and back-pressure", .timeLimit(.minutes(2)))
struct SessionPipelineTests {
    @Test("commands in one write are answered in order (T-140)")
    func orderedReplies() async throws {
        let rig = try await SessionRig(messages: ["a", "bc"])
        try await rig.send(SessionRig.login + "STAT\r\nLIST\r\nUIDL\r\n")
        try await rig.untilLines(12)
        #expect(
            rig.seen.lines == SessionRig.welcome + [
                "+OK 2 3", "+OK 2 messages", "1 1", "2 2", ".", "+OK 2 messages", "1 u1", "2 u2", ".",
            ]
        )
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test("commands cut at every octet are answered the same")
    func everyCut() async throws {
        let all = Array((SessionRig.login + "STAT\r\nNOOP\r\nRETR 1\r\nQUIT\r\n").utf8)
        for cut in stride(from: 1, to: all.count, by: 3) {
            let rig = try await SessionRig(messages: ["a\r\n"])
            try await rig.send(Array(all[..<cut]))
            try await rig.send(Array(all[cut...]))
            try await rig.untilEnd()
            let expected = SessionRig.welcome + ["+OK 1 3", "+OK here", "+OK 3 octets", "a", ".", "+OK bye"]
            #expect(rig.seen.lines == expected, "cut at \(cut)")
        }
    }

    @Test("a message is not asked for while the device takes nothing, and goes on when it does")
    func backPressure() async throws {
        let line = String(repeating: "x", count: 98) + "\r\n"
        let message = "Subject: x\r\n\r\n" + String(repeating: line, count: 5_000)
        let rig = try await SessionRig(messages: [message]) { $0.mailboxes.state.withLock { $0.pieceSize = 8_192 } }
        try await rig.logIn()
        try await rig.kernel(.holds)
        try await rig.send("RETR 1\r\n")
        try await rig.until("unwritable") { !rig.channel.isWritable }
        let asked = rig.mailboxes.bodies.first?.asked ?? 0
        #expect((8...10).contains(asked))
        #expect(rig.seen.change { $0.most } < SessionKernel.watermark + 2 * 8_192)
        try await rig.kernel(.takes)
        try await rig.until("the final dot") { rig.seen.text.hasSuffix("\r\n.\r\n") }
        #expect(rig.seen.text.hasSuffix("octets\r\n" + message + ".\r\n"))
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test("a hundred thousand NOOPs in one write are all answered")
    func manyCommands() async throws {
        let rig = try await SessionRig()
        try await rig.logIn()
        try await rig.send(String(repeating: "NOOP\r\n", count: 100_000))
        try await rig.until("all answers") { rig.seen.change { $0.octets.count } >= 100_000 * 10 }
        #expect(rig.seen.lines.count == 100_003)
        #expect(rig.seen.change { $0.most } <= 2 * SessionKernel.watermark)
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test(
        "a device that never reads is not worked for, and reading from it stops (T-142)",
        arguments: ["NOOP\r\n", "CAPA\r\n", "LIST\r\n", "UIDL\r\n"]
    )
    func neverReads(command: String) async throws {
        let rig = try await SessionRig(messages: Array(repeating: "some text", count: 900))
        try await rig.logIn()
        try await rig.kernel(.holds)
        try await rig.send(String(repeating: command, count: 20_000))
        try await rig.until("unwritable") { !rig.channel.isWritable }
        #expect(rig.seen.change { $0.most } < 2 * SessionKernel.watermark)
        let before = rig.seen.change { $0.reads }
        rig.channel.read()
        await rig.loop.run()
        #expect(rig.seen.change { $0.reads } == before, "the channel is not read any further")
        // Autologout counts from the last octet that was taken, and nobody waits for this device for ever.
        await rig.loop.advanceTime(by: .seconds(601))
        await rig.loop.advanceTime(by: .seconds(11))
        try await rig.untilEnd()
        #expect(rig.recorder.attempts.last?.reason == "autologout")
    }

    @Test("reading goes on when the device reads again")
    func readsAgain() async throws {
        let rig = try await SessionRig()
        try await rig.logIn()
        try await rig.kernel(.holds)
        try await rig.send(String(repeating: "NOOP\r\n", count: 20_000))
        rig.channel.read()
        await rig.loop.run()
        let before = rig.seen.change { $0.reads }
        try await rig.kernel(.takes)
        try await rig.until("all answers") { rig.seen.lines.count == 20_003 }
        #expect(rig.seen.change { $0.reads } == before + 1, "the read that was held back")
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test("long lists asked for ahead are all sent, though the channel fills and empties within one flush")
    func longListsAhead() async throws {
        for count in [650, 2_500] {
            let rig = try await SessionRig(messages: Array(repeating: "x", count: count))
            try await rig.logIn()
            try await rig.kernel(.fills)
            try await rig.send(String(repeating: "UIDL\r\n", count: 24) + "NOOP\r\n")
            try await rig.until("all was handed in") { rig.seen.change { $0.octets.count + $0.held } > 24 * 6_200 }
            try await rig.kernel(.takes)
            try await rig.until("the last answer") { rig.seen.text.hasSuffix("+OK here\r\n") }
            #expect(rig.seen.lines.count { $0 == "." } == 24)
            try await rig.hangUp()
            try await rig.untilEnd()
        }
    }

    @Test("what was answered before QUIT reaches a slow device before the connection closes")
    func lastOctets() async throws {
        let rig = try await SessionRig(messages: ["\r\n" + String(repeating: "text\r\n", count: 5_000)])
        try await rig.logIn()
        try await rig.kernel(.holds)
        try await rig.send("RETR 1\r\nQUIT\r\n")
        try await rig.until("QUIT is on record") { rig.recorder.count(.quit) == 1 }
        await rig.loop.advanceTime(by: .seconds(5))
        #expect(rig.channel.isActive)
        try await rig.kernel(.takes)
        try await rig.untilEnd()
        #expect(rig.seen.text.hasSuffix("text\r\n.\r\n+OK bye\r\n"))
    }
}
