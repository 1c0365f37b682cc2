import Gateway
import NIOCore
import NIOEmbedded
import Server
import Synchronization
import TLS
import TestSupport
import Testing

/// What comes on a connection before anybody is let in: long lines, other protocols, octets behind STLS.
@Suite("Session: lines, STLS and deadlines", .timeLimit(.minutes(2)))
struct SessionLineTests {
    @Test("a SASL line of 60 KiB is taken, one that is longer is refused, and the session goes on (P-02)")
    func longSASLLine() async throws {
        let rig = try await SessionRig()
        try await rig.send("AUTH PLAIN\r\n")
        try await rig.send(String(repeating: "A", count: 60 * 1024) + "\r\n")
        try await rig.until("refused") { rig.recorder.count(.refusal) == 1 }
        await rig.loop.advanceTime(by: .seconds(1))
        try await rig.untilLines(3)
        try await rig.send("AUTH PLAIN\r\n" + String(repeating: "A", count: 70 * 1024) + "\r\nCAPA\r\n")
        try await rig.until("CAPA is answered") { rig.seen.text.contains("PIPELINING") }
        #expect(rig.seen.lines.contains { $0.hasPrefix("-ERR") })
        try await rig.hangUp()
        try await rig.untilEnd()
    }

    @Test(
        "a line that is too long is answered once, and what follows is a command",
        arguments: [1_024, 1_025, 200_000]
    )
    func longLine(count: Int) async throws {
        let rig = try await SessionRig()
        var chance = SeededGenerator(seed: UInt64(count))
        for piece in Cuts.random(Array(repeating: 0x41, count: count), longest: 700, using: &chance) {
            try await rig.send(piece)
        }
        try await rig.send("\r\nQUIT\r\n")
        try await rig.untilEnd()
        #expect(rig.seen.lines.count == 3)
        #expect(rig.seen.lines.dropFirst().first?.hasPrefix("-ERR") == true)
        #expect(rig.seen.lines.last == "+OK bye")
    }

    @Test("octets behind STLS, wherever the stream is cut, close the connection and are never carried out (S-01)")
    func behindSTLS() async throws {
        let certificates = try TestCertificates.shared.get()
        let context = try certificates.server()
        let stream = Array("STLS\r\nUSER info@example.com\r\nPASS secret\r\nDELE 1\r\nQUIT\r\n".utf8)
        for cut in 0...stream.count {
            let rig = try await SessionRig(messages: ["x"], encryption: .startTLS, tls: context)
            try await rig.send(Array(stream[..<cut]))
            try await rig.send(Array(stream[cut...]))
            try await rig.untilEnd()
            #expect(rig.mailboxes.state.withLock { $0.logins.isEmpty }, "cut at \(cut)")
            #expect(rig.recorder.count(.connectionRefused) == 1, "cut at \(cut)")
            #expect(rig.recorder.count(.login) + rig.recorder.count(.dele) + rig.recorder.count(.quit) == 0)
            #expect(rig.seen.text.hasPrefix("+OK POP3 server ready\r\n+OK Begin TLS negotiation\r\n"))
            #expect(!rig.seen.text.contains("send PASS"))
        }
    }

    @Test("STLS and then silence ends after the handshake's time (T-072)")
    func silentHandshake() async throws {
        let context = try TestCertificates.shared.get().server()
        let rig = try await SessionRig(encryption: .startTLS, tls: context)
        try await rig.send("STLS\r\n")
        await rig.loop.advanceTime(by: .seconds(14))
        #expect(rig.channel.isActive)
        await rig.loop.advanceTime(by: .seconds(2))
        await rig.loop.advanceTime(by: .seconds(6))
        try await rig.untilEnd()
        #expect(rig.recorder.attempts.contains { $0.reason == "TLS: no handshake within 15 seconds" })
    }

    @Test("an implicit TLS listener waits 15 seconds for TLS and says nothing before")
    func silentImplicit() async throws {
        let rig = try await SessionRig(encryption: .implicit)
        await rig.loop.advanceTime(by: .seconds(16))
        try await rig.untilEnd()
        #expect(rig.seen.text.isEmpty)
        #expect(rig.recorder.count(.connectionRefused) == 1)
    }

    @Test("60 seconds must do for the login, however many commands come (S-11)")
    func loginDeadline() async throws {
        let rig = try await SessionRig()
        for _ in 0..<5 {
            await rig.loop.advanceTime(by: .seconds(11))
            try await rig.send("CAPA\r\n")
        }
        #expect(rig.channel.isActive)
        await rig.loop.advanceTime(by: .seconds(6))
        try await rig.untilEnd()
        #expect(rig.recorder.attempts.contains { $0.reason == "login timeout" })
    }

    @Test("autologout comes ten minutes after the last command, without a word and without a commit (P-12)")
    func autologout() async throws {
        let rig = try await SessionRig(messages: ["x"])
        try await rig.logIn()
        try await rig.send("DELE 1\r\n")
        try await rig.untilLines(4)
        await rig.loop.advanceTime(by: .seconds(599))
        try await rig.send("NOOP\r\n")
        await rig.loop.advanceTime(by: .seconds(599))
        #expect(rig.channel.isActive)
        let before = rig.seen.text
        await rig.loop.advanceTime(by: .seconds(2))
        try await rig.untilEnd()
        #expect(rig.seen.text == before)
        #expect(rig.recorder.changes.isEmpty)
        #expect(rig.recorder.attempts.last?.counts["marks dropped"] == 1)
    }

    @Test(
        "another protocol's first line closes the connection, and nothing of it is repeated (S-14)",
        arguments: ["GET / HTTP/1.1\r\nHost: x\r\nUSER a\r\n", "POST /USER HTTP/1.0\r\n\r\n", "SSH-2.0-x\r\n"]
    )
    func foreignProtocol(line: String) async throws {
        let rig = try await SessionRig()
        try await rig.send(line)
        try await rig.untilEnd()
        #expect(rig.seen.text == "+OK POP3 server ready\r\n")
        #expect(rig.recorder.attempts.map(\.action) == [.connectionRefused, .sessionEnd])
    }

    @Test("of a hundred refusals in a second ten are on record, and one record has the count of the others")
    func flood() async throws {
        let floods = FloodCounter()
        var refused = 0
        for _ in 0..<100 {
            let rig = try await SessionRig(floods: floods)
            try await rig.send("GET / HTTP/1.1\r\n")
            try await rig.untilEnd()
            refused += rig.recorder.count(.connectionRefused)
        }
        #expect(refused == 10)
        let source = try SessionRig.arrival().source.address
        #expect(floods.take(source) == 90)
    }

    @Test("the record of a flood comes when its second is over")
    func floodRecord() async throws {
        let floods = FloodCounter()
        let source = try SessionRig.arrival().source.address
        for _ in 0..<10 { #expect(floods.refusal(from: source, at: 0) == .write) }
        let other = try await SessionRig(floods: floods)
        try await other.send("GET / HTTP/1.1\r\n")
        try await other.untilEnd()
        #expect(other.recorder.count(.connectionRefused) == 0)
        await other.loop.advanceTime(by: .seconds(1))
        #expect(other.recorder.attempts.last?.counts == ["refusals": 1])
    }

    @Test("a server that stops does not wait for the second of a flood to be over")
    func floodAtStop() async throws {
        let floods = FloodCounter()
        let source = try SessionRig.arrival().source.address
        for _ in 0..<10 { #expect(floods.refusal(from: source, at: 0) == .write) }
        let other = try await SessionRig(floods: floods)
        try await other.send("GET / HTTP/1.1\r\n")
        try await other.untilEnd()
        floods.settle()
        #expect(other.recorder.attempts.last?.counts == ["refusals": 1])
        await other.loop.advanceTime(by: .seconds(1))
        #expect(other.recorder.count(.connectionRefused) == 1)
    }
}
