/// What the page and the report say in one language: sentences by key, with `{name}` where a value goes. A further
/// language is one file like `Texts+English.swift`, and its name in `all`.
package struct Texts: Sendable {
    /// As browsers ask for it, and as the page's switch names it.
    package let code: String
    package let name: String
    private let sentences: [String: String]

    package static let all = [Texts.english, .japanese]

    /// One key stands in one section alone.
    package init(code: String, name: String, _ sections: [String: String]...) {
        self.code = code
        self.name = name
        self.sentences = sections.reduce(into: [:]) { all, section in all.merge(section) { first, _ in first } }
    }

    /// Those of `language`; English where nobody has written them yet.
    package static func of(_ language: Language) -> Texts {
        self.all.first { $0.code == language.rawValue } ?? .english
    }

    package var keys: Set<String> { Set(self.sentences.keys) }

    package func says(_ key: String) -> Bool { self.sentences[key] != nil }

    /// The sentence, or its key where there is none: a person at least sees what is missing. Values stand as they are:
    /// whoever prints them escapes them.
    package func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        guard let sentence = self.sentences[key] ?? Texts.english.sentences[key] else { return key }
        guard !values.isEmpty else { return sentence }
        var result = ""
        var rest = sentence[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            result += rest[..<open]
            result += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
