/// The text was not what the kind accepts.
struct NotAccepted: Error {}

extension ConfigurationKey.Kind {
    /// What one scalar says, by the key's own type and not by YAML's guess.
    func understand(_ text: String) -> Result<ConfigurationValue, NotAccepted> {
        switch self {
        case .form(let form), .forms(let form):
            return Self.keep(text, if: form.accepts(text))
        case .folder, .file, .newFile, .files, .secretFile:
            return Self.keep(text, if: TextForm.text.accepts(text))
        case .command:
            return Self.keep(text, if: TextForm.isPlain(text))
        case .integer(let range):
            guard let number = Self.digits(text), range.contains(number) else { return .failure(NotAccepted()) }
            return .success(.integer(number))
        case .size(let range):
            guard let octets = SizeText.octets(text), range.contains(octets) else { return .failure(NotAccepted()) }
            return .success(.integer(octets))
        case .choice(let words), .choices(let words):
            return Self.keep(text, if: words.contains(text))
        case .section, .list:
            return .failure(NotAccepted())
        }
    }

    private static func keep(_ text: String, if isGood: Bool) -> Result<ConfigurationValue, NotAccepted> {
        isGood ? .success(.text(text)) : .failure(NotAccepted())
    }

    /// Plain decimal: `0o17`, `1_000` and `+5` are slips, and said to be.
    private static func digits(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}
