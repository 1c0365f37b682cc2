import Linux
import POP3
import TestSupport
import Testing

@Suite("SASLDialogue")
struct SASLTests {
    /// The encoder of the tests, apart from the decoder under test.
    private static func base64(_ octets: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var bits = octets.flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 } }
        while !bits.count.isMultiple(of: 6) { bits.append(0) }
        for start in stride(from: 0, to: bits.count, by: 6) {
            text.append(alphabet[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }])
        }
        while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return text
    }

    private static func base64(_ text: String) -> [UInt8] { self.base64(Array(text.utf8)) }

    private static let refused = SASLDialogue.Outcome.failed(.err(.auth, "authentication failed"))
    private static let undecodable = SASLDialogue.Outcome.failed(.err(nil, "invalid base64"))
    private static let accepted = SASLDialogue.Outcome.credentials(
        name: Array("bob".utf8),
        password: Secret(Array("s3cret ".utf8))
    )

    @Test("PLAIN with and without an initial response")
    func plain() throws {
        let response = Self.base64("\0bob\0s3cret ")
        var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        #expect(dialogue.begin(initialResponse: Secret(response)) == Self.accepted)
        dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        #expect(dialogue.begin(initialResponse: nil) == .challenge(""))
        #expect(dialogue.respond(response) == Self.accepted)
        dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        #expect(dialogue.begin(initialResponse: Secret([UInt8(ascii: "=")])) == Self.refused)
    }

    @Test("LOGIN with and without an initial response")
    func login() throws {
        var dialogue = try #require(SASLDialogue(mechanism: "LOGIN"))
        #expect(dialogue.begin(initialResponse: nil) == .challenge("VXNlcm5hbWU6"))
        #expect(dialogue.respond(Self.base64(" bob ")) == .challenge("UGFzc3dvcmQ6"))
        #expect(dialogue.respond(Self.base64("s3cret ")) == Self.accepted)
        dialogue = try #require(SASLDialogue(mechanism: "LOGIN"))
        #expect(dialogue.begin(initialResponse: Secret(Self.base64("bob"))) == .challenge("UGFzc3dvcmQ6"))
        #expect(dialogue.respond(Self.base64("s3cret ")) == Self.accepted)
        #expect(SASLDialogue(mechanism: "NTLM") == nil)
    }

    @Test("a star cancels at every step (RFC 5034 §4), and nothing is taken afterwards")
    func cancel() throws {
        for steps in 0...1 {
            var dialogue = try #require(SASLDialogue(mechanism: "LOGIN"))
            _ = dialogue.begin(initialResponse: nil)
            if steps == 1 { _ = dialogue.respond(Self.base64("bob")) }
            #expect(dialogue.respond([UInt8(ascii: "*")]) == .cancelled)
            #expect(dialogue.respond(Self.base64("s3cret")) == .failed(SASLDialogue.cancelledReply))
        }
    }

    @Test(
        "what is not base64 is refused, and not as wrong credentials",
        arguments: [
            "A", "AA", "AAA", "AAA ", "AA==AAAA", "A===", "====", "AB==", "AAB=", "AA=A", "AAAA\u{0}", "é+AA", "=",
            "AA\r=",
        ]
    )
    func notBase64(text: String) throws {
        var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        _ = dialogue.begin(initialResponse: nil)
        #expect(dialogue.respond(Array(text.utf8)) == Self.undecodable)
    }

    @Test(
        "PLAIN takes three fields, no other authzid, and nothing that a literal could not carry",
        arguments: [
            "", "bob\0s3cret", "\0bob\0s3cret\0", "eve\0bob\0s3cret", "\0\0s3cret", "\0bob\0", "\0bob\0a\rb",
            "\0bob\0a\nb",
            "\0bo\u{1}b\0s3cret", "\0   \0s3cret",
        ]
    )
    func badPlain(response: String) throws {
        var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        _ = dialogue.begin(initialResponse: nil)
        #expect(dialogue.respond(Self.base64(response)) == Self.refused)
    }

    @Test("an authzid equal to the name is nobody else; fields of 255 octets fit (RFC 2595 §6)")
    func sameAuthzid() throws {
        let name = [UInt8](repeating: 0x6E, count: 255)
        let password = [UInt8](repeating: 0xE9, count: 1_000)
        var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        let response = Secret(Self.base64(name + [0] + name + [0] + password))
        #expect(dialogue.begin(initialResponse: response) == .credentials(name: name, password: Secret(password)))
    }

    @Test("LOGIN refuses NUL, CR and LF in name and password")
    func badLogin() throws {
        for octet in [0x00, 0x0A, 0x0D] as [UInt8] {
            var dialogue = try #require(SASLDialogue(mechanism: "LOGIN"))
            _ = dialogue.begin(initialResponse: nil)
            #expect(dialogue.respond(Self.base64([0x61, octet, 0x62])) == Self.refused)
            dialogue = try #require(SASLDialogue(mechanism: "LOGIN"))
            _ = dialogue.begin(initialResponse: Secret(Self.base64("bob")))
            #expect(dialogue.respond(Self.base64([0x61, octet, 0x62])) == Self.refused)
        }
    }

    @Test("a line too long ends the dialogue")
    func tooLong() throws {
        var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
        _ = dialogue.begin(initialResponse: nil)
        #expect(dialogue.lineTooLong() == .failed(SyntaxError.lineTooLong.reply))
        #expect(dialogue.respond(Self.base64("\0bob\0s3cret ")) == .failed(SASLDialogue.cancelledReply))
    }

    @Test("passwords of all lengths and octets come through, and noise never traps", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for length in 1...40 {
            let password = generator.octets(count: length, from: Array(1...9) + Array(14...255))
            var dialogue = try #require(SASLDialogue(mechanism: "PLAIN"))
            let outcome = dialogue.begin(initialResponse: Secret(Self.base64([0, 0x61, 0] + password)))
            #expect(outcome == .credentials(name: [0x61], password: Secret(password)))
            var noisy = try #require(SASLDialogue(mechanism: "LOGIN"))
            _ = noisy.respond(generator.octets(count: length, from: Array("AZaz09+/=\r\0".utf8)))
        }
    }
}
