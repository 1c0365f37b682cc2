package import Report

/// A value as its key's kind has understood it.
package enum ConfigurationValue: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case texts([String])

    /// As it would stand in the file.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .texts(let texts): "[\(texts.joined(separator: ", "))]"
        }
    }
}

/// Where a value in force came from.
package enum ConfigurationOrigin: Hashable, Sendable {
    case standard
    case place(ConfigurationPlace)

    package func text(in language: Language) -> String {
        switch self {
        case .standard: Phrase("default", "既定値")[language]
        case .place(.file(let path, let line, _)): "\(path):\(line)"
        case .place(.wholeFile(let path)): path
        case .place(.flag(let name)): name
        }
    }
}

/// Every value that is in force, by its path (`listeners[0].port`), in the order of the table.
package struct ConfigurationSettings: Sendable {
    package struct Setting: Hashable, Sendable {
        package let path: String
        package let value: ConfigurationValue
        package let origin: ConfigurationOrigin
    }

    package private(set) var settings: [Setting] = []
    private var positions: [String: Int] = [:]
    /// How many entries each list of sections has, by its path.
    private var counts: [String: Int] = [:]

    /// 0 for a list that is not there.
    func count(of list: String) -> Int { self.counts[list] ?? 0 }

    mutating func setCount(_ count: Int, of list: String) { self.counts[list] = count }

    /// Whether there is a configuration file.
    var isFromFile: Bool {
        self.settings.contains { setting in
            switch setting.origin {
            case .place(.file), .place(.wholeFile): true
            case .place(.flag), .standard: false
            }
        }
    }

    package subscript(path: String) -> Setting? { self.positions[path].map { self.settings[$0] } }

    mutating func set(_ path: String, _ value: ConfigurationValue, _ origin: ConfigurationOrigin) {
        let setting = Setting(path: path, value: value, origin: origin)
        if let position = self.positions[path] {
            self.settings[position] = setting
        } else {
            self.positions[path] = self.settings.count
            self.settings.append(setting)
        }
    }

    /// What was worked out rather than written.
    mutating func fill(_ path: String, _ value: ConfigurationValue) {
        if self[path] == nil { self.set(path, value, .standard) }
    }

    mutating func remove(where isUnwanted: (String) -> Bool) {
        self.settings.removeAll { isUnwanted($0.path) }
        self.positions = [:]
        for (position, setting) in self.settings.enumerated() { self.positions[setting.path] = position }
    }

    /// The first written value of the same section.
    func nearestPlace(_ path: String) -> ConfigurationPlace? {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let section = path[...dot]
        return self.settings.lazy.filter { $0.path.hasPrefix(section) }.compactMap { self.place($0.path) }.first
    }

    func text(_ path: String) -> String? {
        guard case .text(let text) = self[path]?.value else { return nil }
        return text
    }

    func integer(_ path: String) -> Int? {
        guard case .integer(let number) = self[path]?.value else { return nil }
        return number
    }

    func texts(_ path: String) -> [String]? {
        guard case .texts(let texts) = self[path]?.value else { return nil }
        return texts
    }

    /// Where a value stands, for a problem that shows only when it is used.
    func place(_ path: String) -> ConfigurationPlace? {
        guard case .place(let place) = self[path]?.origin else { return nil }
        return place
    }
}
