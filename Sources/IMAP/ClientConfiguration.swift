package import class Linux.Secret

/// How the connection to the mail server is protected before anything secret is said.
package enum Protection: Hashable, Sendable {
    /// TLS from the first octet (`imaps://`).
    case implicitTLS
    /// STARTTLS, or nothing (`imap://`): never opportunistic (I-01).
    case startTLS
    /// No TLS: only for loopback; whoever makes the configuration checks that.
    case plainLoopback
}

/// Which of LOGIN and AUTHENTICATE PLAIN is used; `.automatic` chooses by what the server announces (I-10).
package enum AuthenticationChoice: String, Hashable, Sendable {
    case automatic, plain, login
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
    /// Whether GETQUOTAROOT is asked once after EXAMINE, where QUOTA is announced.
    package let asksQuota: Bool

    package init(
        protection: Protection,
        authentication: AuthenticationChoice,
        mailbox: String,
        product: (name: String, version: String),
        tagPrefix: String,
        asksQuota: Bool
    ) {
        self.protection = protection
        self.authentication = authentication
        self.mailbox = mailbox
        self.product = product
        self.tagPrefix = tagPrefix
        self.asksQuota = asksQuota
    }

    package static func == (left: ClientConfiguration, right: ClientConfiguration) -> Bool {
        left.protection == right.protection && left.authentication == right.authentication
            && left.mailbox == right.mailbox && left.product == right.product && left.tagPrefix == right.tagPrefix
            && left.asksQuota == right.asksQuota
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.mailbox)
        hasher.combine(self.tagPrefix)
    }
}

/// The name and password of the account, as octets: they may be in any old code page (I-12).
package struct Credentials: Hashable, Sendable {
    package let name: [UInt8]
    package let password: Secret

    package init(name: [UInt8], password: Secret) {
        self.name = name
        self.password = password
    }
}
