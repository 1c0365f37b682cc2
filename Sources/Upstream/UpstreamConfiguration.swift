import Gateway
package import IMAP
package import TLS

/// How one mail server is reached, and how hard it may be asked. Times are in seconds.
package struct UpstreamConfiguration: Sendable {
    package enum Problem: Error, Hashable, Sendable {
        /// Without TLS a password may cross this machine and no network.
        case plainToAnotherMachine
    }

    /// What accounts are kept under: never the host name.
    package let name: String
    package let host: String
    package let port: Int
    package let protection: Protection
    package let trust: TLSContext.Trust
    package let authentication: AuthenticationChoice
    package let mailbox: String
    /// Failed logins for one account in a rolling hour; beyond it only credentials that were verified go through (S-16).
    package var failedLoginsAnHour = 10
    /// Below the ten that Dovecot allows a user and address (I-24).
    package var connectionsPerAccount = 8
    /// How long a login waits for one of these.
    package var connectionWaitSeconds = 10
    package var connectSeconds = 10
    package var greetingSeconds = 15
    package var commandSeconds = 60
    /// From the connection to the answer to EXAMINE, however the mail server spreads its words.
    package var openSeconds = 60
    /// Octets; a longer literal is not fetched (I-43).
    package var longestMessage: UInt64 = 100 * 1024 * 1024
    /// Octets: what is at most this long is collected before `began`.
    package var collectedOctets: UInt64 = 64 * 1024

    package init(
        name: String,
        host: String,
        port: Int,
        protection: Protection,
        trust: TLSContext.Trust = .system,
        authentication: AuthenticationChoice = .automatic,
        mailbox: String = "INBOX"
    ) throws(Problem) {
        if protection == .plainLoopback, !Self.isLoopback(host) { throw .plainToAnotherMachine }
        self.name = name
        self.host = host
        self.port = port
        self.protection = protection
        self.trust = trust
        self.authentication = authentication
        self.mailbox = mailbox
    }

    /// An address of this machine; of names only `localhost`, since any other could be answered by a stranger.
    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }
}
