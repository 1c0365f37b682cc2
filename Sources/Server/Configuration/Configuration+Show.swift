package import Report
import Store

extension Configuration {
    /// The configuration in force as a file, each line with where its value came from.
    package func show(in language: Language) -> String {
        var lines: [(text: String, origin: String)] = []
        var open: [Substring] = []
        for setting in self.settings.inTableOrder {
            let parts = setting.path.split(separator: ".")
            let sections = parts.dropLast()
            let shared = zip(open, sections).prefix { $0 == $1 }.count
            for depth in shared..<sections.count {
                let name = Self.name(sections[depth])
                // Another entry of the list that is open.
                if depth == shared, open.dropFirst(depth).first.map(Self.name) == name { continue }
                lines.append(("\(Self.indent(sections.prefix(depth)))\(name):", ""))
            }
            let opened = sections.dropFirst(shared).last.map(Self.isEntry) == true
            open = Array(sections)
            let indent = opened ? Self.indent(sections.dropLast()) + "  - " : Self.indent(sections)
            let value = Self.quoted(setting.value)
            lines.append(("\(indent)\(parts.last ?? ""): \(value)", setting.origin.text(in: language)))
        }
        let width = min(lines.map(\.text.count).max() ?? 0, 60)
        return lines.map { line in
            guard !line.origin.isEmpty else { return line.text }
            return "\(line.text)\(String(repeating: " ", count: max(width - line.text.count, 0)))  # \(line.origin)"
        }.joined(separator: "\n")
    }

    /// The same for programs: an array of objects with `key`, `value` and `origin`.
    package func showJSON() throws -> String {
        struct Shown: Encodable {
            let key: String
            let value: String
            let origin: String
        }
        let shown = self.settings.inTableOrder.map {
            Shown(key: $0.path, value: $0.value.text, origin: $0.origin.text(in: .english))
        }
        return try JSONText.of(shown)
    }

    private static func isEntry(_ section: Substring) -> Bool { section.hasSuffix("]") }

    private static func name(_ section: Substring) -> Substring { section.prefix { $0 != "[" } }

    /// Two blanks for a section, two more for the hyphen of an entry.
    private static func indent(_ sections: some Sequence<Substring>) -> String {
        String(repeating: "  ", count: sections.reduce(0) { $0 + (Self.isEntry($1) ? 2 : 1) })
    }

    /// Quoted where YAML would read something else.
    private static func quoted(_ value: ConfigurationValue) -> String {
        switch value {
        case .text(let text): self.quoted(text)
        case .integer: value.text
        case .texts(let texts): "[\(texts.map { self.quoted($0) }.joined(separator: ", "))]"
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { octet in
            (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || "/._-:".utf8.contains(octet)
        }
        return isPlain && !text.isEmpty && !text.hasPrefix("-") && !text.hasPrefix(":") && !text.hasSuffix(":")
            ? text : "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
}

extension ConfigurationSettings {
    /// As the table has its keys, and the entries of a list one after the other.
    var inTableOrder: [Setting] {
        var paths: [String] = []
        func walk(_ keys: [ConfigurationKey], _ path: String) {
            for key in keys {
                let path = path.isEmpty ? key.name : "\(path).\(key.name)"
                switch key.kind {
                case .section(let keys):
                    walk(keys, path)
                case .list(let keys):
                    for index in 0..<self.count(of: path) { walk(keys, "\(path)[\(index)]") }
                case .form, .forms, .folder, .file, .newFile, .files, .secretFile, .command, .integer, .size, .choice,
                    .choices:
                    paths.append(path)
                }
            }
        }
        walk(ConfigurationTable.keys, "")
        return paths.compactMap { self[$0] }
    }
}
