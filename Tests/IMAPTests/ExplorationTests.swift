import IMAP
import TestSupport
import Testing

import struct NIOCore.ByteBuffer

@Suite("Every reachable state, and chance")
struct ExplorationTests {
    /// A machine, and what its owner knows of it.
    private struct Place {
        var machine: ClientStateMachine
        var mailbox: ExaminedMailbox?
        /// Messages whose texts were asked for and have not come.
        var wanted: Set<UInt32> = []
        /// The number of the last tag.
        var commands = 0
        var hasTLS = false
        var isClosed = false

        /// What tells two places apart: all but what only counts, so that there is an end of them.
        var key: String {
            let counters = ["spent", "commands", "notices", "exists", "expunged"]
            let parts = Mirror(reflecting: self.machine).children.filter { !counters.contains($0.label ?? "") }
            let words = parts.map { part in
                let text = "\(part.value)"
                let gathers = part.label == "state" && (text.hasPrefix("listing(") || text.hasPrefix("searching("))
                return gathers ? String(text.prefix(9)) : text
            }
            return words.joined(separator: "|") + "\(self.hasTLS)\(self.isClosed)"
        }
    }

    /// Each is said with the tag of the command under way where `#` stands.
    private static let answers = [
        "* OK [CAPABILITY STARTTLS AUTH=PLAIN ESEARCH] hi", "* OK hi", "* BYE out", "* PREAUTH hi", "+ go", "# OK done",
        "# OK [READ-ONLY] done", "# OK [READ-WRITE] done", "# NO [AUTHENTICATIONFAILED] no", "# BAD what",
        "* 1 EXISTS", "* OK [UIDVALIDITY 7] x", "* CAPABILITY STARTTLS LOGINDISABLED", "* SEARCH 7",
        "* 1 FETCH (UID 7 RFC822.SIZE 3)", "* 1 FETCH (UID 7 BODY[] \"abc\")", "* 1 FETCH (UID 7 BODY[] NIL)",
        "* 1 FETCH (UID 7 BODY[HEADER] {2}\r\nab)",
        "t99 OK done", "* 1 FETCH (UID 7 BODY[] {2}\r\nab)", "* 1 FETCH (UID 8 BODY[] {2}\r\nab)",
        "* 1 FETCH (BODY[] {2}\r\nab UID 8)", "* 1 FETCH (UID 9 BODY[] {2}\r\nab)", "* 1 EXPUNGE", "junk",
        "* 1 FETCH (",
    ]

    private static let asked = [[UID(7)], [UID(7), UID(8)]].map { $0.compactMap { $0 } }

    @Test("keeps the promises", arguments: [Protection.startTLS, .implicitTLS])
    func explore(protection: Protection) throws {
        let uid = try #require(UID(7))
        var machine = Conversation.machine(protection: protection)
        _ = machine.connected()
        let start = Place(machine: machine, hasTLS: protection != .startTLS)
        var reached: Set = [start.key]
        var frontier = [start]
        var opened = 0
        while let place = frontier.popLast(), reached.count < 5_000 {
            if place.machine.isIdle { opened += 1 }
            for (next, actions) in Self.steps(from: place, uid: uid) {
                Self.check(place, actions)
                if reached.insert(next.key).inserted { frontier.append(next) }
            }
        }
        #expect(opened > 0 && (50..<5_000).contains(reached.count), "\(reached.count) places, \(opened) of them open")
    }

    private static func check(_ place: Place, _ actions: [ClientAction]) {
        if place.isClosed { #expect(actions.isEmpty, "closed, and not silent") }
        for (index, action) in actions.enumerated() {
            switch action {
            case .send(let sent):
                let text = String(decoding: sent.readableBytesView, as: UTF8.self)
                if !place.hasTLS {
                    #expect(["CAPABILITY", "STARTTLS", "LOGOUT"].contains { text.contains($0) }, "said in clear")
                    #expect(!text.contains("pw") && !text.contains("AGpv"), "a secret before TLS")
                }
                if text.contains("UID ") { #expect(place.mailbox != nil, "no EXAMINE before it") }
                for verb in ["SELECT", "STORE", "EXPUNGE", "CLOSE", "BODY["] { #expect(!text.contains(verb)) }
            case .close:
                #expect(index == actions.count - 1, "something behind the end")
            case .bodyEnded(let uid), .bodyGone(let uid), .bodyBegan(let uid?, _):
                #expect(place.wanted.contains(uid.value), "a text that was not asked for, or came already")
            case .bodyBegan(nil, _):
                #expect(!place.wanted.isEmpty, "a text that was not asked for")
            case .fetchEnded:
                #expect(!actions.contains { if case .refused = $0 { true } else { false } })
            case .startTLS, .computeSCRAM, .opened, .quota, .listed, .listingEnded, .present, .bodyPiece, .header,
                .headersEnded, .alive, .refused, .notice:
                break
            }
        }
    }

    private static func steps(from place: Place, uid: UID) -> [(Place, [ClientAction])] {
        var steps: [(inout ClientStateMachine) -> [ClientAction]] = [
            { $0.disconnected() }, { $0.logout() }, { $0.tlsEstablished() }, { $0.connected() },
        ]
        for answer in self.answers {
            let line = answer.hasPrefix("#") ? "t\(place.commands)" + answer.dropFirst() : answer
            steps.append { $0.received(ByteBuffer(string: line + "\r\n")) }
        }
        if let mailbox = place.mailbox, place.machine.isIdle {
            steps.append { $0.list(after: nil, in: mailbox) }
            steps.append { $0.findPresent(in: mailbox) }
            for uids in self.asked { steps.append { $0.fetch(uids, .whole, in: mailbox) } }
            steps.append { $0.examineAgain() }
            steps.append { $0.fetchHeaders(of: [uid], .whole, in: mailbox) }
            steps.append { $0.noop() }
        }
        return steps.map { step in
            var next = place
            let actions = step(&next.machine)
            for action in actions {
                if case .opened(let mailbox) = action { next.mailbox = mailbox }
                if case .close = action { next.isClosed = true }
                switch action {
                case .bodyEnded(let uid), .bodyGone(let uid): next.wanted.remove(uid.value)
                case .send(let sent):
                    let line = String(decoding: sent.readableBytesView, as: UTF8.self)
                    if line.contains("BODY.PEEK[]") { next.wanted = line.contains(" 7:8 ") ? [7, 8] : [7] }
                default: break
                }
                // A part behind a `+` carries no tag.
                if case .send(let sent) = action, sent.readableBytesView.first == UInt8(ascii: "t") {
                    next.commands += 1
                }
                if case .startTLS = action { next.hasTLS = true }
            }
            return (next, actions)
        }
    }

    @Test("changed conversations never trap, and end with silence", arguments: 0..<30 as Range<UInt64>)
    func noise(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let uid = try #require(UID(7))
        let lines = self.material
        for _ in 0..<30 {
            var machine = Conversation.machine(mailbox: "INBOX")
            _ = machine.connected()
            var closed = false
            var mailbox: ExaminedMailbox?
            for line in lines {
                var octets = Array(line.utf8) + [0x0D, 0x0A]
                if Int.random(in: 0..<12, using: &generator) == 0 { Self.change(&octets, using: &generator) }
                for piece in Cuts.random(octets, longest: 40, using: &generator) {
                    let actions = machine.received(ByteBuffer(bytes: piece))
                    #expect(!closed || actions.isEmpty)
                    for case .opened(let opened) in actions { mailbox = opened }
                    closed = closed || actions.contains(.close)
                }
                guard let mailbox, machine.isIdle else { continue }
                switch Int.random(in: 0..<7, using: &generator) {
                case 6: _ = machine.examineAgain()
                case 5: _ = machine.fetch(Self.asked[1], .whole, in: mailbox)
                case 4: _ = machine.fetchHeaders(of: [uid], .details, in: mailbox)
                case 0: _ = machine.list(after: nil, in: mailbox)
                case 1: _ = machine.findPresent(in: mailbox)
                case 2: _ = machine.noop()
                default: _ = machine.fetch([uid], .whole, in: mailbox)
                }
            }
        }
    }

    private var material: [String] {
        let opening = Conversation.lines(Sample.opening).filter { $0.hasPrefix("S:") }.map { String($0.dropFirst(3)) }
        let untagged = Self.answers.filter { $0.hasPrefix("* ") && !$0.contains("BYE") && !$0.hasSuffix("(") }
        return opening + (3...8).flatMap { number in untagged + ["t\(number) OK done"] }
    }

    private static func change(_ octets: inout [UInt8], using generator: inout SeededGenerator) {
        guard let place = octets.indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: octets.remove(at: place)
        case 1: octets[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: octets.insert(contentsOf: Array("({\"\\])~<9}".utf8).shuffled(using: &generator).prefix(3), at: place)
        default: octets += octets[place...]
        }
    }
}
