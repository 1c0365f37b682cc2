import Gateway
package import Linux
import Logging
import NIOPosix
import Report
import Store
import TLS
import Upstream

/// `leavecopy uidl learn`: the same run as `adopt:`, begun by a person.
package enum UIDLLearning {
    package struct Wish: Sendable {
        package let account: String
        package let from: AdoptionURL
        package let authority: String?
        package var replacing = false
        package var isDryRun = false
        /// Who runs the command.
        package let user: String

        package init(account: String, from: AdoptionURL, authority: String?, user: String) {
            self.account = account
            self.from = from
            self.authority = authority
            self.user = user
        }
    }

    /// `ask` gives the password that the operator says, and is told whether the configuration has one.
    ///
    /// Throws what keeps the run from beginning: `ConfigurationFailure`, `ServeFailure` or `StoreError`; and
    /// `AdoptionFailure` when it does not come to its end.
    package static func run(
        _ wish: Wish,
        ask: @Sendable (_ isConfigured: Bool) -> Secret?,
        _ options: ServeOptions,
        in surroundings: Surroundings = .ofThisProcess,
        tell: @escaping @Sendable (AdoptionProgress) -> Void
    ) async throws -> AdoptionReport {
        let configuration = try Configuration.load(options, in: surroundings)
        let secrets = try await LearningSecrets.of(
            wish.account,
            source: configuration.secretSources[LoginName(wish.account).normalised],
            configured: Serve.secrets(
                configuration,
                logger: Logger(label: "leavecopy") { _ in StandardErrorLog(level: .warning, isJournal: false) }
            ),
            ask: ask
        )
        let store = try Self.store(configuration)
        let logger = Logger(label: "leavecopy") { _ in SwiftLogNoOpLogHandler() }
        let group = MultiThreadedEventLoopGroup.singleton
        let provider = ProviderConfiguration(wish.from, authority: wish.authority)
        let upstream = try UpstreamConfiguration(configuration.upstream, configuration.policies)
        let directory: MailboxDirectory
        let service: ProviderService
        do throws(TLSError) {
            directory = try MailboxDirectory(
                configuration: upstream,
                store: store,
                group: group,
                logger: logger,
                seconds: Serve.seconds
            )
            service = try ProviderService(provider, group: group, logger: logger)
        } catch {
            throw ServeFailure(
                Phrase("a CA file cannot be used: \(error)", "CA ファイルを使えません: \(error)"),
                status: .configuration
            )
        }
        var terms = Adoption.Terms(
            asked: "uidl learn --account \(LoginName(wish.account).display) --from \(wish.from.host)",
            origin: .operatorCommand(user: wish.user)
        )
        terms.replacing = wish.replacing
        terms.isDryRun = wish.isDryRun
        let login = UpstreamLogin(
            name: Array(wish.account.utf8),
            secret: secrets.mailServer,
            session: SessionID("uidl-learn")
        )
        return try await Adoption(mailboxes: directory, service: ReachedService(service: service), store: store)
            .run(login, password: secrets.service, terms: terms, tell: tell)
    }

    /// Also before the server's first start: then the state folder is made here.
    private static func store(_ configuration: Configuration) throws -> SQLiteStore {
        func open(_ role: SQLiteStore.Role) throws -> SQLiteStore {
            try SQLiteStore.open(
                folder: configuration.stateFolder,
                role: role,
                origin: "leavecopy/\(configuration.node)",
                node: configuration.node,
                now: Serve.now
            )
        }
        do {
            return try open(.command)
        } catch StoreError.noState {
            // Held while the database is made, so that no server makes it at the same time.
            let folder = try StateFolder(configuration.stateFolder)
            return try withExtendedLifetime(folder) { try open(.server) }
        }
    }
}
