import Report
import Testing

@Suite("Languages")
struct LanguageTests {
    @Test(
        "follow the first of LC_ALL, LC_MESSAGES, LANG that says something",
        arguments: [
            (["LANG": "ja_JP.UTF-8"], Language.japanese), (["LC_ALL": "C", "LANG": "ja_JP.UTF-8"], .english),
            (["LC_ALL": "", "LC_MESSAGES": "ja", "LANG": "C"], .japanese), ([:], .english),
        ]
    )
    func environment(variables: [String: String], language: Language) {
        #expect(Language(environment: variables) == language)
    }
}
