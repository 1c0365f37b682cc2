/// A sentence with `{name}` where values stand, read backwards: which values make a given text of it. It works on octets, since
/// an export reads a million sentences.
struct SentenceTemplate {
    /// What must be a number; all else may be any words.
    private static let numbers: Set<String> = [
        "count", "dropped", "minutes", "octets", "old", "new", "number", "mailbox", "percent",
    ]

    private struct Part {
        let name: String
        let isNumber: Bool
        /// What stands behind the value.
        let rest: [UInt8]
    }

    private let beginning: [UInt8]
    private let parts: [Part]

    init(_ sentence: String) {
        var pieces = sentence.split(separator: "{", omittingEmptySubsequences: false)
        self.beginning = Array(pieces.removeFirst().utf8)
        self.parts = pieces.map { piece in
            let halves = piece.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
            let name = halves.first.map(String.init) ?? ""
            let rest = Array((halves.dropFirst().first ?? "").utf8)
            return Part(name: name, isNumber: Self.numbers.contains(name), rest: rest)
        }
    }

    /// Octets that must agree: of several templates that fit, the one with more of them is meant.
    var weight: Int { self.parts.reduce(self.beginning.count) { $0 + $1.rest.count } }

    /// Nil when the text is no sentence of this kind. The first value may hold what stands behind it in the sentence: a
    /// sentence of its own, or a name that somebody gave.
    func values(in text: [UInt8]) -> [String: String]? {
        guard text.starts(with: self.beginning), let last = self.parts.last else {
            return text == self.beginning ? [:] : nil
        }
        guard text.count >= self.weight, text.suffix(last.rest.count).elementsEqual(last.rest) else { return nil }
        return self.values(in: text, isFirstLong: false)
            ?? (self.parts.count > 1 ? self.values(in: text, isFirstLong: true) : nil)
    }

    private func values(in text: [UInt8], isFirstLong: Bool) -> [String: String]? {
        var values: [String: String] = [:]
        var place = self.beginning.count
        for (index, part) in self.parts.enumerated() {
            let end: Int
            if index == self.parts.count - 1 {
                end = text.count - part.rest.count
            } else {
                guard let found = Self.place(of: part.rest, in: text, from: place, last: isFirstLong && index == 0)
                else {
                    return nil
                }
                end = found
            }
            guard place < end else { return nil }
            let value = text[place..<end]
            guard !part.isNumber || value.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            values[part.name] = String(decoding: value, as: UTF8.self)
            place = end + part.rest.count
        }
        return values
    }

    /// The first or the last place where `octets` stand.
    private static func place(of octets: [UInt8], in text: [UInt8], from start: Int, last: Bool) -> Int? {
        guard let first = octets.first, start <= text.count - octets.count else { return nil }
        let range = start...text.count - octets.count
        let isThere = { (place: Int) in
            text[place] == first && text[place..<place + octets.count].elementsEqual(octets)
        }
        return last ? range.last(where: isThere) : range.first(where: isThere)
    }
}

/// All sentences of the record that begin with the same part of a key, found by what they say in English.
struct SentenceTemplates {
    private let byKey: [(key: String, template: SentenceTemplate)]

    init(prefix: String) {
        self.byKey = Texts.english.keys.filter { $0.hasPrefix(prefix) }
            .map { ($0, SentenceTemplate(Texts.english($0))) }
            .sorted { ($1.template.weight, $0.key) < ($0.template.weight, $1.key) }
    }

    /// The same sentence in another language; nil for one that nobody has put into words there.
    func translated(_ sentence: String, to texts: Texts) -> String? {
        let octets = Array(sentence.utf8)
        for (key, template) in self.byKey {
            guard let values = template.values(in: octets) else { continue }
            let said = values.map { name, value in
                switch name {
                // Sentences of the record within a sentence.
                case "done": (name, RecordWords.done(value, in: texts))
                case "reason": (name, RecordWords.reason(value, in: texts))
                case "count", "dropped", "octets": (name, Int(value).map(texts.number) ?? value)
                case _: (name, value)
                }
            }
            return texts(key, Dictionary(said) { first, _ in first })
        }
        return nil
    }
}
