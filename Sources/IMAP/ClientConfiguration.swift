/// How the connection to the mail server is protected before anything secret is said.
package enum Protection: Hashable, Sendable {
    /// TLS from the first octet (`imaps://`).
    case implicitTLS
    /// STARTTLS, or nothing (`imap://`): never opportunistic (I-01).
    case startTLS
    /// No TLS: only for loopback; whoever makes the configuration checks that.
    case plainLoopback
}

/// How a password is sent; `.automatic` chooses by what the server announces (I-10). A token has mechanisms of its own.
package enum AuthenticationChoice: String, Hashable, Sendable {
    case automatic, plain, login
    /// SCRAM-SHA-256, or no login at all: the server never sees the password.
    case scram
}

/// What the client state machine needs to know before it begins.
package struct ClientConfiguration: Hashable, Sendable {
    package let protection: Protection
    package let authentication: AuthenticationChoice
    /// The mailbox to EXAMINE, as its name is shown to people; sent in modified UTF-7 (RFC 3501 §5.1.3).
    package let mailbox: String
    /// Sent by ID, when announced (I-16).
    package let product: (name: String, version: String)
    /// Random, so that an answer cannot be sent before its question: a tag is this and a number.
    package let tagPrefix: String
    /// Random, for SCRAM: printable ASCII without a comma, at least 18 octets of chance (RFC 5802 §5.1).
    package let nonce: String
    /// Name and port of the mail server, as OAUTHBEARER tells them (RFC 7628 §3.1).
    package let server: (host: String, port: Int)
    /// Whether GETQUOTAROOT is asked once after EXAMINE, where QUOTA is announced.
    package let asksQuota: Bool

    package init(
        protection: Protection,
        authentication: AuthenticationChoice,
        mailbox: String,
        product: (name: String, version: String),
        tagPrefix: String,
        nonce: String,
        server: (host: String, port: Int),
        asksQuota: Bool
    ) {
        self.protection = protection
        self.authentication = authentication
        self.mailbox = mailbox
        self.product = product
        self.tagPrefix = tagPrefix
        self.nonce = nonce
        self.server = server
        self.asksQuota = asksQuota
    }

    package static func == (left: ClientConfiguration, right: ClientConfiguration) -> Bool {
        left.protection == right.protection && left.authentication == right.authentication
            && left.mailbox == right.mailbox && left.product == right.product && left.tagPrefix == right.tagPrefix
            && left.nonce == right.nonce && left.server == right.server && left.asksQuota == right.asksQuota
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.mailbox)
        hasher.combine(self.tagPrefix)
    }
}
