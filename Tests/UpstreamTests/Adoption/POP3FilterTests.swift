import NIOCore
import NIOEmbedded
import TestSupport
import Testing
import Upstream

@Suite("POP3Filter")
struct POP3FilterTests {
    static let allowed = [
        "CAPA", "STLS", "STAT", "LIST", "UIDL", "QUIT", "USER a b", "PASS ä \"x", "TOP 1 0", "TOP 4294967295 0",
    ]

    static let forbidden = [
        "RETR 1", "DELE 1", "TOP 1 1", "TOP 1 00", "TOP 0 0", "TOP 01 0", "TOP 1  0", "TOP 1", "TOP 1 0 0", "TOP -1 0",
        "TOP 12345678901 0", "top 1 0", "retr 1", " RETR 1", "RSET", "NOOP", "LAST", "XTND", "APOP u d", "USER",
        "USER ",
        "PASS", "PASS ", "USER a\tb", "PASS a\0b", "LIST 1", "UIDL 1", "UIDL ", "STAT ", "CAPA x", "AUTH", "AUTH LOGIN",
        "AUTH PLAIN AHUxAHB3", "AHUxAHB3", "", "*",
    ]

    @Test("lets each form of the vocabulary pass, in every cut, and only as a whole line", arguments: allowed)
    func passes(_ line: String) {
        let octets = Array("\(line)\r\n".utf8)
        for pieces in Cuts.usual(octets) {
            var filter = POP3Filter()
            var left: [UInt8] = []
            for piece in pieces {
                guard case .pass(let passed) = filter.check(piece) else {
                    Issue.record("refused \(line)")
                    return
                }
                #expect(passed.isEmpty || passed == octets)
                left += passed
            }
            #expect(left == octets)
        }
    }

    @Test("lets nothing of another command leave, in any cut", arguments: forbidden)
    func refuses(_ line: String) {
        for pieces in Cuts.usual(Array("\(line)\r\n".utf8)) {
            var filter = POP3Filter()
            var isRefused = false
            for piece in pieces {
                switch filter.check(piece) {
                case .pass(let passed): #expect(passed.isEmpty)
                case .refuse: isRefused = true
                }
            }
            #expect(isRefused, "\(line)")
            #expect(filter.check(Array("CAPA\r\n".utf8)) == .refuse("closed"))
        }
    }

    @Test("a SASL response passes after the server's +, and nothing else does")
    func response() {
        var filter = POP3Filter()
        #expect(filter.check(Array("AUTH PLAIN\r\n".utf8)) == .pass(Array("AUTH PLAIN\r\n".utf8)))
        var early = filter
        #expect(early.check(Array("AHUxAHB3\r\n".utf8)) == .refuse("octets before the server asked for the response"))
        filter.heard(Array("+ \r\n".utf8))
        var planted = filter
        #expect(planted.check(Array("DELE 1\r\n".utf8)) == .refuse("a SASL response that is not base64"))
        #expect(filter.check(Array("AHUxAHB3\r\n".utf8)) == .pass(Array("AHUxAHB3\r\n".utf8)))
        #expect(filter.check(Array("AHUxAHB3\r\n".utf8)) == .refuse("a command outside the vocabulary"))
        #expect(filter.takeTranscript() == ["AUTH PLAIN", "•••"])
        for answer in ["+OK\r\n", "-ERR\r\n"] {
            var refused = POP3Filter()
            _ = refused.check(Array("AUTH PLAIN\r\n".utf8))
            refused.heard(Array(answer.utf8))
            #expect(refused.check(Array("AHUxAHB3\r\n".utf8)) == .refuse("a command outside the vocabulary"))
        }
    }

    @Test("a line without end and a bare line feed are refused; secrets stay out of the transcript")
    func lines() {
        var endless = POP3Filter()
        #expect(
            endless.check(Array("USER ".utf8) + Array(repeating: 65, count: 3_000)) == .refuse("a line without end")
        )
        var bare = POP3Filter()
        #expect(bare.check(Array("STAT\n".utf8)) == .refuse("a bare line feed"))
        var filter = POP3Filter()
        _ = filter.check(Array("USER alice\r\nPASS secret\r\nTOP 7 0\r\n".utf8))
        #expect(filter.takeTranscript() == ["USER •••", "PASS •••", "TOP 7 0"])
    }

    @Test("a planted command never leaves: the connection closes and the operator hears of it once")
    func planted() throws {
        var alarms: [String] = []
        let channel = EmbeddedChannel(handler: POP3Guard { alarms.append($0) })
        try channel.writeOutbound(ByteBuffer(string: "STAT\r\n"))
        #expect(throws: GuardRefusal.self) { try channel.writeOutbound(ByteBuffer(string: "RETR 1\r\nSTAT\r\n")) }
        _ = try? channel.writeOutbound(ByteBuffer(string: "DELE 1\r\n"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "STAT\r\n"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(alarms == ["a command outside the vocabulary"])
        _ = try? channel.finish()
    }
}
