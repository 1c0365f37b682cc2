import Gateway
import Logging
import NIOConcurrencyHelpers

/// The configuration in force. New connections take what holds at the moment; a session keeps what it began with.
///
/// What needs a new start stays as it was: ports, the mail server, the state folder.
final class LiveConfiguration: Sendable {
    private struct State {
        var configuration: Configuration
        /// Their ports and protection are those of the start.
        var listeners: [String: Listener.Settings]
        var secrets: ConfiguredSecrets?
        var midnights: Midnights
        /// Of the file whose every word is in force.
        var digest: String?
    }

    /// As the server was started.
    let start: Configuration
    private let state: NIOLockedValueBox<State>
    private let logger: Logger

    init(_ configuration: Configuration, logger: Logger) {
        self.start = configuration
        self.logger = logger
        self.state = NIOLockedValueBox(
            State(
                configuration: configuration,
                listeners: Self.settings(configuration, start: configuration),
                secrets: Serve.secrets(configuration, logger: logger),
                midnights: Midnights(zone: configuration.zone),
                digest: configuration.digest
            )
        )
    }

    var configuration: Configuration { self.state.withLockedValue { $0.configuration } }
    var policies: DevicePolicies { self.configuration.policies }
    var digest: String? { self.state.withLockedValue { $0.digest } }

    /// What is said of a listener now; `bound` where nothing is.
    func settings(of bound: Listener.Settings) -> Listener.Settings {
        self.state.withLockedValue { $0.listeners[bound.name] } ?? bound
    }

    /// What sessions share, with what the configuration says of it now.
    func environment(_ base: SessionEnvironment) -> SessionEnvironment {
        let (configuration, secrets, midnights) = self.state.withLockedValue {
            ($0.configuration, $0.secrets, $0.midnights)
        }
        let now = base.now
        return base.with(
            accounts: configuration.accounts,
            policies: configuration.policies,
            secrets: secrets,
            unidentified: configuration.unidentified,
            midnight: { midnights.seconds(daysAgo: $0, now: now() / 1_000_000) }
        )
    }

    /// Puts a configuration in force, as far as that goes without a new start.
    func take(_ new: Configuration, _ change: ConfigurationChange) {
        let secrets = Serve.secrets(new, logger: self.logger)
        self.state.withLockedValue { state in
            // Tokens that are good are not asked for again.
            if state.configuration.secretSources != new.secretSources { state.secrets = secrets }
            if change.takesListeners { state.listeners = Self.settings(new, start: self.start) }
            state.midnights = Midnights(zone: new.zone)
            if change.waiting.isEmpty { state.digest = new.digest }
            state.configuration = new
        }
    }

    private static func settings(
        _ configuration: Configuration,
        start: Configuration
    ) -> [String: Listener.Settings] {
        let settings = configuration.listeners.map { Listener.Settings($0, configuration, domains: start.domains) }
        return Dictionary(settings.map { ($0.name, $0) }) { first, _ in first }
    }
}
