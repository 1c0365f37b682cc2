import Report
import Testing

@Suite("Texts")
struct TextsTests {
    @Test("say the same things in each language, with the same values in them", arguments: Texts.all.map(\.code))
    func complete(code: String) throws {
        let texts = try #require(Texts.all.first { $0.code == code })
        let english = try #require(Texts.all.first { $0.code == "en" })
        #expect(texts.keys == english.keys)
        for key in english.keys {
            #expect(Self.names(in: texts(key)) == Self.names(in: english(key)), "\(key)")
        }
    }

    @Test("take values as they are, and leave what they are not given")
    func values() {
        let texts = Texts(code: "xx", name: "X", ["a": "{device} asked for {count}, {device}"])
        #expect(texts("a", ["device": "{count}", "count": "3"]) == "{count} asked for 3, {count}")
        #expect(texts("a", ["count": "3"]) == "{device} asked for 3, {device}")
        #expect(texts("none") == "none")
    }

    private static func names(in sentence: String) -> Set<Substring> {
        Set(
            sentence.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
                $0.split(separator: "}").first
            }
        )
    }
}
