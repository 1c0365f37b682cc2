import Linux
import POP3
import TestSupport
import Testing

@Suite("CommandParser")
struct CommandParserTests {
    private static func parse(_ line: some Sequence<UInt8>) -> Result<Command, SyntaxError> {
        do throws(SyntaxError) { return .success(try CommandParser.parse(Array(line))) } catch {
            return .failure(error)
        }
    }

    private static func number(_ value: Int) throws -> MessageNumber { try #require(MessageNumber(value)) }

    @Test(
        "commands without arguments, in any case; what follows some of them is tolerated",
        arguments: [
            ("STAT", Command.stat), ("sTaT  ", .stat), ("STAT extra", .stat), ("QUIT", .quit), ("QUIT extra", .quit),
            ("NOOP x", .noop), ("rset", .rset), ("CAPA", .capa), ("STLS", .stls), ("LIST", .list(nil)),
            ("UIDL  ", .uidl(nil)), ("AUTH", .auth(mechanism: nil, initialResponse: nil)),
        ]
    )
    func bare(line: String, command: Command) { #expect(Self.parse(line.utf8) == .success(command)) }

    @Test("message numbers")
    func messageNumbers() throws {
        let one = try Self.number(1)
        #expect(Self.parse("LIST 1".utf8) == .success(.list(one)))
        #expect(Self.parse("LIST 0000001 ".utf8) == .success(.list(one)))
        #expect(Self.parse("UIDL   01".utf8) == .success(.uidl(one)))
        #expect(Self.parse("DELE 1".utf8) == .success(.dele(one)))
        #expect(Self.parse("RETR 4294967297".utf8) == .success(.retr(try Self.number(4_294_967_297))))
        #expect(Self.parse("TOP 1 0".utf8) == .success(.top(one, lines: 0)))
        #expect(Self.parse("top 1 2147483647".utf8) == .success(.top(one, lines: 2_147_483_647)))
        #expect(Self.parse("TOP 1 18446744073709551616".utf8) == .success(.top(one, lines: Int.max)))
    }

    @Test(
        "what is no command is an error",
        arguments: [
            ("", SyntaxError.emptyLine), ("   ", .emptyLine), (" STAT", .unknownCommand), ("\tSTAT", .unknownCommand),
            ("RETR\t1", .unknownCommand), ("ST\u{0}AT", .unknownCommand), ("STÄT", .unknownCommand),
            ("FOO", .unknownCommand), ("RETR", .badArgument), ("RETR  ", .badArgument), ("RETR 0", .badMessageNumber),
            ("RETR -1", .badMessageNumber), ("RETR +1", .badMessageNumber), ("RETR 1x", .badMessageNumber),
            ("RETR 1\u{0}", .badMessageNumber), ("RETR 99999999999999999999", .badMessageNumber),
            ("RETR 18446744073709551617", .badMessageNumber), ("RETR 9223372036854775808", .badMessageNumber),
            ("DELE 1 2", .badArgument), ("LIST 1 2", .badArgument), ("TOP 1", .badArgument), ("TOP 1 x", .badArgument),
            ("TOP 1 -1", .badArgument), ("TOP 1 2 3", .badArgument), ("TOP 0 1", .badMessageNumber),
            ("STLS now", .badArgument), ("USER", .badArgument), ("USER   ", .badArgument),
            ("USER a\u{0}b", .badArgument), ("USER a\u{1B}b", .badArgument), ("PASS a\u{0}b", .badArgument),
            ("PASS a\rb", .badArgument), ("AUTH PLAIN a b", .badArgument), ("AUTH PL@IN", .badArgument),
        ]
    )
    func errors(line: String, error: SyntaxError) { #expect(Self.parse(line.utf8) == .failure(error)) }

    @Test("a name loses the spaces around it and keeps those inside, and may be 8-bit")
    func names() {
        #expect(Self.parse("USER  a b@c+d#e  ".utf8) == .success(.user(name: Array("a b@c+d#e".utf8))))
        #expect(Self.parse(Array("USER ".utf8) + [0xE4, 0xFF]) == .success(.user(name: [0xE4, 0xFF])))
        let long = String(repeating: "x", count: 300)
        #expect(Self.parse("USER \(long)".utf8) == .success(.user(name: Array(long.utf8))))
    }

    @Test(
        "PASS takes the rest of the line whole (RFC 1939 §7)",
        arguments: ["", " ", " a  b ", "\"\\{3}%s", "pässword"]
    )
    func passwords(password: String) {
        #expect(Self.parse("PASS \(password)".utf8) == .success(.pass(Secret(Array(password.utf8)))))
    }

    @Test("PASS alone is an empty password, which the session refuses")
    func noPassword() { #expect(Self.parse("pass".utf8) == .success(.pass(Secret([])))) }

    @Test("AUTH gives the mechanism in upper case and the response as it came")
    func auth() {
        let response = Secret(Array("AGEAYg==".utf8))
        #expect(
            Self.parse("auth plain AGEAYg==".utf8) == .success(.auth(mechanism: "PLAIN", initialResponse: response))
        )
        #expect(Self.parse("AUTH LOGIN =".utf8) == .success(.auth(mechanism: "LOGIN", initialResponse: Secret([0x3D]))))
        let kerberos = Command.auth(mechanism: "KERBEROS_V4", initialResponse: nil)
        #expect(Self.parse("AUTH KERBEROS_V4 ".utf8) == .success(kerberos))
    }

    @Test(
        "commands that old clients try are known and refused",
        arguments: ["LAST", "apop a b", "RPOP x", "XTND XMIT", "XSENDER 1", "*ENV 1", "UTF8", "LANG *", "HELP"]
    )
    func unsupported(line: String) { #expect(Self.parse(line.utf8) == .success(.unsupported)) }

    @Test(
        "another protocol is recognised by its first line",
        arguments: [
            "GET / HTTP/1.1", "post / HTTP/1.1", "PRI * HTTP/2.0", "OPTIONS *", "CONNECT a:1", "SSH-2.0-x",
            "PROXY TCP4 1.2.3.4 5.6.7.8 1 2", "\u{16}\u{3}\u{1}", "HEAD", "DELETE /x",
        ]
    )
    func foreign(line: String) { #expect(Self.parse(line.utf8) == .failure(.foreignProtocol)) }

    @Test("no random line traps, and none is answered with its own octets", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let starts = ["", "RETR ", "TOP 1 ", "AUTH ", "USER ", "LIST 00", "PASS "]
        for _ in 0..<200 {
            let start = starts.randomElement(using: &generator) ?? ""
            let line = Array(start.utf8) + generator.octets(count: Int.random(in: 0...24, using: &generator))
            switch Self.parse(line) {
            case .success(.retr(let number)), .success(.top(let number, _)): #expect(number.value >= 1)
            case .success(.user(let name)): #expect(!name.isEmpty)
            case .success, .failure: break
            }
        }
    }
}
