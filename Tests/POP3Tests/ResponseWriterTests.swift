import NIOCore
import POP3
import TestSupport
import Testing

@Suite("Response on the wire")
struct ResponseWriterTests {
    private static func written(_ response: Response) -> String {
        var buffer = ByteBuffer()
        response.write(into: &buffer)
        return String(buffer: buffer)
    }

    @Test("every form")
    func forms() {
        #expect(Self.written(.ok("Logged in")) == "+OK Logged in\r\n")
        #expect(Self.written(.ok("")) == "+OK\r\n")
        #expect(Self.written(.err(nil, "no such message")) == "-ERR no such message\r\n")
        #expect(Self.written(.err(.sysTemp, "please wait")) == "-ERR [SYS/TEMP] please wait\r\n")
        #expect(Self.written(.challenge("")) == "+ \r\n")
        #expect(Self.written(.challenge("VXNlcm5hbWU6")) == "+ VXNlcm5hbWU6\r\n")
        #expect(Self.written(.lines("", [])) == "+OK\r\n.\r\n")
        #expect(Self.written(.lines("list", ["a", ".b", ""])) == "+OK list\r\na\r\n..b\r\n\r\n.\r\n")
    }

    @Test("free text never looks like a response code (RFC 2449 §8)")
    func noFalseCode() {
        #expect(Self.written(.ok("[AUTH] x")) == "+OK (AUTH] x\r\n")
        #expect(Self.written(.err(nil, "[x")) == "-ERR (x\r\n")
    }

    @Test(
        "a line is cut to 512 octets and holds printable ASCII alone, whatever the text",
        arguments: 0..<10 as Range<UInt64>
    )
    func bounded(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let text = String(decoding: generator.octets(count: 600), as: UTF8.self)
        for response in [Response.ok(text), .err(.auth, text), .err(nil, text), .challenge(text)] {
            let line = Array(Self.written(response).utf8)
            #expect(line.count == Response.longestLine)
            #expect(line.dropLast(2).allSatisfy { (0x20...0x7E).contains($0) })
            #expect(line.suffix(2) == [0x0D, 0x0A])
        }
    }

    @Test("every syntax error is answered with -ERR", arguments: SyntaxError.allCases)
    func syntaxErrors(error: SyntaxError) { #expect(Self.written(error.reply).hasPrefix("-ERR ")) }

    @Test("CAPA says what is permitted now")
    func capabilities() {
        let always = ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER"]
        var list = CapabilityList(stlsAllowed: true, loginAllowed: false, inTransaction: false)
        #expect(list.tags == always + ["STLS"])
        list.stlsAllowed = false
        list.loginAllowed = true
        #expect(list.tags == always + ["USER", "SASL PLAIN LOGIN XOAUTH2 OAUTHBEARER"])
        list.stlsAllowed = true
        list.inTransaction = true
        #expect(list.tags == always + ["USER", "SASL PLAIN LOGIN XOAUTH2 OAUTHBEARER", "IMPLEMENTATION Leavecopy"])
        list.expire = .days(0)
        #expect(list.tags.contains("EXPIRE 1"))
        list.expire = .daysOfSome(30)
        #expect(list.tags.contains("EXPIRE 30 USER"))
        #expect(
            CapabilityList.mechanismList(loginAllowed: true)
                == .lines("", ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"])
        )
        #expect(CapabilityList.mechanismList(loginAllowed: false) == .lines("", []))
    }
}
