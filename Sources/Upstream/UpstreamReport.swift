/// What `UpstreamProbe` found, as plain values for a person. Texts of the mail server are printable and bounded.
package struct UpstreamReport: Hashable, Sendable {
    package struct Certificate: Hashable, Sendable {
        package var names: [String]
        package var issuer: String
        /// Seconds since 1970.
        package var notAfter: Int64
        /// SHA-256: pairs of hexadecimal digits with colons.
        package var fingerprint: String
    }

    package struct Encryption: Hashable, Sendable {
        /// As libssl names it: `TLSv1.3`.
        package var version: String
        package var cipher: String
        /// Nil when it could not be read.
        package var certificate: Certificate?
    }

    /// One of the provider's own POP3 ports: a PC that still uses it is not protected.
    package struct POP3Port: Hashable, Sendable {
        package var port: Int
        /// The server greeted with `+OK`.
        package var answers: Bool
    }

    package struct Flags: Hashable, Sendable {
        package var uid: UInt32
        /// Sorted.
        package var before: [String]
        /// After the newest message was fetched. Nil when the message has gone meanwhile.
        package var after: [String]?
    }

    package struct Mailbox: Hashable, Sendable {
        /// The answer to EXAMINE: a `[READ-WRITE]` one never gets here.
        package var exists: UInt32
        package var validity: UInt32
        /// Whether a second connection was told the same UIDVALIDITY (I-22); nil when it could not be made.
        package var validityIsStable: Bool?
        /// Of up to 20 of the newest messages.
        package var flags: [Flags]
        /// Whether the newest message's text came; nil in an empty mailbox.
        package var newestWasRead: Bool?
        package var quotaUsedKB: UInt64?
        package var quotaLimitKB: UInt64?

        /// Reading changed no flag.
        package var flagsAreUnchanged: Bool { self.flags.allSatisfy { $0.after == nil || $0.after == $0.before } }
    }

    package enum Login: Hashable, Sendable {
        case notTried
        /// The mailbox is open, for reading alone.
        case opened(Mailbox)
        /// EXAMINE was answered `[READ-WRITE]`; or the login or EXAMINE failed otherwise. A text of ours.
        case failed(reason: String)
        case refusedCredentials
    }

    /// Nil: a TCP connection was made and the mail server greeted. Otherwise why not, certificate refused included.
    package var problem: String?
    package var isReachable: Bool
    package var encryption: Encryption?
    /// As announced before the login.
    package var capabilities: [String]
    package var login: Login
    package var pop3Ports: [POP3Port]
    /// What the mail server wants people to read, and what was odd.
    package var notices: [String]
}
