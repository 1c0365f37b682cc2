import IMAP
import TestSupport
import Testing

import struct NIOCore.ByteBuffer

@Suite("Limits, and what a hostile mail server may try")
struct LimitTests {
    private static func opened() throws -> (ClientStateMachine, ExaminedMailbox) {
        var machine = Conversation.machine()
        _ = machine.connected()
        var mailbox: ExaminedMailbox?
        for line in Conversation.lines(Sample.opening) where line.hasPrefix("S:") {
            for case .opened(let opened) in machine.received(ByteBuffer(string: line.dropFirst(3) + "\r\n")) {
                mailbox = opened
            }
        }
        return (machine, try #require(mailbox))
    }

    @Test(
        "a greeting is OK and short, or nothing is said (S-04, S-05)",
        arguments: [
            ("* PREAUTH hello\r\n", ServerRefusal.misbehaved("greeting is PREAUTH")),
            ("* BYE full\r\n", .disconnected),
            ("* BYE Too many connections\r\n", .tooManyConnections),
            ("220 smtp\r\n", .misbehaved("malformed status response")),
            ("\r\n", .misbehaved("malformed status response")),
            ("+ go\r\n", .misbehaved("no IMAP greeting")),
            ("* 3 EXISTS\r\n", .misbehaved("no IMAP greeting")),
            (String(repeating: "x", count: 8_193), .misbehaved("line too long")),
        ]
    )
    func greetings(octets: String, refusal: ServerRefusal) {
        for protection in [Protection.implicitTLS, .startTLS] {
            var machine = Conversation.machine(protection: protection)
            _ = machine.connected()
            #expect(machine.received(ByteBuffer(string: octets)) == [.refused(refusal), .close])
            #expect(machine.received(ByteBuffer(string: "* OK hello\r\n")) == [])
        }
    }

    @Test("octets behind the answer to STARTTLS end it, in one piece or two (S-02)", arguments: [0, 1, 20])
    func injection(cut: Int) {
        var machine = Conversation.machine(protection: .startTLS)
        _ = machine.connected()
        _ = machine.received(ByteBuffer(string: "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"))
        let injected = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
        let first = machine.received(ByteBuffer(string: "t1 OK go\r\n" + injected.prefix(cut)))
        let second = machine.received(ByteBuffer(string: String(injected.dropFirst(cut))))
        let failure: [ClientAction] = [.refused(.misbehaved("octets behind the answer to STARTTLS")), .close]
        #expect(cut == 0 ? first == [.startTLS] && second == failure : first == failure && second == [])
        #expect(machine.tlsEstablished() == [])
    }

    @Test(
        "without STARTTLS no name and no password leaves (S-03)",
        arguments: [
            "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n",
            "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nt1 NO not today\r\n",
            "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nt1 BAD what\r\n",
            "* OK hi\r\nt1 BAD what\r\n",
        ]
    )
    func stripping(octets: String) {
        var machine = Conversation.machine(protection: .startTLS)
        _ = machine.connected()
        var actions: [ClientAction] = []
        for line in octets.split(separator: "\r\n") { actions += machine.received(ByteBuffer(string: line + "\r\n")) }
        #expect(actions.contains(.refused(.plainLoginForbidden)) && actions.last == .close)
        for case .send(let sent) in actions {
            let verb = String(decoding: sent.readableBytesView, as: UTF8.self).dropFirst(3)
            #expect(["CAPABILITY\r\n", "STARTTLS\r\n", "LOGOUT\r\n"].contains(verb))
        }
    }

    @Test(
        "literals that no number can be right for end it (T-127)",
        arguments: [
            "{-1}", "{99999999999999999999}", "{9223372036854775808}", "{007}", "{}", "{x}", "{5x}", "{1.5}",
        ]
    )
    func literals(announcement: String) throws {
        var (machine, mailbox) = try Self.opened()
        _ = machine.fetch([try #require(UID(7))], .whole, in: mailbox)
        let actions = machine.received(ByteBuffer(string: "* 1 FETCH (UID 7 BODY[] \(announcement)\r\n"))
        #expect(actions == [.refused(.misbehaved("literal length is no number")), .close])
    }

    @Test("a huge announcement holds nothing; the caller decides (S-12)")
    func hugeLiteral() throws {
        var (machine, mailbox) = try Self.opened()
        _ = machine.fetch([try #require(UID(7))], .whole, in: mailbox)
        let actions = machine.received(ByteBuffer(string: "* 1 FETCH (UID 7 BODY[] {9223372036854775807}\r\nab"))
        #expect(actions == [.bodyBegan(UID(7), octets: UInt64(Int64.max)), .bodyPiece(ByteBuffer(string: "ab"))])
    }

    @Test(
        "floods end within their budget, and in linear time (S-22, T-128)",
        arguments: [
            ("* 1 FETCH (FLAGS (" + String(repeating: "(", count: 10_000) + "\r\n", "nesting too deep"),
            ("* XX {65537}\r\n", "literal too long"),
            ("* XX {60000}\r\n" + String(repeating: "y", count: 60_000) + " {60000}\r\n", "literal too long"),
            ("* 1 FETCH (FLAGS (\\Seen))\r\n", "too many octets in an answer"),
            ("x", "line too long"),
            ("* SEARCH " + String(repeating: "1 ", count: 20_000), "too many octets in an answer"),
        ]
    )
    func floods(octets: String, violation: String) throws {
        var (machine, mailbox) = try Self.opened()
        _ = machine.fetch([try #require(UID(7))], .whole, in: mailbox)
        let flood = ByteBuffer(string: String(repeating: octets, count: max(1, 16_384 / octets.utf8.count)))
        var received = 0
        var actions: [ClientAction] = []
        while actions.isEmpty, received < 3_000_000 {
            actions = machine.received(flood)
            received += flood.readableBytes
        }
        #expect(actions == [.refused(.misbehaved(violation)), .close])
    }

    @Test("one octet at a time, a long line costs no more than its length")
    func slowLine() throws {
        var (machine, _) = try Self.opened()
        for _ in 0..<65_536 { #expect(machine.received(ByteBuffer(string: "x")).isEmpty) }
        #expect(machine.received(ByteBuffer(string: "x")) == [.refused(.misbehaved("line too long")), .close])
    }

    @Test("twenty thousand lines make one action for each piece that came")
    func batches() throws {
        var (machine, mailbox) = try Self.opened()
        _ = machine.list(after: nil, in: mailbox)
        var octets = ByteBuffer()
        for uid in 1...20_000 { octets.writeString("* \(uid) FETCH (UID \(uid) RFC822.SIZE 9)\r\n") }
        let actions = machine.received(octets)
        guard case .listed(let messages) = actions.first else {
            Issue.record("nothing was listed")
            return
        }
        #expect(actions.count == 1 && messages.count == 20_000 && messages.last?.uid.value == 20_000)
    }

    @Test("a command for bodies fits into a line of 1000 octets too", arguments: [1, 2, 4_000_000])
    func bodyLines(step: UInt32) throws {
        var (machine, mailbox) = try Self.opened()
        let uids = (1...1_001).compactMap { UID($0 * step) }
        let count = ClientStateMachine.bodiesOfOneCommand(uids)
        guard case .send(let line) = machine.fetch(uids, .whole, in: mailbox).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(line.readableBytes <= 1_000 && count >= 60)
        #expect(step > 1 || count == 1_000)
        for uid in uids.prefix(count) {
            let actions = machine.received(ByteBuffer(string: "* 1 FETCH (UID \(uid.value) BODY[] {1}\r\nx)\r\n"))
            #expect(actions.last == .bodyEnded(uid))
        }
        #expect(machine.received(ByteBuffer(string: "t3 OK\r\n")) == [.fetchEnded])
        #expect(machine.fetch([], .whole, in: mailbox) == [.fetchEnded])
    }

    @Test(
        "a command for headers fits into a line of 1000 octets, wherever its messages lie",
        arguments: [1, 2, 16_000_000]
    )
    func headerLines(step: UInt32) throws {
        for part in [HeaderPart.whole, .details] {
            var (machine, mailbox) = try Self.opened()
            let uids = (1...256).compactMap { UID($0 * step) }
            let count = ClientStateMachine.headersOfOneCommand(uids, part)
            guard case .send(let line) = machine.fetchHeaders(of: uids, part, in: mailbox).first else {
                Issue.record("nothing was sent")
                return
            }
            #expect(line.readableBytes <= 1_000 && count >= 60)
            #expect(step > 1 || count == part.maximum)
        }
    }
}
