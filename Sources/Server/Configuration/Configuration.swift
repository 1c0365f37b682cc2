package import enum Gateway.IPAddress
package import enum Gateway.IdentifierKind
package import struct Gateway.Network
package import enum Gateway.UnidentifiedPolicy

/// Everything the server was told, understood once at the start and checked as a whole.
package struct Configuration: Sendable {
    package let stateFolder: String
    package let node: String
    package let language: Language
    /// A level of swift-log.
    package let logLevel: String
    package let upstream: Upstream
    package let listeners: [Listener]
    package let identification: Set<IdentifierKind>
    package let unidentified: UnidentifiedPolicy
    package let hidesDeleted: Bool
    package let limits: Limits
    /// Every value in force with its origin, for `config show`.
    package let settings: ConfigurationSettings

    package struct Upstream: Hashable, Sendable {
        package let name: String
        package let url: UpstreamURL
        /// A CA file; nil for the system's.
        package let ca: String?
        package let mailbox: String
        package let authentication: Authentication
        package let loginFailuresPerHour: Int
        package let connectionsPerAccount: Int
        package let maximumMessage: Int

        package enum Authentication: String, Hashable, Sendable { case auto, plain, login }
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
        if let path { try Self.readFile(path, with: &reader, surroundings) }
        reader.apply(options, in: surroundings)
        reader.fillIn()
        var assembly = ConfigurationAssembly(reader: reader, path: path)
        let configuration = assembly.assemble(options: options, surroundings: surroundings)
        guard let configuration, assembly.problems.isEmpty else {
            throw ConfigurationFailure(Self.inOrder(assembly.problems))
        }
        return configuration
    }

    private static func path(_ options: ServeOptions, _ surroundings: Surroundings) -> String? {
        if let config = options.config { return config }
        if options.upstream != nil { return nil }
        if case .failure(.missing) = surroundings.files.read(Self.usualPath) { return nil }
        return Self.usualPath
    }

    private static func readFile(
        _ path: String,
        with reader: inout ConfigurationReader,
        _ surroundings: Surroundings
    ) throws(ConfigurationFailure) {
        switch surroundings.files.read(path) {
        case .failure(let error):
            let what = Phrase("the configuration file cannot be read", "設定ファイルを読めません")
            throw ConfigurationFailure(
                [ConfigurationProblem(.wholeFile(path), what, hint: error.text)],
                status: error.status
            )
        case .success(let text):
            let document = ConfigurationDocument(text: text, path: path)
            for problem in document.problems { reader.add(problem) }
            if let root = document.root {
                reader.read(root)
            } else if !document.problems.isEmpty {
                throw ConfigurationFailure(document.problems)
            }
        }
    }

    private static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        problems.enumerated().sorted { left, right in
            (left.element.place.line ?? .max, left.offset) < (right.element.place.line ?? .max, right.offset)
        }.map(\.element)
    }
}
