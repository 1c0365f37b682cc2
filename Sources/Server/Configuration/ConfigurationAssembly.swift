import Report

import struct Foundation.TimeZone
import enum Gateway.IdentifierKind
import enum Gateway.UnidentifiedPolicy

/// Makes the configuration out of single values, and finds what is wrong only when they are seen together.
struct ConfigurationAssembly {
    private(set) var problems: [ConfigurationProblem]
    let settings: ConfigurationSettings
    let rejected: Set<String>
    /// The file that was read, if one was.
    private let path: String?

    init(reader: ConfigurationReader, path: String?) {
        self.path = path
        self.problems = reader.problems
        self.settings = reader.settings
        self.rejected = reader.rejected
    }

    /// Nil when something is missing without which nothing can be made; `problems` says what.
    mutating func assemble(options: ServeOptions, surroundings: Surroundings, digest: String?) -> Configuration? {
        let upstream = self.upstream()
        let listeners = self.listeners()
        let accounts = self.accounts()
        let policies = self.policies(accounts)
        self.checkAdoption()
        let record = self.record()
        let review = self.review(listeners)
        guard let upstream else { return nil }
        var settings = self.settings
        let folder = settings.text("state") ?? surroundings.stateFolder
        settings.fill("state", .text(folder))
        let node = settings.text("node") ?? surroundings.nodeName
        settings.fill("node", .text(node))
        let language =
            settings.text("language").flatMap(Language.init) ?? Language(environment: surroundings.variables)
        settings.fill("language", .text(language.rawValue))
        let zone = settings.text("zone").flatMap { TimeZone(identifier: $0) } ?? surroundings.zone
        settings.fill("zone", .text(zone.identifier))
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
            identification: self.identification("identify") ?? [],
            domains: self.domains,
            unidentified: settings.text("unidentified").flatMap(UnidentifiedPolicy.init) ?? .once,
            hidesDeleted: settings.text("deleted") != "keep",
            accounts: accounts.list,
            secretSources: accounts.secretSources,
            policies: policies,
            details: self.messageDetails(accounts),
            retention: self.retention,
            adoption: settings.text("upstream.adopt").flatMap(AdoptionURL.init),
            adoptionAuthority: settings.text("upstream.adopt-ca"),
            zone: zone,
            limits: Configuration.Limits(
                connections: settings.integer("limits.connections") ?? 1,
                perAddress: settings.integer("limits.per-address") ?? 1,
                loginSeconds: settings.integer("limits.login-seconds") ?? 60,
                idleSeconds: settings.integer("limits.idle-seconds") ?? 600
            ),
            record: record,
            alerts: self.alerts(),
            review: review,
            settings: settings,
            digest: digest
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
            name: self.settings.text("upstream.name") ?? Configuration.usualUpstreamName,
            url: url,
            ca: self.settings.text("upstream.ca"),
            mailbox: self.settings.text("upstream.mailbox") ?? "INBOX",
            authentication: self.settings.text("upstream.auth").flatMap(Configuration.Upstream.Authentication.init)
                ?? .auto,
            loginFailuresPerHour: self.settings.integer("upstream.login-failures-per-hour") ?? 10,
            connectionsPerAccount: self.settings.integer("upstream.connections-per-account") ?? 3,
            loginCacheSeconds: self.settings.integer("upstream.login-cache") ?? 300,
            cacheMemory: self.settings.integer("upstream.cache") ?? 32 << 20,
            cacheDisk: self.settings.integer("upstream.cache-disk") ?? 256 << 20,
            maximumMessage: self.settings.integer("upstream.max-message") ?? 256 << 20,
            collectsHeaderKeys: self.settings.text("upstream.header-keys") != "false"
        )
    }

    func identification(_ path: String) -> [IdentifierKind]? {
        self.settings.texts(path)?.compactMap(IdentifierKind.init)
    }

    /// Host names differ in case alone only to the eye.
    private var domains: [String] {
        var domains: [String] = []
        for domain in (self.settings.texts("domain") ?? []).map({ $0.lowercased() }) where !domains.contains(domain) {
            domains.append(domain)
        }
        return domains
    }

    private mutating func checkAdoption() {
        guard self.settings["upstream.adopt-ca"] != nil, self.settings["upstream.adopt"] == nil,
            !self.rejected.contains("upstream.adopt")
        else { return }
        self.problem(
            "upstream.adopt-ca",
            Phrase("'adopt-ca' stands without 'adopt'", "'adopt' がないのに 'adopt-ca' があります"),
            hint: Phrase(
                "add 'adopt: pops://pop.provider.example', or take it out",
                "'adopt: pops://pop.provider.example' を加えるか、削除してください"
            )
        )
    }

    mutating func problem(_ path: String, _ what: Phrase, hint: Phrase) {
        let place = self.settings.place(path) ?? self.settings.nearestPlace(path) ?? .flag(path)
        self.problems.append(ConfigurationProblem(place, what, hint: hint))
    }
}
