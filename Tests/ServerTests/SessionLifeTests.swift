import Gateway
import NIOCore
import NIOEmbedded
import NIOExtras
import Server
import Synchronization
import TestSupport
import Testing

/// Ends of a session in every state: the lease is given back once, nothing stays behind, nothing traps.
@Suite("Session: life and end", .timeLimit(.minutes(2)))
struct SessionLifeTests {
    /// States of a session, each with what leads there.
    enum Stage: CaseIterable {
        case connected, named, loggingIn, listing, admitting, idle, marking, fetching, delivering, finishing, updating

        func reach(_ rig: SessionRig) async throws {
            switch self {
            case .connected: return
            case .named: return try await rig.send("USER info@example.com\r\n")
            case .loggingIn: rig.mailboxes.state.withLock { $0.holdsLogins = true }
            case .listing: rig.mailboxes.state.withLock { $0.holdsSnapshots = true }
            case .admitting: rig.recorder.hold()
            case .idle, .marking, .fetching, .delivering, .finishing, .updating: return try await self.reachLater(rig)
            }
            try await rig.send(SessionRig.login)
            try await rig.until("the login is under way") { !rig.mailboxes.state.withLock { $0.logins.isEmpty } }
            if self == .admitting { try await rig.until("the record waits") { rig.recorder.count(.login) == 1 } }
            if self == .listing {
                try await rig.until("the listing waits") { !rig.mailboxes.state.withLock { $0.waiting.isEmpty } }
            }
        }

        private func reachLater(_ rig: SessionRig) async throws {
            try await rig.logIn()
            switch self {
            case .marking:
                rig.recorder.hold()
                try await rig.send("DELE 1\r\n")
            case .fetching:
                rig.mailboxes.state.withLock { $0.holdsBodies = true }
                try await rig.send("RETR 1\r\n")
            case .delivering:
                try await rig.kernel(.holds)
                try await rig.send("RETR 1\r\n")
                try await rig.until("unwritable") { !rig.channel.isWritable }
            case .finishing:
                try await rig.send("RETR 2\r\n", holdingAfter: 1)
                try await rig.until("the record waits") { rig.recorder.count(.retr) == 2 }
            case .updating:
                try await rig.send("DELE 1\r\n")
                try await rig.untilLines(4)
                rig.recorder.hold()
                try await rig.send("QUIT\r\n")
            case .connected, .named, .loggingIn, .listing, .admitting, .idle: return
            }
        }
    }

    enum Ending: CaseIterable { case device, error, quiesce, timers }

    @Test("the lease is given back exactly once and the session is gone", arguments: Stage.allCases, Ending.allCases)
    func releases(stage: Stage, ending: Ending) async throws {
        let long = String(repeating: "0123456789\r\n", count: 20_000)
        let rig = try await SessionRig(messages: [long, "short\r\n"]) {
            $0.mailboxes.state.withLock { $0.pieceSize = 8_192 }
        }
        try await stage.reach(rig)
        switch ending {
        case .device: break
        case .error: rig.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        case .quiesce: rig.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        case .timers: await rig.loop.advanceTime(by: .seconds(700))
        }
        await rig.loop.run()
        rig.mailboxes.letGo()
        rig.recorder.letGo()
        try await rig.hangUp()
        try await rig.untilEnd()
        try await rig.until("the lease is back") { rig.mailboxes.releases.allSatisfy { $0 > 0 } }
        #expect(rig.mailboxes.releases.allSatisfy { $0 == 1 })
        #expect(rig.recorder.count(.sessionEnd) == 1)
        rig.mailboxes.state.withLock { state in
            // A body of these leases keeps its session and its lease for what it may say late.
            for lease in state.leases { lease.state.withLock { $0.bodies = [] } }
            state.leases = []
            state.waiting = []
        }
        for _ in 0..<2 { await rig.loop.advanceTime(by: .seconds(1_000)) }
        var isAlive = try await rig.isAlive()
        let start = ContinuousClock.now
        while isAlive, ContinuousClock.now - start < .seconds(10) {
            await rig.loop.run()
            isAlive = try await rig.isAlive()
        }
        #expect(!isAlive, "nothing holds a session that has ended")
    }

    @Test("what a cancelled fetch still sends is not for the next message")
    func lateBodyEvents() async throws {
        let rig = try await SessionRig(messages: ["first\r\n", "second\r\n"])
        try await rig.logIn()
        rig.mailboxes.state.withLock { $0.holdsBodies = true }
        rig.recorder.state.withLock { $0.failing = [.retr] }
        try await rig.send("RETR 1\r\n")
        try await rig.until("the fetch is asked for") { rig.mailboxes.bodies.count == 1 }
        let first = try #require(rig.mailboxes.bodies.first)
        first.sink(.began(octets: 7))
        try await rig.until("refused") { rig.seen.lines.count == 4 }
        #expect(first.isCancelled)
        rig.recorder.state.withLock { $0.failing = [] }
        try await rig.send("RETR 2\r\n")
        try await rig.until("the next fetch is asked for") { rig.mailboxes.bodies.count == 2 }
        first.sink(.pieces([ByteBuffer(string: "first\r\n")]))
        first.sink(.ended(transcript: []))
        first.sink(.failed(.messageGone, transcript: []))
        let second = try #require(rig.mailboxes.bodies.last)
        second.sink(.began(octets: 8))
        try await rig.until("asked for more") { second.asked == 1 }
        second.sink(.pieces([ByteBuffer(string: "\r\nsecond\r\n")]))
        second.sink(.ended(transcript: []))
        try await rig.until("whole") { rig.seen.text.hasSuffix("second\r\n.\r\n") }
        #expect(!rig.seen.text.contains("first"))
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test("a body that fails after +OK ends the session without the final dot (promise 2)")
    func cutMessage() async throws {
        let rig = try await SessionRig(messages: ["text"]) { $0.mailboxes.state.withLock { $0.holdsBodies = true } }
        try await rig.logIn()
        try await rig.send("RETR 1\r\nNOOP\r\n")
        try await rig.until("the fetch is asked for") { rig.mailboxes.bodies.count == 1 }
        let body = try #require(rig.mailboxes.bodies.first)
        body.sink(.began(octets: 4))
        body.sink(.pieces([ByteBuffer(string: "te")]))
        body.sink(.failed(.unavailable(reason: "cut"), transcript: []))
        try await rig.untilEnd()
        #expect(!rig.seen.text.hasSuffix(".\r\n"))
        #expect(!rig.seen.text.contains("+OK here"))
        #expect(rig.mailboxes.releases == [1])
    }

    @Test("random octets never trap, and always end on record", arguments: 0..<30 as Range<UInt64>)
    func randomOctets(seed: UInt64) async throws {
        var chance = SeededGenerator(seed: seed)
        let rig = try await SessionRig(messages: ["a\r\n", "b\r\n"])
        if seed.isMultiple(of: 2) { try await rig.logIn() }
        let alphabet = Array("USERPASTLDOQIN 0123456789\r\n\r\n\r\n.\u{0}".utf8) + [0xFF, 0x16]
        for piece in Cuts.random(chance.octets(count: 4_000, from: alphabet), longest: 90, using: &chance) {
            try await rig.send(piece)
        }
        try await rig.hangUp()
        try await rig.untilEnd()
        #expect(rig.mailboxes.releases.allSatisfy { $0 == 1 })
    }

    @Test(
        "random events in random order never trap, and the lease is given back once",
        arguments: 0..<60 as Range<UInt64>
    )
    func randomEvents(seed: UInt64) async throws {
        var chance = SeededGenerator(seed: seed)
        let rig = try await SessionRig(messages: [String(repeating: "x\r\n", count: 40_000), "b\r\n"])
        if !seed.isMultiple(of: 5) { try await rig.logIn() }
        let commands = [
            "STAT", "LIST", "UIDL", "RETR 1", "RETR 2", "TOP 1 3", "DELE 1", "DELE 2", "RSET", "NOOP", "CAPA", "bad",
            "RETR 9", "USER a", "PASS b",
        ]
        for _ in 0..<60 {
            switch Int.random(in: 0..<13, using: &chance) {
            case 0..<6: try await rig.send((commands.randomElement(using: &chance) ?? "") + "\r\n")
            case 6: try await rig.kernel(.holds)
            case 7: try await rig.kernel(.takes)
            case 8: rig.recorder.hold()
            case 9: rig.recorder.letGo()
            case 10: rig.mailboxes.state.withLock { $0.holdsBodies.toggle() }
            case 11: rig.mailboxes.bodies.randomElement(using: &chance)?.sink(Self.event(&chance))
            case _: await rig.loop.advanceTime(by: .seconds(20))
            }
        }
        if Bool.random(using: &chance) { try await rig.send("QUIT\r\n") }
        try await rig.hangUp()
        rig.mailboxes.letGo()
        rig.recorder.letGo()
        try await rig.until("the end is on record") {
            rig.recorder.letGo()
            return rig.recorder.count(.sessionEnd) == 1
        }
        try await rig.until("the lease is back") { rig.mailboxes.releases.allSatisfy { $0 == 1 } }
    }

    private static func event(_ chance: inout SeededGenerator) -> BodyEvent {
        switch Int.random(in: 0..<5, using: &chance) {
        case 4: .came(octets: 6, [ByteBuffer(string: "line\r\n")], transcript: [])
        case 0: .began(octets: 5)
        case 1: .pieces([ByteBuffer(string: "line\r\n")])
        case 2: .ended(transcript: [])
        case _: .failed(.messageUnavailable, transcript: [])
        }
    }
}
