import IMAP
import TestSupport
import Testing

import struct NIOCore.ByteBuffer

@Suite("Conversations about the texts of messages")
struct FetchTranscriptTests {
    @Test("go as written, in lines and octet by octet", arguments: fetchSamples + setSamples, [false, true])
    func goAsWritten(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }

    private static func opened() throws -> (ClientStateMachine, ExaminedMailbox) {
        var machine = Conversation.machine()
        var actions = machine.connected()
        for line in Conversation.lines(Sample.opening) where line.hasPrefix("S:") {
            actions += machine.received(ByteBuffer(string: line.dropFirst(3) + "\r\n"))
        }
        var mailbox: ExaminedMailbox?
        for case .opened(let opened) in actions { mailbox = opened }
        return (machine, try #require(mailbox))
    }

    @Test("what is heard of changes during a fetch counts until the next `alive`, or a second EXAMINE")
    func changes() throws {
        var (machine, mailbox) = try Self.opened()
        #expect(!machine.hasHeardChange)
        _ = machine.fetch([try #require(UID(7))], .whole, in: mailbox)
        _ = machine.received(ByteBuffer(string: "* 2 EXPUNGE\r\n* 1 FETCH (UID 7 BODY[] NIL)\r\nt3 OK\r\n"))
        #expect(machine.isIdle && machine.hasHeardChange)
        _ = machine.received(ByteBuffer(string: "* VANISHED 3:4\r\n* 9 EXISTS\r\n"))
        _ = machine.noop()
        #expect(machine.received(ByteBuffer(string: "t4 OK\r\n")) == [.alive(exists: 9, expunged: 3)])
        #expect(!machine.hasHeardChange)
        _ = machine.received(ByteBuffer(string: "* 8 EXISTS\r\n"))
        #expect(machine.hasHeardChange)
        _ = machine.examineAgain()
        #expect(!machine.hasHeardChange)
        let answer = "* 0 EXISTS\r\n* OK [UIDVALIDITY 8] new\r\nt5 OK [READ-ONLY]\r\n"
        let opened = machine.received(ByteBuffer(string: answer))
        guard case .opened(let second) = opened.first, opened.count == 1 else {
            Issue.record("\(opened)")
            return
        }
        #expect(second.validity == UIDValidity(8) && second.exists == 0)
        // UIDs of before name nothing in a mailbox made anew.
        #expect(machine.fetch([try #require(UID(7))], .whole, in: mailbox) == [.refused(.uidsNotPersistent)])
        #expect(machine.isIdle)
    }

    @Test("a connection cut at any octet never ends a text that is not whole")
    func everyCut() throws {
        let uids = [7, 8, 9].compactMap { UID($0) }
        let answer = "* 1 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n* 3 EXPUNGE\r\n* 2 FETCH (BODY[] {2}\r\nde UID 7)\r\n"
        let whole = Array((answer + "* 1 FETCH (UID 8 BODY[] \"f\")\r\nt3 OK\r\n").utf8)
        for cut in 0...whole.count {
            var (machine, mailbox) = try Self.opened()
            _ = machine.fetch(uids, .whole, in: mailbox)
            let actions = machine.received(ByteBuffer(bytes: whole[..<cut]))
            let texts = Self.texts(of: actions)
            #expect(texts.allSatisfy { ["9abc", "7de", "8f"].contains($0) })
            #expect(actions.contains(.fetchEnded) == (cut == whole.count))
            #expect(cut < whole.count || texts == ["9abc", "7de", "8f"])
            #expect(machine.disconnected() == [.refused(.disconnected), .close])
        }
    }

    @Test(
        "many texts, in whatever order and cut they come, are each its own message's",
        arguments: 0..<20 as Range<UInt64>
    )
    func anyOrder(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let uids = (7...60).compactMap { UID($0) }.shuffled(using: &generator)
        var octets: [UInt8] = []
        var expected: [String] = []
        for uid in uids.shuffled(using: &generator) {
            let text = String(repeating: "<\(uid.value)>)\r\n", count: Int.random(in: 0...9, using: &generator))
            let literal = "BODY[] {\(text.utf8.count)}\r\n\(text)"
            let news = [
                "", "* 9 EXISTS\r\n", "* 1 FETCH (FLAGS (\\Seen))\r\n", "* 1 FETCH (UID 3 BODY[] {1}\r\nx)\r\n",
            ]
            octets += Array((news.randomElement(using: &generator) ?? "").utf8)
            let isNamedFirst = Bool.random(using: &generator)
            octets += Array((isNamedFirst ? "* 1 FETCH (UID \(uid.value) " : "* 1 FETCH (").utf8)
            octets += Array((literal + (isNamedFirst ? ")\r\n" : " UID \(uid.value))\r\n")).utf8)
            expected.append("\(uid.value)" + text)
        }
        var (machine, mailbox) = try Self.opened()
        _ = machine.fetch(uids, .whole, in: mailbox)
        var actions: [ClientAction] = []
        for piece in Cuts.random(octets + Array("t3 OK\r\n".utf8), longest: 70, using: &generator) {
            actions += machine.received(ByteBuffer(bytes: piece))
        }
        #expect(Self.texts(of: actions) == expected && actions.last == .fetchEnded)
    }

    /// UID and text of each body that was told to be whole.
    private static func texts(of actions: [ClientAction]) -> [String] {
        var texts: [String] = []
        var text = ""
        for action in actions {
            switch action {
            case .bodyBegan: text = ""
            case .bodyPiece(let piece): text += String(decoding: piece.readableBytesView, as: UTF8.self)
            case .bodyEnded(let uid): texts.append("\(uid.value)" + text)
            default: break
            }
        }
        return texts
    }
}

extension Sample {
    /// Begins behind the opening.
    static func opened(_ description: String, _ rest: String) -> Sample {
        Sample(description, Sample.opening + rest)
    }
}
