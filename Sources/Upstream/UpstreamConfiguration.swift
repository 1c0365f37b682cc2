package import Gateway
package import IMAP
package import TLS

/// Something at the mail server that a person should look at. Accounts as people know them.
package enum UpstreamNotice: Hashable, Sendable {
    /// Once a day for an account.
    case mailboxIsFull(account: String, percent: Int)
    /// Our own guard let something not through: this program is broken, and nothing has happened.
    case guardStopped(reason: String)
    /// EXAMINE was answered with a mailbox that could be written to; it was left at once.
    case openedForWriting(account: String)
}

/// How one mail server is reached, and how hard it may be asked. Times are in seconds.
package struct UpstreamConfiguration: Sendable {
    /// Bodies that are kept for an account's other devices and read ahead, in octets. 0 of memory: neither.
    package struct Cache: Hashable, Sendable {
        package var memory: Int
        package var disk: Int
        /// Where the disk's part lies, in a file without a name; nil: nowhere.
        package var folder: String?

        package init(memory: Int = 33_554_432, disk: Int = 0, folder: String? = nil) {
            self.memory = memory
            self.disk = disk
            self.folder = folder
        }
    }

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
    /// Shared by all sessions of an account; far below the ten that Dovecot allows a user and address (I-24).
    package var connectionsPerAccount = 3
    /// How long a credential that the mail server has accepted is taken for good without asking it; 0: every login asks.
    package var loginCacheSeconds = 300
    package var cache = Cache()
    /// How long a login waits for one of these.
    package var connectionWaitSeconds = 10
    package var connectSeconds = 10
    package var greetingSeconds = 15
    package var commandSeconds = 60
    /// From the connection to the answer to EXAMINE, however the mail server spreads its words.
    package var openSeconds = 60
    /// For finding all messages again when UIDVALIDITY has changed, headers and all.
    package var rematchSeconds = 3600
    /// Octets; a longer literal is not fetched (I-43).
    package var longestMessage: UInt64 = 100 * 1024 * 1024
    /// Whether headers are fetched when a session has ended, so that messages are known again if UIDVALIDITY changes.
    package var collectsHeaderKeys = true
    /// A mailbox fuller than this share of its quota, in percent, is worth a warning: nothing is deleted any more.
    package var fullPercent: @Sendable () -> Int = { 80 }
    /// Hears what an operator should know, on any thread.
    package var notice: @Sendable (UpstreamNotice) -> Void = { _ in }
    /// How the unique-ids of new messages are made, by the account's normalised login.
    package var uniqueIDs: @Sendable (String) -> UniqueIDFormat = { _ in .dovecot }

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
