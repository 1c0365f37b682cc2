import Gateway
import TestSupport
import Testing

@Suite("Encoded words")
struct EncodedWordsTests {
    @Test(
        "text and words are taken apart, and blanks between words are dropped (RFC 2047 §6.2)",
        arguments: [
            ("Hello", [nil: "Hello"]),
            ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", ["utf-8": "Grüße"]),
            ("=?utf-8*de?q?a_b?=", ["utf-8": "a b"]),
            ("=?utf-8?B?44GC?= \t =?utf-8?B?44GE?=", ["utf-8": "あい"]),
            ("=?utf-8?B?44E=?==?utf-8?B?gg==?=", ["utf-8": "あ"]),
            ("=?utf-8?B?44GC", [nil: "=?utf-8?B?44GC"]),
            ("=?utf-8?B?44G?=", [nil: "=?utf-8?B?44G?="]),
            ("=?utf-8?X?a?=", [nil: "=?utf-8?X?a?="]),
            ("=??Q?a?=", [nil: "=??Q?a?="]),
            ("=?utf-8?Q?100%=?=", ["utf-8": "100%="]),
            ("=?", [nil: "=?"]),
            ("", [:]),
        ] as [(String, [String?: String])]
    )
    func table(field: String, expected: [String?: String]) {
        let runs = EncodedWords.runs(of: Array(field.utf8))
        #expect(runs.map { [$0.charset: String(decoding: $0.octets, as: UTF8.self)] } == expected.map { [$0: $1] })
    }

    @Test("words of two charsets stay two, and text between them keeps its blanks")
    func mixed() {
        let runs = EncodedWords.runs(of: Array("Re: =?a?Q?x?= =?b?Q?y?= z".utf8))
        #expect(runs.map(\.charset) == [nil, "a", "b", nil])
        #expect(runs.map { String(decoding: $0.octets, as: UTF8.self) } == ["Re: ", "x", "y", " z"])
    }

    @Test("noise never traps, and what is not encoded comes out as it went in")
    func noise() {
        var generator = SeededGenerator(seed: 47)
        let alphabet = Array("=?utf-8BQ?=_ \u{1B}aé".utf8)
        for _ in 0..<20_000 {
            let field = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            let runs = EncodedWords.runs(of: field)
            if runs.allSatisfy({ $0.charset == nil }) { #expect(runs.flatMap(\.octets) == field) }
        }
    }
}
