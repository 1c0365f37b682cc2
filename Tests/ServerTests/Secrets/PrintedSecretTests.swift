import Gateway
import Linux
import Testing

@testable import Server

@Suite("What a secret's source may say")
struct PrintedSecretTests {
    private static func password(_ text: String) -> PrintedSecret? { .password(Secret(Array(text.utf8))) }
    private static func token(_ text: String) -> PrintedSecret? { .token(Secret(Array(text.utf8))) }

    @Test(
        "a password is the first line, without its end",
        arguments: [
            ("secret", "secret"), ("secret\n", "secret"), ("secret\r\nand a remark\n", "secret"), (" a b ", " a b "),
            ("{\"a\"}", "{\"a\"}"), ("pässword\n", "pässword"), (String(repeating: "x", count: 8_192), nil as String?),
        ]
    )
    func passwords(_ output: String, _ password: String?) {
        let expected = LoginSecret.password(Secret(Array((password ?? output).utf8)))
        #expect(Self.password(output) == PrintedSecret(secret: expected, lifetime: nil))
    }

    @Test(
        "what is empty, too long or has control characters is none",
        arguments: ["", "\n", "\r\n", "\nsecret", "a\tb", "a\u{7F}", "a\0", String(repeating: "x", count: 8_193)]
    )
    func noPasswords(_ output: String) { #expect(Self.password(output) == nil) }

    @Test("a token is a line of b64token (RFC 6750 §2.1)", arguments: ["ya29.a0-_~+/Z==", "x", "x\n", "x\r\nrest"])
    func tokens(_ output: String) {
        let line = output.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        #expect(Self.token(output) == PrintedSecret(secret: .token(Secret(Array(line.utf8))), lifetime: nil))
    }

    @Test(
        "a token with anything else is none",
        arguments: [
            "", "\n", "a b", "Bearer abc", "=", "a=b", "a\u{1}", "é", "error: no refresh token", "<html>", "{", "{}",
            "{\"access_token\": 5}", "{\"access_token\": \"a b\"}", "[\"x\"]", String(repeating: "x", count: 8_193),
        ]
    )
    func noTokens(_ output: String) { #expect(Self.token(output) == nil) }

    @Test(
        "the JSON of an OAuth server says how long its token is good",
        arguments: [
            ("{\"access_token\": \"abc\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}", 3_599),
            ("  \r\n{\n  \"expires_in\" : \"3599\",\n  \"access_token\" : \"abc\"\n}\n", 3_599),
            ("{\"access_token\": \"abc\"}", nil), ("{\"access_token\": \"abc\", \"expires_in\": null}", nil),
            ("{\"access_token\": \"abc\", \"expires_in\": -5}", 0),
            ("{\"access_token\": \"abc\", \"expires_in\": 1e12}", 31_536_000),
            ("{\"access_token\": \"abc\", \"expires_in\": 1e300}", nil),
        ]
    )
    func answers(_ output: String, _ lifetime: Int64?) {
        #expect(Self.token(output) == PrintedSecret(secret: .token(Secret(Array("abc".utf8))), lifetime: lifetime))
    }
}
