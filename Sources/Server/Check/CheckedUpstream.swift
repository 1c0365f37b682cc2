package import enum Gateway.UpstreamFailure
package import class Linux.Secret

/// What `check` asks of the mail server. Read-only like everything upstream; a test answers by itself.
package protocol CheckedUpstream: Sendable {
    /// Connects, and says what stands there before any login.
    func reach() async -> Result<ReachedServer, UpstreamFailure>
    /// Logs in on a connection of its own, EXAMINEs and lists.
    func look(_ account: CheckedAccount) async -> Result<SeenMailbox, UpstreamFailure>
    /// Those of the usual POP3 ports of the same host that take a connection.
    func openPOP3Ports() async -> [Int]
}

/// The account that `check` tries, with what a device would say.
package struct CheckedAccount: Hashable, Sendable {
    package let name: String
    package let password: Secret

    package init(name: String, password: Secret) {
        self.name = name
        self.password = password
    }
}

/// The mail server before a login.
package struct ReachedServer: Hashable, Sendable {
    /// `TLSv1.3`; nil without TLS.
    package let tlsVersion: String?
    package let cipher: String?
    /// The end of its certificate, in seconds since 1970.
    package let certificateEnd: Int64?
    package let capabilities: [String]

    package init(tlsVersion: String?, cipher: String?, certificateEnd: Int64?, capabilities: [String]) {
        self.tlsVersion = tlsVersion
        self.cipher = cipher
        self.certificateEnd = certificateEnd
        self.capabilities = capabilities
    }
}

/// A mailbox as one connection saw it.
package struct SeenMailbox: Hashable, Sendable {
    package struct Quota: Hashable, Sendable {
        /// In KiB, as IMAP counts storage.
        package let used: UInt64
        package let limit: UInt64

        package init(used: UInt64, limit: UInt64) {
            self.used = used
            self.limit = limit
        }
    }

    /// The answer to EXAMINE said `[READ-ONLY]`; false when it said nothing. `[READ-WRITE]` is a failure.
    package let saysReadOnly: Bool
    package let validity: UInt32
    package let messages: UInt32
    /// All that exist, as closed ranges in order.
    package let uids: [ClosedRange<UInt32>]
    /// Whether the flags of a message were the same after its octets had been fetched; nil where there was none to try.
    package let keepsFlags: Bool?
    /// Nil where the server tells none.
    package let quota: Quota?

    package init(
        saysReadOnly: Bool,
        validity: UInt32,
        messages: UInt32,
        uids: [ClosedRange<UInt32>],
        keepsFlags: Bool?,
        quota: Quota?
    ) {
        self.saysReadOnly = saysReadOnly
        self.validity = validity
        self.messages = messages
        self.uids = uids
        self.keepsFlags = keepsFlags
        self.quota = quota
    }
}
