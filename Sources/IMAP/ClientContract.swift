package import class Linux.Secret
package import struct NIOCore.ByteBuffer

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

/// Which part of a message is fetched, always by BODY.PEEK (I-40, I-41).
package enum Section: Hashable, Sendable {
    case whole
    /// `BODY.PEEK[]<offset.length>`
    case octets(offset: UInt32, length: UInt32)
}

/// Why the mail server did not do what it was asked (section 2.8 of the field's table of answers).
package enum ServerRefusal: Error, Hashable, Sendable {
    case credentials
    case unavailable
    case throttled(seconds: Int?)
    case tooManyConnections
    /// LOGINDISABLED, PRIVACYREQUIRED, STARTTLS not offered.
    case plainLoginForbidden
    case noPermission
    case noSuchMailbox
    /// EXAMINE was answered `[READ-WRITE]` (I-20).
    case readWrite
    /// UIDVALIDITY missing or UIDNOTSTICKY (I-21).
    case uidsNotPersistent
    /// FETCH: the message has gone (I-51).
    case messageGone
    /// FETCH: nothing came, or NO (I-54).
    case messageUnavailable
    /// The peer broke the protocol or one of our limits; the connection is not used again.
    case misbehaved(String)
    /// The server said BYE, or the connection ended.
    case disconnected
}

/// What the state machine wants done, or tells.
package enum ClientAction: Hashable, Sendable {
    /// Goes through the guard to the mail server.
    case send(ByteBuffer)
    /// Put TLS in place now; nothing may have arrived behind the OK (I-04).
    case startTLS
    /// Logged in and EXAMINEd: commands may follow.
    case opened(ExaminedMailbox)
    /// GETQUOTAROOT: kilobytes used and allowed.
    case quota(usedKB: UInt64, limitKB: UInt64)
    case listed([ListedMessage])
    case listingEnded
    /// All UIDs that exist, from UID SEARCH, as closed ranges in order.
    case present([ClosedRange<UInt32>])
    /// A body's literal begins; `octets` is what the server announced.
    case bodyBegan(octets: UInt64)
    case bodyPiece(ByteBuffer)
    case bodyEnded
    /// The answer to a NOOP: what has come and gone since, as counted.
    case alive(exists: UInt32?, expunged: Int)
    /// The command at hand failed; the connection may go on unless `.close` follows.
    case refused(ServerRefusal)
    /// What the server said that an operator should read once: ALERT texts, missing `[READ-ONLY]`. Never secrets.
    case notice(String)
    case close
}
