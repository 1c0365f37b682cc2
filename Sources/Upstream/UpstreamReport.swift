/// A mail server as it stands before a login. Texts of its own are printable and bounded.
package struct ReachedUpstream: Hashable, Sendable {
    package struct Certificate: Hashable, Sendable {
        package let names: [String]
        package let issuer: String
        /// Seconds since 1970.
        package let notAfter: Int64
        /// SHA-256: pairs of hexadecimal digits with colons.
        package let fingerprint: String
    }

    package struct Encryption: Hashable, Sendable {
        /// As libssl names it: `TLSv1.3`.
        package let version: String
        package let cipher: String
        /// Nil when it cannot be read.
        package let certificate: Certificate?
    }

    /// Nil on a plain connection.
    package let encryption: Encryption?
    /// In upper case, as announced before the login.
    package let capabilities: [String]
}

/// A mailbox as one connection saw it.
package struct LookedMailbox: Hashable, Sendable {
    package struct Flags: Hashable, Sendable {
        package let uid: UInt32
        /// Sorted.
        package let before: [String]
        /// After the newest message was read; nil when this one has gone meanwhile.
        package let after: [String]?
    }

    package struct Quota: Hashable, Sendable {
        package let usedKB: UInt64
        package let limitKB: UInt64
    }

    /// The answer to EXAMINE said `[READ-ONLY]`; false when it said nothing. `[READ-WRITE]` is a failure.
    package let saysReadOnly: Bool
    package let exists: UInt32
    package let validity: UInt32
    /// All that exist, as closed ranges in order.
    package let uids: [ClosedRange<UInt32>]
    /// Of the newest messages, 20 at most.
    package let flags: [Flags]
    /// Whether something of the newest message's text came; nil where there is no message.
    package let newestWasRead: Bool?
    /// Nil where the server tells none.
    package let quota: Quota?

    /// Nil where there was no message to try.
    package var keepsFlags: Bool? {
        self.flags.isEmpty ? nil : self.flags.allSatisfy { $0.after == nil || $0.after == $0.before }
    }
}
