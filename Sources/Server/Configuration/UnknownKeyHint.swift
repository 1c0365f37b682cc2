/// What to say about a key that does not exist: the section where it belongs, the nearest key, or all there are.
enum UnknownKeyHint {
    static func hint(for written: String, among keys: [ConfigurationKey], path: String) -> Phrase {
        if let home = self.homes(of: written, in: ConfigurationTable.keys, path: "").first(where: { $0 != path }) {
            return home.isEmpty
                ? Phrase("it belongs at the top of the file, not indented", "字下げせず、ファイルの最上位に書いてください")
                : Phrase("it belongs under '\(home)'", "'\(home)' の下に書いてください")
        }
        if let nearest = NearestKey.find(written, among: keys.map(\.name)) {
            return Phrase("did you mean '\(nearest)'?", "'\(nearest)' のことですか")
        }
        let all = keys.map(\.name).joined(separator: ", ")
        return Phrase("the keys here are: \(all)", "ここに書けるキー: \(all)")
    }

    private static func homes(of name: String, in keys: [ConfigurationKey], path: String) -> [String] {
        var found = keys.contains { $0.name == name } ? [path] : []
        for key in keys where !key.keys.isEmpty {
            found += self.homes(of: name, in: key.keys, path: path.isEmpty ? key.name : "\(path).\(key.name)")
        }
        return found
    }
}
