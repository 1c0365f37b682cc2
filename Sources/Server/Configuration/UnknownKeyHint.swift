import Report

/// What to say about a key that does not exist: the section where it belongs, the nearest key, or all there are.
enum UnknownKeyHint {
    static func hint(for entry: ConfigurationEntry, among keys: [ConfigurationKey], path: String) -> Phrase {
        let written = entry.key
        let all = self.homes(of: entry, in: ConfigurationTable.keys, path: "")
        if let home = all.first(where: { $0 != path }) {
            return home.isEmpty
                ? Phrase("it belongs at the top of the file, not indented", "字下げせず、ファイルの最上位に書いてください")
                : Phrase("it belongs under '\(home)'", "'\(home)' の下に書いてください")
        }
        if let nearest = NearestKey.find(written, among: keys.map(\.name)) {
            return Phrase("did you mean '\(nearest)'?", "'\(nearest)' のことですか")
        }
        let names = keys.map(\.name).joined(separator: ", ")
        return Phrase("the keys here are: \(names)", "ここに書けるキー: \(names)")
    }

    /// The sections with a key of this name that takes what was written: `account:` with a list below it is a slip for
    /// `accounts`, and not the text `account` of a device.
    private static func homes(of entry: ConfigurationEntry, in keys: [ConfigurationKey], path: String) -> [String] {
        var found = keys.contains { $0.name == entry.key && self.fits(entry.value, $0) } ? [path] : []
        for key in keys where !key.keys.isEmpty {
            found += self.homes(of: entry, in: key.keys, path: path.isEmpty ? key.name : "\(path).\(key.name)")
        }
        return found
    }

    private static func fits(_ value: ConfigurationNode, _ key: ConfigurationKey) -> Bool {
        switch value {
        case .scalar: true
        case .list, .mapping: key.kind.isTexts || !key.keys.isEmpty
        }
    }
}
