import IMAP
import TLS
import Upstream

extension UpstreamConfiguration {
    /// The mail server of the configuration. Without TLS it must be this machine.
    init(_ upstream: Configuration.Upstream) throws(ServeFailure) {
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
        self.longestMessage = UInt64(clamping: upstream.maximumMessage)
    }
}
