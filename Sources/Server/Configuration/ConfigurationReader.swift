import Report

/// Walks a document along the table: every key is either understood and set, or a problem. Goes on after a problem, so
/// that all of a file's are found in one run.
struct ConfigurationReader {
    private(set) var settings = ConfigurationSettings()
    private(set) var problems: [ConfigurationProblem] = []
    /// Paths of which something was said already: nothing that follows from it is said a second time.
    private(set) var rejected: Set<String> = []
    /// The folder of the file: relative paths begin there.
    let folder: String
    let files: ConfigurationFiles

    init(folder: String, files: ConfigurationFiles) {
        self.folder = folder
        self.files = files
    }

    mutating func read(_ root: ConfigurationNode) {
        self.section(root, ConfigurationTable.keys, path: "")
    }

    /// Sets what was not given, where there is a default.
    mutating func fillIn() {
        self.fillIn(ConfigurationTable.keys, path: "")
    }

    mutating func set(_ path: String, _ value: ConfigurationValue, flag: String) {
        self.settings.set(path, value, .place(.flag(flag)))
    }

    mutating func setStandard(_ path: String, _ value: ConfigurationValue) {
        self.settings.set(path, value, .standard)
    }

    /// The flags replace the listeners of the file, never mix with them.
    mutating func dropListeners() {
        self.settings.remove { $0.hasPrefix("listeners[") }
    }

    mutating func setListeners(_ count: Int) { self.settings.setCount(count, of: "listeners") }

    mutating func add(_ problem: ConfigurationProblem) { self.problems.append(problem) }

    mutating func reject(_ path: String) { self.rejected.insert(path) }

    private mutating func section(_ node: ConfigurationNode, _ keys: [ConfigurationKey], path: String) {
        guard case .mapping(let entries, let place) = node else {
            self.mismatch(node.place, path, .section(keys))
            return
        }
        for entry in entries {
            guard let key = keys.first(where: { $0.name == entry.key }) else {
                self.unknown(entry, among: keys, path: path)
                continue
            }
            self.value(entry.value, key, path: Self.join(path, key.name))
        }
        for key in keys where key.isRequired && !entries.contains(where: { $0.key == key.name }) {
            guard key.keys.isEmpty else { continue }
            self.reject(Self.join(path, key.name))
            self.problems.append(
                ConfigurationProblem(
                    place,
                    Phrase("'\(Self.join(path, key.name))' is missing", "'\(Self.join(path, key.name))' がありません"),
                    hint: Phrase("add '\(key.name): \(key.example)'", "'\(key.name): \(key.example)' を加えてください")
                )
            )
        }
    }

    private mutating func value(_ node: ConfigurationNode, _ key: ConfigurationKey, path: String) {
        switch (key.kind, node) {
        case (.section(let keys), _):
            self.section(node, keys, path: path)
        case (.list(let keys), .list(let nodes, _)) where !nodes.isEmpty:
            for (index, node) in nodes.enumerated() { self.section(node, keys, path: "\(path)[\(index)]") }
            self.settings.setCount(nodes.count, of: path)
        case (_, .scalar) where key.kind.isTexts:
            self.values([node], key, path: path, place: node.place)
        case (_, .list(let nodes, let place)) where key.kind.isTexts:
            self.values(nodes, key, path: path, place: place)
        case (_, .scalar(let text, let place)):
            switch key.kind.understand(text) {
            case .success(let value): self.accept(value, key.kind, path: path, place: place)
            case .failure: self.mismatch(place, path, key.kind, example: key.example)
            }
        case (_, .list), (_, .mapping):
            self.mismatch(node.place, path, key.kind, example: key.example)
        }
    }

    /// A list of short texts; one alone may stand without brackets.
    private mutating func values(
        _ nodes: [ConfigurationNode],
        _ key: ConfigurationKey,
        path: String,
        place: ConfigurationPlace
    ) {
        var texts: [String] = []
        for node in nodes {
            guard case .scalar(let text, let place) = node, case .success(.text(let value)) = key.kind.understand(text)
            else {
                self.mismatch(node.place, path, key.kind, example: key.example)
                return
            }
            guard let checked = self.checked(value, key.kind, isFirst: texts.isEmpty, path: path, place: place) else {
                return
            }
            texts.append(checked)
        }
        let isGood =
            switch key.kind {
            case .files: texts.count <= 2 && Set(texts).count == texts.count
            case .command: true
            case _: Set(texts).count == texts.count
            }
        guard isGood, !texts.isEmpty else { return self.mismatch(place, path, key.kind, example: key.example) }
        self.settings.set(path, .texts(texts), .place(place))
    }

    private mutating func accept(
        _ value: ConfigurationValue,
        _ kind: ConfigurationKey.Kind,
        path: String,
        place: ConfigurationPlace
    ) {
        guard case .text(let text) = value else { return self.settings.set(path, value, .place(place)) }
        guard let checked = self.checked(text, kind, path: path, place: place) else { return }
        self.settings.set(path, .text(checked), .place(place))
    }

    private mutating func fillIn(_ keys: [ConfigurationKey], path: String) {
        for key in keys {
            let path = Self.join(path, key.name)
            switch key.kind {
            case .list(let keys):
                for index in 0..<self.settings.count(of: path) { self.fillIn(keys, path: "\(path)[\(index)]") }
            case .section(let keys):
                self.fillIn(keys, path: path)
            case .choices:
                let words = key.standard.map { $0.split { "[], ".contains($0) }.map(String.init) }
                if self.settings[path] == nil, let words { self.settings.set(path, .texts(words), .standard) }
            case .form, .forms, .folder, .file, .newFile, .files, .secretFile, .command, .integer, .size, .choice:
                guard self.settings[path] == nil, let standard = key.standard else { continue }
                if case .success(let value) = key.kind.understand(standard) {
                    self.settings.set(path, value, .standard)
                }
            }
        }
    }

    private mutating func mismatch(
        _ place: ConfigurationPlace,
        _ path: String,
        _ kind: ConfigurationKey.Kind,
        example: String = ""
    ) {
        self.reject(path)
        let accepted = kind.accepted
        let name = path.isEmpty ? Phrase("the file", "このファイル") : Phrase("'\(path)'", "'\(path)'")
        let suffix = example.isEmpty ? Phrase("", "") : Phrase(", as in: \(example)", " (例: \(example))")
        self.problems.append(
            ConfigurationProblem(
                place,
                Phrase("\(name.english) has a value that is not accepted", "\(name.japanese) の値が正しくありません"),
                hint: Phrase(
                    "write \(accepted.english)\(suffix.english)",
                    "\(accepted.japanese)を書いてください\(suffix.japanese)"
                )
            )
        )
    }

    private mutating func unknown(_ entry: ConfigurationEntry, among keys: [ConfigurationKey], path: String) {
        let shown = ConfigurationFiles.printable(entry.key)
        let section = path.isEmpty ? Phrase("", "") : Phrase(" in '\(path)'", "('\(path)' の中)")
        self.problems.append(
            ConfigurationProblem(
                entry.place,
                Phrase("unknown key '\(shown)'\(section.english)", "知らないキー '\(shown)'\(section.japanese)"),
                hint: UnknownKeyHint.hint(for: entry, among: keys, path: path)
            )
        )
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
