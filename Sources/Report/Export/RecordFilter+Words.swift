package import Store

extension RecordFilter {
    /// The filter as the options of `audit list`: for the record of an export, and its manifest.
    package var words: [String] {
        let options: [(String, String?)] = [
            ("since", self.since), ("until", self.until), ("device", self.device), ("account", self.account),
            ("action", self.action), ("outcome", self.outcome), ("done", self.done?.rawValue), ("text", self.text),
            ("address", self.address), ("session", self.session), ("identified-by", self.identifiedBy),
            ("message", self.message?.text),
        ]
        return options.compactMap { name, value in value.map { "--\(name) \(Self.quoted($0))" } }
    }

    /// In double quotes where a shell would take it apart; what is in them is for people, and is escaped when it is shown.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { octet in
                switch octet {
                case 0x30...0x3A, 0x40...0x5A, 0x61...0x7A: true
                case _: "._-+/".utf8.contains(octet)
                }
            }
        guard !isPlain else { return text }
        return "\"" + text.map { "\"\\$`".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
    }
}
