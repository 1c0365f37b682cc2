import Gateway
import IMAP
import Report
import TLS
import Upstream

extension UpstreamConfiguration {
    /// The mail server of the configuration, with the formats of its accounts as `policies` has them at the moment. Without
    /// TLS it must be this machine. Bodies are kept on disk only where there is a `stateFolder`.
    init(
        _ upstream: Configuration.Upstream,
        stateFolder: String? = nil,
        _ policies: @autoclosure @escaping @Sendable () -> DevicePolicies
    ) throws(ServeFailure) {
        let protection: Protection =
            switch upstream.url.scheme {
            case .imaps: .implicitTLS
            case .imap: upstream.url.isLoopback ? .plainLoopback : .startTLS
            }
        let authentication: AuthenticationChoice =
            switch upstream.authentication {
            case .auto: .automatic
            case .plain: .plain
            case .login: .login
            case .scram: .scram
            }
        do throws(Problem) {
            try self.init(
                name: upstream.name,
                host: upstream.url.host,
                port: upstream.url.port,
                protection: protection,
                trust: upstream.ca.map { .file($0) } ?? .system,
                authentication: authentication,
                mailbox: upstream.mailbox
            )
        } catch {
            throw ServeFailure(
                Phrase(
                    "upstream.url: without TLS the mail server must be this machine",
                    "upstream.url: TLS なしで接続できるのはこのマシン自身だけです"
                ),
                status: .configuration
            )
        }
        self.failedLoginsAnHour = upstream.loginFailuresPerHour
        self.connectionsPerAccount = upstream.connectionsPerAccount
        self.loginCacheSeconds = upstream.loginCacheSeconds
        self.cache = Cache(memory: upstream.cacheMemory, disk: upstream.cacheDisk, folder: stateFolder)
        self.longestMessage = UInt64(clamping: upstream.maximumMessage)
        self.collectsHeaderKeys = upstream.collectsHeaderKeys
        self.uniqueIDs = { policies().settings(account: $0).uniqueIDs ?? .dovecot }
    }
}
