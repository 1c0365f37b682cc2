/// What CAPA lists (RFC 2449 §5), by the state of the session.
package struct CapabilityList: Hashable, Sendable {
    /// How long mail stays, as RFC 2449 §6.7 has it.
    package enum Expire: Hashable, Sendable {
        case never
        /// A device that sees the last days only is told so. At least 1: `EXPIRE 0` would announce that mail read
        /// once may be removed.
        case days(Int)
        /// Before the login: it differs from user to user, and this is the shortest.
        case daysOfSome(Int)
    }

    /// TLS may begin with STLS now: it is offered on this listener and not active yet.
    package var stlsAllowed: Bool
    /// Name and password may be sent now: TLS is active, or the listener takes them in clear.
    package var loginAllowed: Bool
    package var inTransaction: Bool
    package var expire: Expire
    /// Named in TRANSACTION alone (RFC 2449 §6.9), so that strangers do not learn it.
    package var implementation: String

    package init(
        stlsAllowed: Bool,
        loginAllowed: Bool,
        inTransaction: Bool,
        expire: Expire = .never,
        implementation: String = "Leavecopy"
    ) {
        self.stlsAllowed = stlsAllowed
        self.loginAllowed = loginAllowed
        self.inTransaction = inTransaction
        self.expire = expire
        self.implementation = implementation
    }

    /// The whole reply. What AUTHORIZATION offers is listed in TRANSACTION too (RFC 2449 §5), but STLS, which is listed
    /// only while it is permitted (RFC 2595 §4).
    package var reply: Response { .lines("Capability list follows", self.tags) }

    package var tags: [String] {
        var tags = ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", self.expireTag]
        if self.stlsAllowed, !self.inTransaction { tags.append("STLS") }
        if self.loginAllowed { tags += ["USER", "SASL " + Self.mechanisms.joined(separator: " ")] }
        if self.inTransaction { tags.append("IMPLEMENTATION \(self.implementation)") }
        return tags
    }

    /// The answer to AUTH without a mechanism, which old clients ask for.
    package static func mechanismList(loginAllowed: Bool) -> Response {
        .lines("", loginAllowed ? self.mechanisms : [])
    }

    private static let mechanisms = SASLDialogue.Mechanism.allCases.map(\.rawValue)

    private var expireTag: String {
        switch self.expire {
        case .never: "EXPIRE NEVER"
        case .days(let days): "EXPIRE \(max(1, days))"
        case .daysOfSome(let days): "EXPIRE \(max(1, days)) USER"
        }
    }
}
