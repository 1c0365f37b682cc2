import IMAP
import Testing

import class Linux.Secret
import struct NIOCore.ByteBuffer

@Suite("Mechanisms of a login")
struct MechanismTests {
    @Test(
        "go as written, in lines and octet by octet",
        arguments: scramSamples + choiceSamples + tokenSamples,
        [false, true]
    )
    func mechanisms(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }

    @Test(
        "a line cut at any octet of a login opens nothing, and is told once",
        arguments: scramSamples + choiceSamples + tokenSamples
    )
    func cuts(_ sample: Sample) throws {
        let lines = Conversation.lines(sample.script)
        let exchange = Array(lines.prefix { !$0.hasPrefix("S: t1 ") })
        for last in exchange.indices where exchange[last].hasPrefix("S:") {
            let whole = exchange[...last].joined(separator: "\n")
            for cut in 1...exchange[last].count {
                let script = String(whole.dropLast(cut))
                guard !script.hasSuffix("S") else { continue }
                var machine = sample.machine
                let actions = try Conversation.cut(script, &machine)
                let ends = actions.filter { $0 == .close }
                #expect(ends.count == 1 && actions.last == .close, "\(script)")
                let refusals = actions.filter { if case .refused = $0 { true } else { false } }
                #expect(refusals.count == 1, "\(script)")
                #expect(!actions.contains { if case .opened = $0 { true } else { false } })
            }
        }
    }

    @Test(
        "a token that could end its field is refused before anything is sent",
        arguments: ["", "a b", "a\u{1}auth=Bearer x", "a\r\nb", "ä", String(repeating: "x", count: 8_193)]
    )
    func tokens(token: String) {
        var machine = Conversation.machine(token: token)
        #expect(machine.connected() == [.refused(.credentials), .close])
    }

    @Test("a token too long for one line waits for a plus", arguments: [5_000, 8_192])
    func longTokens(length: Int) {
        var machine = Conversation.machine(token: String(repeating: "x", count: length))
        _ = machine.connected()
        let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi\r\n"
        let first = machine.received(ByteBuffer(string: greeting)).lengths
        let second = machine.received(ByteBuffer(string: "+ \r\n")).lengths
        let response = (length + 22 + 2) / 3 * 4 + 2
        #expect(length == 5_000 ? first == [response + 24] && second == [2] : first == [25] && second == [response])
    }

    @Test("no token shows in the machine, at any moment")
    func secrets() {
        var machine = Conversation.machine(token: "s3cr3t-t0ken")
        _ = machine.connected()
        var text = ""
        for octets in ["* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] hi\r\n", "+ \r\n", "t1 NO [ALERT] s3cr3t-t0ken\r\n"] {
            for action in machine.received(ByteBuffer(string: octets)) {
                if case .send = action { continue }
                text += "\(action)"
            }
            dump(machine, to: &text)
        }
        #expect(!text.contains("s3cr3t"))
    }

    @Test("sums that come late, or were not asked for, send nothing")
    func lateSums() {
        let proof = SCRAMProof(clientProof: Secret([1]), serverSignature: Secret([2]))
        var machine = Conversation.machine()
        #expect(machine.scramComputed(proof) == [])
        _ = machine.connected()
        #expect(machine.scramComputed(proof) == [])
        _ = machine.received(ByteBuffer(string: "* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256] hi\r\n"))
        #expect(machine.scramComputed(proof) == [])
        _ = machine.disconnected()
        #expect(machine.scramComputed(proof) == [])
    }
}

extension [ClientAction] {
    /// Of what is sent, each in octets.
    fileprivate var lengths: [Int] {
        self.compactMap { if case .send(let octets) = $0 { octets.readableBytes } else { nil } }
    }
}
