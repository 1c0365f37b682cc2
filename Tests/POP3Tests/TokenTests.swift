import FoundationEssentials
import Linux
import POP3
import TestSupport
import Testing

@Suite("SASLDialogue with access tokens")
struct TokenTests {
    private static func base64(_ text: String) -> [UInt8] { Array(Data(text.utf8).base64EncodedString().utf8) }

    private static let refused = SASLDialogue.Outcome.failed(.err(.auth, "authentication failed"))

    private static func token(_ name: String, _ token: String) -> SASLDialogue.Outcome {
        .token(name: Array(name.utf8), token: Secret(token.utf8))
    }

    static let good: [(String, String, String, String)] = [
        (
            "XOAUTH2", "user=bob@x.example\u{1}auth=Bearer ya29.A-b_c~d+/==\u{1}\u{1}", "bob@x.example",
            "ya29.A-b_c~d+/=="
        ),
        ("XOAUTH2", "user= bob \u{1}auth=bearer  t\u{1}\u{1}", "bob", "t"),
        ("OAUTHBEARER", "n,a=bob#pc,\u{1}host=pop.x\u{1}port=995\u{1}auth=Bearer t\u{1}\u{1}", "bob#pc", "t"),
        ("OAUTHBEARER", "y,a=b=2Co=3Db,\u{1}auth=BEARER t\u{1}\u{1}", "b,o=b", "t"),
    ]

    @Test("with and without an initial response", arguments: good)
    func token(mechanism: String, response: String, name: String, token: String) throws {
        var dialogue = try #require(SASLDialogue(mechanism: mechanism))
        #expect(dialogue.begin(initialResponse: Secret(Self.base64(response))) == Self.token(name, token))
        #expect(dialogue.respond(Self.base64(response)) == .failed(SASLDialogue.cancelledReply))
        dialogue = try #require(SASLDialogue(mechanism: mechanism))
        #expect(dialogue.begin(initialResponse: nil) == .challenge(""))
        #expect(dialogue.respond(Self.base64(response)) == Self.token(name, token))
        dialogue = try #require(SASLDialogue(mechanism: mechanism))
        #expect(dialogue.begin(initialResponse: nil) == .challenge(""))
        #expect(dialogue.respond([UInt8(ascii: "*")]) == .cancelled)
    }

    static let bad = [
        ("XOAUTH2", ""), ("XOAUTH2", "user=bob"), ("XOAUTH2", "user=bob\u{1}auth=Bearer t"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer t\u{1}"), ("XOAUTH2", "user=bob\u{1}\u{1}"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer \u{1}\u{1}"), ("XOAUTH2", "user=bob\u{1}auth=Basic t\u{1}\u{1}"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer t u\u{1}\u{1}"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer t\u{1}\u{1}\u{1}x"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer t\u{1}auth=Bearer u\u{1}\u{1}"),
        ("XOAUTH2", "user=\u{1}auth=Bearer t\u{1}\u{1}"), ("XOAUTH2", "user=b\nb\u{1}auth=Bearer t\u{1}\u{1}"),
        ("XOAUTH2", "user=bob\u{1}auth=Bearer t\r\n\u{1}\u{1}"), ("XOAUTH2", "user=bob\u{1}auth=Bearer ü\u{1}\u{1}"),
        ("XOAUTH2", "n,a=bob,\u{1}auth=Bearer t\u{1}\u{1}"), ("XOAUTH2", "\u{1}"),
        ("OAUTHBEARER", "user=bob\u{1}auth=Bearer t\u{1}\u{1}"), ("OAUTHBEARER", "n,,\u{1}auth=Bearer t\u{1}\u{1}"),
        ("OAUTHBEARER", "p=tls-unique,a=bob,\u{1}auth=Bearer t\u{1}\u{1}"),
        ("OAUTHBEARER", "n,a=b=bob,\u{1}auth=Bearer t\u{1}\u{1}"),
        ("OAUTHBEARER", "n,a=b=2,\u{1}auth=Bearer t\u{1}\u{1}"),
        ("OAUTHBEARER", "n,a=b,o,\u{1}auth=Bearer t\u{1}\u{1}"), ("OAUTHBEARER", "n,a=bob\u{1}auth=Bearer t\u{1}\u{1}"),
    ]

    @Test("anything else is refused like a wrong token", arguments: bad)
    func refused(mechanism: String, response: String) throws {
        var dialogue = try #require(SASLDialogue(mechanism: mechanism))
        _ = dialogue.begin(initialResponse: nil)
        #expect(dialogue.respond(Self.base64(response)) == Self.refused)
    }

    @Test("a token of 8 KiB is taken, and a longer one is none")
    func longest() throws {
        for (length, isTaken) in [(8_192, true), (8_193, false)] {
            let token = String(repeating: "t", count: length)
            var dialogue = try #require(SASLDialogue(mechanism: "XOAUTH2"))
            let outcome = dialogue.begin(
                initialResponse: Secret(Self.base64("user=bob\u{1}auth=Bearer \(token)\u{1}\u{1}"))
            )
            #expect(outcome == (isTaken ? Self.token("bob", token) : Self.refused))
        }
    }

    @Test("noise never traps", arguments: 0..<20 as Range<UInt64>)
    func noise(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for length in 0...60 {
            for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
                var dialogue = try #require(SASLDialogue(mechanism: mechanism))
                let octets = generator.octets(
                    count: length,
                    from: Array("n,a=user=auth=Bearer 2C3D\u{1}\u{1}\u{1}\r\0".utf8)
                )
                _ = dialogue.begin(initialResponse: Secret(Array(Data(octets).base64EncodedString().utf8)))
            }
        }
    }
}
