/// What a configuration that was read again says otherwise, by the names of keys: what is taken while the server runs, and
/// what waits for its next start. Never a value: it may be a secret's place, or a secret by mistake.
struct ConfigurationChange: Hashable, Sendable {
    let taken: [String]
    let waiting: [String]
    /// The listeners have the same ports, so that all else about them can be exchanged.
    let takesListeners: Bool

    /// Keys that new connections ask for, and sections below which all is taken.
    private static let live: Set<String> =
        Set(ConfigurationTable.policy(isForAll: true).map(\.name)).union([
            "unidentified", "deleted", "identify", "zone", "message-details", "record.keep", "record.keep-size",
            "limits.login-seconds", "limits.idle-seconds",
        ])
    /// The page's certificate, which is read with those of the listeners.
    private static let page: Set<String> = ["review.certificate", "review.key"]
    private static let liveSections = ["accounts[", "devices[", "record.streams[", "record.checkpoints[", "alerts."]

    /// `start` is what the server began with, `last` what was taken last.
    init(start: Configuration, last: Configuration, new: Configuration) {
        let takesListeners = Self.ports(start) == Self.ports(new)
        self.takesListeners = takesListeners
        func isLive(_ name: String) -> Bool {
            if name.hasPrefix("listeners[") || Self.page.contains(name) { return takesListeners }
            return Self.live.contains(name) || Self.liveSections.contains(where: name.hasPrefix)
        }
        self.taken = Self.differences(last, new).filter(isLive)
        self.waiting = Self.differences(start, new).filter { !isLive($0) }
    }

    private static func ports(_ configuration: Configuration) -> [String] {
        configuration.listeners.map { "\($0.name) \($0.address) \($0.port) \($0.isImplicitTLS)" }
    }

    /// Names of keys with other values, `accounts[].login` for each of a list.
    private static func differences(_ one: Configuration, _ other: Configuration) -> [String] {
        let (first, second) = (self.values(one), self.values(other))
        return Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
    }

    private static func values(_ configuration: Configuration) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for setting in configuration.settings.inTableOrder {
            let name = String(setting.path.filter { !$0.isNumber })
            values[name, default: []].append("\(setting.path) \(setting.value.text)")
        }
        return values
    }
}
