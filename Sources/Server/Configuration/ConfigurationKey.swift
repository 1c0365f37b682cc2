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
        /// Letters, digits, dot, underscore and hyphen, at most 63.
        case name
        /// Any text without control characters, at most 255 octets.
        case text
        case folder
        case file
        /// One file or two.
        case files
        case integer(ClosedRange<Int>)
        /// Octets, as `256M`.
        case size(ClosedRange<Int>)
        case choice([String])
        /// Some of these, in an order that matters.
        case choices([String])
        case address
        case networks
        case upstream
        case section([ConfigurationKey])
        case list([ConfigurationKey])
    }

    /// The keys below this one.
    package var keys: [ConfigurationKey] {
        switch self.kind {
        case .section(let keys), .list(let keys): keys
        case .name, .text, .folder, .file, .files, .integer, .size, .choice, .choices, .address, .networks, .upstream:
            []
        }
    }
}

extension ConfigurationKey.Kind {
    /// What is accepted, for the hint of an error.
    var accepted: Phrase {
        switch self {
        case .name: Phrase("a name of letters, digits, '.', '_' and '-'", "英数字と . _ - からなる名前")
        case .text: Phrase("a text", "文字列")
        case .folder: Phrase("the path of a folder", "フォルダーのパス")
        case .file: Phrase("the path of a file", "ファイルのパス")
        case .files: Phrase("the path of a file, or a list of two", "ファイルのパス、または二つのリスト")
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
        case .address: Phrase("an IPv4 or IPv6 address", "IPv4 または IPv6 アドレス")
        case .networks: Phrase("a list of networks", "ネットワークのリスト")
        case .upstream: Phrase("imaps://HOST[:PORT] or imap://HOST[:PORT]", "imaps://ホスト[:ポート] または imap://ホスト[:ポート]")
        case .section: Phrase("a section of keys, indented below it", "字下げしたキーのまとまり")
        case .list: Phrase("a list, each entry begun with '- '", "「- 」で始まる項目のリスト")
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
