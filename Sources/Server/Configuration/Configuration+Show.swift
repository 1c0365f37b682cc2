import Foundation

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
                lines += Self.heading(sections[depth], isFirst: !open.contains { Self.isEntry($0) }, depth: depth)
            }
            let opened = sections.dropFirst(shared).last.map(Self.isEntry) == true
            open = Array(sections)
            let depth = sections.reduce(0) { $0 + (Self.isEntry($1) ? 2 : 1) }
            let indent = String(repeating: " ", count: max(depth * 2 - (opened ? 2 : 0), 0)) + (opened ? "- " : "")
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(shown), as: UTF8.self)
    }

    private static func isEntry(_ section: Substring) -> Bool { section.hasSuffix("]") }

    private static func heading(_ section: Substring, isFirst: Bool, depth: Int) -> [(text: String, origin: String)] {
        let name = section.prefix { $0 != "[" }
        if self.isEntry(section) { return isFirst ? [("\(name):", "")] : [] }
        return [("\(String(repeating: " ", count: depth * 4))\(name):", "")]
    }

    /// Quoted where YAML would read something else.
    private static func quoted(_ value: ConfigurationValue) -> String {
        guard case .text(let text) = value else { return value.text }
        let isPlain = text.utf8.allSatisfy { octet in
            (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || "/._-:".utf8.contains(octet)
        }
        return isPlain && !text.hasPrefix("-") && !text.hasPrefix(":") && !text.hasSuffix(":")
            ? text : "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
}

extension ConfigurationSettings {
    /// As the table has its keys, and the listeners one after the other.
    var inTableOrder: [Setting] {
        var paths: [String] = []
        func walk(_ keys: [ConfigurationKey], _ path: String) {
            for key in keys {
                let path = path.isEmpty ? key.name : "\(path).\(key.name)"
                switch key.kind {
                case .section(let keys):
                    walk(keys, path)
                case .list(let keys):
                    for index in 0..<self.settings.count where self.contains("\(path)[\(index)].") {
                        walk(keys, "\(path)[\(index)]")
                    }
                case .name, .text, .folder, .file, .files, .integer, .size, .choice, .choices, .address, .networks,
                    .upstream:
                    paths.append(path)
                }
            }
        }
        walk(ConfigurationTable.keys, "")
        return paths.compactMap { self[$0] }
    }

    private func contains(_ prefix: String) -> Bool { self.settings.contains { $0.path.hasPrefix(prefix) } }
}
