import TestSupport
import Testing
import Upstream

@Suite("The guard, and logins")
struct GuardedSASLTests {
    struct Dialogue: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Behind the tag.
        let command: String
        /// Each behind a `+` of the server.
        let responses: [String]

        init(_ command: String, _ responses: [String]) {
            self.command = command
            self.responses = responses
            self.testDescription = "\(command) \(responses)"
        }
    }

    static let allowed = [
        Dialogue("AUTHENTICATE PLAIN", ["AHUAcHc="]),
        Dialogue("AUTHENTICATE PLAIN AHUAcHc=", []),
        Dialogue("AUTHENTICATE PLAIN", ["*"]),
        Dialogue("AUTHENTICATE XOAUTH2 dXNlcj1q", [""]),
        Dialogue("AUTHENTICATE XOAUTH2", ["dXNlcj1q", ""]),
        Dialogue("AUTHENTICATE XOAUTH2", ["dXNlcj1q", "*"]),
        Dialogue("AUTHENTICATE OAUTHBEARER bixhPWo=", ["AQ=="]),
        Dialogue("AUTHENTICATE OAUTHBEARER", ["bixhPWo=", "AQ=="]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256 biwsbj11", ["Yz1iaXdz", ""]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256", ["biwsbj11", "Yz1iaXdz", ""]),
        Dialogue("AUTHENTICATE XOAUTH2 " + String(repeating: "A", count: 12_400), []),
        Dialogue("AUTHENTICATE OAUTHBEARER", [String(repeating: "A", count: 12_400)]),
    ]

    /// All that comes before the last is allowed.
    static let forbidden = [
        Dialogue("AUTHENTICATE PLAIN AHUAcHc=", ["AHUAcHc="]),
        Dialogue("AUTHENTICATE PLAIN AHUAcHc=", [""]),
        Dialogue("AUTHENTICATE PLAIN", [""]),
        Dialogue("AUTHENTICATE PLAIN", ["a3 EXPUNGE"]),
        Dialogue("AUTHENTICATE XOAUTH2", [""]),
        Dialogue("AUTHENTICATE XOAUTH2", ["dXNlcj1q", "dXNlcj1q"]),
        Dialogue("AUTHENTICATE XOAUTH2", ["dXNlcj1q", "", ""]),
        Dialogue("AUTHENTICATE XOAUTH2 dXNlcj1q", ["AQ=="]),
        Dialogue("AUTHENTICATE XOAUTH2 dXNlcj1q", ["a3 STORE 1 +FLAGS (x)"]),
        Dialogue("AUTHENTICATE OAUTHBEARER bixhPWo=", [""]),
        Dialogue("AUTHENTICATE OAUTHBEARER", ["bixhPWo=", "AQ==", "AQ=="]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256", ["biwsbj11", ""]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256", ["biwsbj11", "Yz1iaXdz", "Yz1iaXdz"]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256", ["biwsbj11", "Yz1iaXdz", "", ""]),
        Dialogue("AUTHENTICATE SCRAM-SHA-256", ["r=a,b"]),
        Dialogue("AUTHENTICATE XOAUTH2", [String(repeating: "A", count: 30_000)]),
    ]

    static let forbiddenCommands = [
        "AUTHENTICATE", "AUTHENTICATE ", "AUTHENTICATE xoauth2", "AUTHENTICATE XOAUTH2 ", "AUTHENTICATE XOAUTH2  AAAA",
        "AUTHENTICATE XOAUTH2 AAAA AAAA", "AUTHENTICATE XOAUTH2 =", "AUTHENTICATE SCRAM-SHA-256 a-b",
        "AUTHENTICATE SCRAM-SHA-1", "AUTHENTICATE SCRAM-SHA-256-PLUS", "AUTHENTICATE CRAM-MD5",
        "AUTHENTICATE EXTERNAL =",
        "AUTHENTICATE OAUTHBEARER {4+}", "AUTHENTICATE GSSAPI",
    ]

    private static func pass(_ filter: inout ReadOnlyFilter, _ line: String) -> Bool {
        let octets = Array("\(line)\r\n".utf8)
        return filter.check(octets) == .pass(octets)
    }

    @Test("lets each mechanism's exchange pass, octet by octet too, and keeps its secrets", arguments: allowed)
    func passes(_ dialogue: Dialogue) {
        var filter = ReadOnlyFilter()
        var secrets: [String] = []
        for (index, line) in (["a1 " + dialogue.command] + dialogue.responses).enumerated() {
            if index > 0 { filter.heard(Array("+ eyJz\r\n".utf8)) }
            var left: [UInt8] = []
            for piece in Cuts.single(Array("\(line)\r\n".utf8)) {
                guard case .pass(let passed) = filter.check(piece) else {
                    Issue.record("refused \(line.prefix(80))")
                    return
                }
                left += passed
            }
            #expect(left == Array("\(line)\r\n".utf8))
            secrets += line.split(separator: " ").dropFirst(index > 0 ? 0 : 3).map(String.init)
        }
        filter.heard(Array("a1 OK in\r\n".utf8))
        #expect(Self.pass(&filter, "a2 NOOP"))
        let transcript = filter.takeTranscript()
        let mechanism = dialogue.command.split(separator: " ")[1]
        #expect(transcript.first == "a1 AUTHENTICATE \(mechanism) •••" && transcript.last == "a2 NOOP")
        #expect(transcript.count == dialogue.responses.count + 2)
        for secret in secrets where secret != "*" { #expect(!transcript.joined().contains(secret)) }
    }

    @Test("stops at a response too many, or of another form", arguments: forbidden)
    func refuses(_ dialogue: Dialogue) {
        var filter = ReadOnlyFilter()
        #expect(Self.pass(&filter, "a1 " + dialogue.command))
        for (index, line) in dialogue.responses.enumerated() {
            filter.heard(Array("+ eyJz\r\n".utf8))
            let passed = Self.pass(&filter, line)
            #expect(passed == (index < dialogue.responses.count - 1), "\(line.prefix(80))")
        }
        #expect(!Self.pass(&filter, "a2 NOOP"))
    }

    @Test("a response waits for the server's plus", arguments: allowed)
    func waits(_ dialogue: Dialogue) {
        for asked in dialogue.responses.indices {
            var filter = ReadOnlyFilter()
            #expect(Self.pass(&filter, "a1 " + dialogue.command))
            for line in dialogue.responses[..<asked] {
                filter.heard(Array("+ \r\n".utf8))
                #expect(Self.pass(&filter, line))
            }
            filter.heard(Array("* OK still here\r\n".utf8))
            #expect(!Self.pass(&filter, dialogue.responses[asked]))
        }
    }

    @Test("knows no other mechanism, and no other form", arguments: forbiddenCommands)
    func commands(_ command: String) {
        var filter = ReadOnlyFilter()
        #expect(filter.check(Array("a1 \(command)\r\n".utf8)) == .refuse("a command outside the vocabulary"))
    }
}
