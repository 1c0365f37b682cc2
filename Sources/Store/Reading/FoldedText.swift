import Foundation

/// A text as it is searched: in any case, the same in letters of full and half width, and without marks, which would be
/// syntax where words are looked up: those of ASCII stand as letters of the private area.
struct FoldedText: Hashable {
    private static let marks: UInt32 = 0xE000

    let text: String

    init(_ text: String) {
        var folded = String.UnicodeScalarView()
        for scalar in text.folded.unicodeScalars {
            folded.append(Self.isMark(scalar) ? Unicode.Scalar(Self.marks + scalar.value) ?? scalar : scalar)
        }
        self.text = String(folded)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": false
        case _: scalar.isASCII
        }
    }

    /// Each letter and each two letters beside one another, with a blank between: no blank is left in the text itself but
    /// between fields. The view `messageWords` must give the same words, as many times: the index counts them.
    var words: String {
        var words = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in self.text.unicodeScalars {
            if let last {
                words.append(last)
                words.append(scalar)
                words.append(" ")
            }
            words.append(scalar)
            words.append(" ")
            last = scalar
        }
        return String(words)
    }

    /// As many words of `words` as tell most of what the text is, for a search: a letter alone, or pairs that do not overlap
    /// and the last one.
    var key: [String] {
        let scalars = Array(self.text.unicodeScalars)
        guard scalars.count > 2 else { return scalars.isEmpty ? [] : [self.text] }
        let starts = stride(from: 0, to: scalars.count - 1, by: 2).prefix(Self.mostPairs) + [scalars.count - 2]
        return starts.map { start in
            var pair = String.UnicodeScalarView()
            pair.append(contentsOf: scalars[start...start + 1])
            return String(pair)
        }
    }

    private static let mostPairs = 8

    /// A text that was folded before.
    init(folded text: String) { self.text = text }

    /// Fields as one text, in which nothing is found that stands across two of them.
    static func joined(_ fields: [String]) -> FoldedText {
        FoldedText(folded: fields.map { FoldedText($0).text }.joined(separator: " "))
    }
}

extension String {
    /// As texts are compared: in any case, and the same in letters of full and half width. The library puts a letter of half
    /// width and its mark into two of full width, and not into one: hence the second mapping.
    var folded: String {
        self.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCanonicalMapping
    }
}
