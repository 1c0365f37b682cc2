import enum Gateway.IPAddress
import enum Gateway.IdentifierKind
import struct Gateway.Network
import enum Gateway.UnidentifiedPolicy

/// Makes the configuration out of single values, and finds what is wrong only when they are seen together.
struct ConfigurationAssembly {
    private(set) var problems: [ConfigurationProblem]
    private let settings: ConfigurationSettings
    private let listeners: Int
    private let rejected: Set<String>
    /// The file that was read, if one was.
    private let path: String?

    init(reader: ConfigurationReader, path: String?) {
        self.path = path
        self.problems = reader.problems
        self.settings = reader.settings
        self.listeners = reader.listeners
        self.rejected = reader.rejected
    }

    /// Nil when something is missing without which nothing can be made; `problems` says what.
    mutating func assemble(options: ServeOptions, surroundings: Surroundings) -> Configuration? {
        let upstream = self.upstream()
        let listeners = (0..<self.listeners).compactMap { self.listener($0) }
        self.checkAddresses(listeners)
        self.checkNames(listeners)
        guard let upstream else { return nil }
        var settings = self.settings
        let folder = settings.text("state") ?? surroundings.stateFolder
        settings.fill("state", .text(folder))
        let node = settings.text("node") ?? surroundings.nodeName
        settings.fill("node", .text(node))
        let language =
            settings.text("language").flatMap(Language.init) ?? Language(environment: surroundings.variables)
        settings.fill("language", .text(language.rawValue))
        for (index, listener) in listeners.enumerated() {
            settings.fill("listeners[\(index)].name", .text(listener.name))
            settings.fill("listeners[\(index)].port", .integer(listener.port))
        }
        return Configuration(
            stateFolder: folder,
            node: node,
            language: language,
            logLevel: settings.text("log-level") ?? "info",
            upstream: upstream,
            listeners: listeners,
            identification: Set((settings.texts("identify") ?? []).compactMap(IdentifierKind.init)),
            unidentified: settings.text("unidentified").flatMap(UnidentifiedPolicy.init) ?? .once,
            hidesDeleted: settings.text("deleted") != "keep",
            limits: Configuration.Limits(
                connections: settings.integer("limits.connections") ?? 1,
                perAddress: settings.integer("limits.per-address") ?? 1,
                loginSeconds: settings.integer("limits.login-seconds") ?? 60,
                idleSeconds: settings.integer("limits.idle-seconds") ?? 600
            ),
            settings: settings
        )
    }

    private mutating func upstream() -> Configuration.Upstream? {
        guard let url = self.settings.text("upstream.url").flatMap(UpstreamURL.init) else {
            if self.rejected.isDisjoint(with: ["", "upstream", "upstream.url"]) {
                self.problems.append(
                    ConfigurationProblem(
                        self.path.map(ConfigurationPlace.wholeFile) ?? .flag("--upstream"),
                        Phrase("no mail server is named", "メールサーバーが指定されていません"),
                        hint: Phrase(
                            "give --upstream imaps://HOST, or --config FILE with 'upstream: url:'",
                            "--upstream imaps://ホスト、または 'upstream: url:' のある --config ファイルを指定してください"
                        )
                    )
                )
            }
            return nil
        }
        return Configuration.Upstream(
            name: self.settings.text("upstream.name") ?? "main",
            url: url,
            ca: self.settings.text("upstream.ca"),
            mailbox: self.settings.text("upstream.mailbox") ?? "INBOX",
            authentication: self.settings.text("upstream.auth").flatMap(Configuration.Upstream.Authentication.init)
                ?? .auto,
            loginFailuresPerHour: self.settings.integer("upstream.login-failures-per-hour") ?? 10,
            connectionsPerAccount: self.settings.integer("upstream.connections-per-account") ?? 8,
            maximumMessage: self.settings.integer("upstream.max-message") ?? 256 << 20
        )
    }

    private mutating func listener(_ index: Int) -> Configuration.Listener? {
        let path = "listeners[\(index)]"
        let isImplicit = self.settings.text("\(path).tls") != "starttls"
        let isLegacy = self.settings.text("\(path).profile") == "legacy"
        let port = self.settings.integer("\(path).port") ?? (isImplicit ? 995 : 110)
        let allowed = (self.settings.texts("\(path).allowed-from") ?? []).compactMap(Network.init)
        let plaintext = (self.settings.texts("\(path).plaintext.allowed-from") ?? []).compactMap(Network.init)
        if isLegacy, allowed.isEmpty, !self.rejected.contains("\(path).allowed-from") {
            self.problem(
                "\(path).profile",
                Phrase("old TLS is open to everybody here", "古い TLS が誰にでも開かれています"),
                hint: Phrase(
                    "add 'allowed-from: [NETWORK]' to this listener",
                    "このリスナーに 'allowed-from: [ネットワーク]' を加えてください"
                )
            )
        }
        if isImplicit, !plaintext.isEmpty {
            self.problem(
                "\(path).plaintext.allowed-from",
                Phrase("'plaintext' cannot stand beside implicit TLS", "implicit TLS の口に 'plaintext' は書けません"),
                hint: Phrase("write 'tls: starttls' for this listener", "このリスナーを 'tls: starttls' にしてください")
            )
        }
        let certificates = self.certificates(path)
        guard let address = self.settings.text("\(path).address").flatMap(IPAddress.init) else { return nil }
        return Configuration.Listener(
            name: self.settings.text("\(path).name") ?? "\(isImplicit ? "implicit" : "starttls")-\(port)",
            address: address,
            port: port,
            isImplicitTLS: isImplicit,
            isLegacy: isLegacy,
            isStrictALPN: self.settings.text("\(path).alpn") != "lenient",
            allowedFrom: allowed,
            plaintextFrom: plaintext,
            certificates: certificates
        )
    }

    private mutating func certificates(_ path: String) -> [Configuration.CertificateFiles] {
        let certificates = self.settings.texts("\(path).certificate") ?? []
        let keys = self.settings.texts("\(path).key") ?? []
        guard certificates.count == keys.count else {
            // A file that cannot be read has been told of already.
            guard self.rejected.isDisjoint(with: ["\(path).certificate", "\(path).key"]) else { return [] }
            self.problem(
                certificates.isEmpty ? "\(path).key" : "\(path).certificate",
                Phrase("'certificate' and 'key' do not go together", "'certificate' と 'key' の数が合いません"),
                hint: Phrase("give as many keys as certificates, in the same order", "証明書と同じ数の鍵を、同じ順に書いてください")
            )
            return []
        }
        let place = self.settings.place("\(path).certificate") ?? .flag("certificate")
        return zip(certificates, keys).map {
            Configuration.CertificateFiles(certificate: $0, key: $1, place: place)
        }
    }

    private mutating func checkAddresses(_ listeners: [Configuration.Listener]) {
        var seen: [String: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            let path = "listeners[\(index)]"
            guard self.rejected.isDisjoint(with: [path, "\(path).address", "\(path).port", "\(path).tls"]) else {
                continue
            }
            let socket = "\(listener.address) \(listener.port)"
            guard let first = seen.updateValue(index, forKey: socket) else { continue }
            let place = self.settings.place("listeners[\(index)].port") != nil ? "port" : "address"
            self.problem(
                "listeners[\(index)].\(place)",
                Phrase(
                    "listeners \(first + 1) and \(index + 1) have the same address and port",
                    "\(first + 1) 番目と \(index + 1) 番目のリスナーのアドレスとポートが同じです"
                ),
                hint: Phrase("give one of them another port", "どちらかのポートを変えてください")
            )
        }
    }

    /// The record and the certificates know a listener by its name.
    private mutating func checkNames(_ listeners: [Configuration.Listener]) {
        var seen: [String: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            let path = "listeners[\(index)].name"
            guard let first = seen.updateValue(index, forKey: listener.name), self.settings[path] != nil else {
                continue
            }
            self.problem(
                path,
                Phrase(
                    "listeners \(first + 1) and \(index + 1) have the same name",
                    "\(first + 1) 番目と \(index + 1) 番目のリスナーの名前が同じです"
                ),
                hint: Phrase("give one of them another name", "どちらかの名前を変えてください")
            )
        }
    }

    private mutating func problem(_ path: String, _ what: Phrase, hint: Phrase) {
        let place = self.settings.place(path) ?? self.settings.nearestPlace(path) ?? .flag(path)
        self.problems.append(ConfigurationProblem(place, what, hint: hint))
    }
}
