package import Report

/// One key of the configuration file. The parser, `config show` and the test of the example file are made from these, so
/// a key cannot exist in one of them and be missing in another.
package struct ConfigurationKey: Sendable {
    package let name: String
    package let kind: Kind
    /// What holds when the key is left out, as it would be written. Nil: it must be given, is worked out, or is unset.
    package let standard: String?
    package let isRequired: Bool
    /// One sentence for people.
    package let text: Phrase
    /// A value as it would stand in the file; empty for a section.
    package let example: String

    package init(
        _ name: String,
        _ kind: Kind,
        standard: String? = nil,
        isRequired: Bool = false,
        example: String = "",
        _ english: String,
        _ japanese: String
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.isRequired = isRequired
        self.text = Phrase(english, japanese)
        self.example = example
    }

    package indirect enum Kind: Sendable {
        /// One text.
        case form(TextForm)
        /// One such text or several, none of them twice.
        case forms(TextForm)
        case folder
        case file
        /// A file that is written: made when it is not there, in a folder that is.
        case newFile
        /// One file or two.
        case files
        /// A file with a secret in it, closed to other users.
        case secretFile
        /// A program by its whole path and its arguments, run without a shell.
        case command
        case integer(ClosedRange<Int>)
        /// Octets, as `256M`.
        case size(ClosedRange<Int>)
        case choice([String])
        /// Some of these, in an order that matters.
        case choices([String])
        case section([ConfigurationKey])
        case list([ConfigurationKey])

        static var name: Kind { .form(.name) }
        static var text: Kind { .form(.text) }
        static var address: Kind { .form(.address) }
        static var networks: Kind { .forms(.network) }
        static var upstream: Kind { .form(.upstream) }
    }

    /// The keys below this one.
    package var keys: [ConfigurationKey] {
        switch self.kind {
        case .section(let keys), .list(let keys): keys
        case .form, .forms, .folder, .file, .newFile, .files, .secretFile, .command, .integer, .size, .choice, .choices:
            []
        }
    }
}

extension ConfigurationKey.Kind {
    /// What is accepted, for the hint of an error.
    var accepted: Phrase {
        switch self {
        case .form(let form): form.accepted
        case .forms(let form):
            Phrase("\(form.accepted.english), or a list of such", "\(form.accepted.japanese)、またはそのリスト")
        case .folder: Phrase("the path of a folder", "フォルダーのパス")
        case .file, .newFile, .secretFile: Phrase("the path of a file", "ファイルのパス")
        case .files: Phrase("the path of a file, or a list of two", "ファイルのパス、または二つのリスト")
        case .command:
            Phrase(
                "a list of words, the program's whole path and its arguments",
                "プログラムの絶対パスと引数のリスト"
            )
        case .integer(let range):
            Phrase(
                "a whole number from \(range.lowerBound) to \(range.upperBound)",
                "\(range.lowerBound) から \(range.upperBound) までの整数"
            )
        case .size(let range):
            Phrase(
                "a size from \(SizeText.text(range.lowerBound)) to \(SizeText.text(range.upperBound))",
                "\(SizeText.text(range.lowerBound)) から \(SizeText.text(range.upperBound)) までの大きさ"
            )
        case .choice(let words):
            Phrase("one of: \(words.joined(separator: ", "))", "次のいずれか: \(words.joined(separator: ", "))")
        case .choices(let words):
            Phrase("a list of: \(words.joined(separator: ", "))", "次のリスト: \(words.joined(separator: ", "))")
        case .section: Phrase("a section of keys, indented below it", "字下げしたキーのまとまり")
        case .list: Phrase("a list, each entry begun with '- '", "「- 」で始まる項目のリスト")
        }
    }

    /// Whether it is written as a list of texts; one alone may stand without brackets.
    var isTexts: Bool {
        switch self {
        case .forms, .files, .command, .choices: true
        case .form, .folder, .file, .newFile, .secretFile, .integer, .size, .choice, .section, .list: false
        }
    }
}

/// Sizes as people write them: `300K`, `256M`, `1G`, or plain octets.
enum SizeText {
    private static let units: [(letter: Character, octets: Int)] = [("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)]

    static func octets(_ text: String) -> Int? {
        for unit in self.units where text.uppercased().last == unit.letter {
            guard let count = Self.digits(text.dropLast()) else { return nil }
            let product = count.multipliedReportingOverflow(by: unit.octets)
            return product.overflow ? nil : product.partialValue
        }
        return Self.digits(text[...])
    }

    private static func digits(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    static func text(_ octets: Int) -> String {
        for unit in self.units where octets >= unit.octets && octets % unit.octets == 0 {
            return "\(octets / unit.octets)\(unit.letter)"
        }
        return String(octets)
    }
}
