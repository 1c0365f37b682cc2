import LibCrypto
package import Report

package import struct Foundation.TimeZone
package import struct Gateway.AccountList
package import struct Gateway.DevicePolicies
package import enum Gateway.IPAddress
package import enum Gateway.IdentifierKind
package import struct Gateway.MessageDetailsPolicy
package import struct Gateway.Network
package import enum Gateway.UnidentifiedPolicy
package import struct Store.Retention

/// Everything the server was told, understood once at the start and checked as a whole.
package struct Configuration: Sendable {
    package let stateFolder: String
    package let node: String
    package let language: Language
    /// A level of swift-log.
    package let logLevel: String
    package let upstream: Upstream
    package let listeners: [Listener]
    /// How a device is told from another, the kind that decides first in front.
    package let identification: [IdentifierKind]
    /// Below these each PC has a server name of its own; lower case.
    package let domains: [String]
    package let unidentified: UnidentifiedPolicy
    package let hidesDeleted: Bool
    /// Which accounts are served.
    package let accounts: AccountList
    /// Where the passwords and tokens of accounts come from, by normalised login.
    package let secretSources: [String: SecretSource]
    package let policies: DevicePolicies
    /// What is kept of the headers of messages.
    package let details: MessageDetailsPolicy
    /// How much of the record is kept.
    package let retention: Retention
    /// The provider's own POP3 service, whose unique-ids are taken over; nil where none is.
    package let adoption: AdoptionURL?
    /// A CA file for `adoption`; nil for the system's.
    package let adoptionAuthority: String?
    /// Where days begin.
    package let zone: TimeZone
    package let limits: Limits
    package let record: Record
    package let alerts: Alerts
    /// Nil: there is no page.
    package let review: Review?
    /// Every value in force with its origin, for `config show`.
    package let settings: ConfigurationSettings
    /// SHA-256 of the file, in hexadecimal; nil without one.
    package let digest: String?

    package struct Upstream: Hashable, Sendable {
        package let name: String
        package let url: UpstreamURL
        /// A CA file; nil for the system's.
        package let ca: String?
        package let mailbox: String
        package let authentication: Authentication
        package let loginFailuresPerHour: Int
        package let connectionsPerAccount: Int
        package let loginCacheSeconds: Int
        /// Octets, as the next.
        package let cacheMemory: Int
        package let cacheDisk: Int
        package let maximumMessage: Int
        package let collectsHeaderKeys: Bool

        package enum Authentication: String, Hashable, Sendable { case auto, plain, login, scram }
    }

    package struct Listener: Hashable, Sendable {
        package let name: String
        package let address: IPAddress
        package let port: Int
        package let isImplicitTLS: Bool
        package let isLegacy: Bool
        package let isStrictALPN: Bool
        /// Empty: everybody.
        package let allowedFrom: [Network]
        /// Who may log in without TLS; empty: nobody.
        package let plaintextFrom: [Network]
        /// Empty: the private authority's.
        package let certificates: [CertificateFiles]
        /// A PEM file: devices may show a certificate issued by one of these.
        package let clientAuthority: String?
        /// The one device, in lower case, whose listener this is.
        package let givenDevice: String?
        package let identification: [IdentifierKind]
    }

    package struct CertificateFiles: Hashable, Sendable {
        package let certificate: String
        package let key: String
        /// Where the certificate is named, for a message about it.
        package let place: ConfigurationPlace
    }

    package struct Limits: Hashable, Sendable {
        package let connections: Int
        package let perAddress: Int
        package let loginSeconds: Int
        package let idleSeconds: Int
    }

    /// The file that is read when no flag says otherwise and it exists.
    package static let usualPath = "/etc/leavecopy/leavecopy.yaml"
    /// What an upstream is called where nothing else is said: accounts are kept under it.
    package static let usualUpstreamName = "main"
    /// The ports of a start without a file: no privileges are needed for them.
    package static let ports = (startTLS: 1_110, implicit: 1_995)

    /// Reads the file and the flags. Throws everything that is wrong with them at once.
    package static func load(
        _ options: ServeOptions,
        in surroundings: Surroundings
    ) throws(ConfigurationFailure) -> Configuration {
        let path = Self.path(options, surroundings)
        var reader = ConfigurationReader(
            folder: path.map(ConfigurationFiles.folder) ?? "",
            files: surroundings.files
        )
        var digest: String?
        if let path {
            let text = try Self.text(of: path, surroundings)
            digest = SHA256.digest(of: Array(text.utf8)).hexadecimal
            try Self.read(text, path, digest, with: &reader)
        }
        reader.apply(options, in: surroundings)
        reader.fillIn()
        var assembly = ConfigurationAssembly(reader: reader, path: path)
        let configuration = assembly.assemble(options: options, surroundings: surroundings, digest: digest)
        guard let configuration, assembly.problems.isEmpty else {
            throw ConfigurationFailure(Self.inOrder(assembly.problems), digest: digest)
        }
        return configuration
    }

    private static func path(_ options: ServeOptions, _ surroundings: Surroundings) -> String? {
        if let config = options.config { return config }
        if options.upstream != nil { return nil }
        if case .failure(.missing) = surroundings.files.read(Self.usualPath) { return nil }
        return Self.usualPath
    }

    /// The file that is read, where one is.
    private static func text(
        of path: String,
        _ surroundings: Surroundings
    ) throws(ConfigurationFailure) -> String {
        switch surroundings.files.read(path) {
        case .success(let text): return text
        case .failure(let error):
            let what = Phrase("the configuration file cannot be read", "設定ファイルを読めません")
            throw ConfigurationFailure(
                [ConfigurationProblem(.wholeFile(path), what, hint: error.text)],
                status: error.status
            )
        }
    }

    private static func read(
        _ text: String,
        _ path: String,
        _ digest: String?,
        with reader: inout ConfigurationReader
    ) throws(ConfigurationFailure) {
        let document = ConfigurationDocument(text: text, path: path)
        for problem in document.problems { reader.add(problem) }
        if let root = document.root {
            reader.read(root)
        } else if !document.problems.isEmpty {
            throw ConfigurationFailure(document.problems, digest: digest)
        }
    }

    private static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        problems.enumerated().sorted { left, right in
            (left.element.place.line ?? .max, left.offset) < (right.element.place.line ?? .max, right.offset)
        }.map(\.element)
    }
}
