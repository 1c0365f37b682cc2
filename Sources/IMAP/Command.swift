/// Everything that can be said to a mail server. There is no case for anything that changes a mailbox, and none for
/// text of the caller's own.
package enum Command: Hashable, Sendable {
    case capability
    case noop
    case logout
    case startTLS
    case authenticatePlain(Credentials)
    case authenticateSCRAM(SCRAMExchange)
    /// Google's and Microsoft's form of a login by access token.
    case authenticateXOAuth2(Credentials)
    /// RFC 7628 §3.1.
    case authenticateOAuthBearer(Credentials, host: String, port: Int)
    case login(Credentials)
    /// RFC 2971 §3.1.
    case id(name: QuotedString, version: QuotedString)
    case examine(MailboxName)
    /// Quota of the mailbox that was examined (RFC 9208 §4.1.2).
    case getQuotaRoot(MailboxName, in: ExaminedMailbox)
    /// UID, size and date of every message above `after`, and what the server itself calls it.
    case fetchListing(after: UID?, ServerMessageID.Kind?, in: ExaminedMailbox)
    /// UID and flags of every message above `after`: to see that reading changes none.
    case fetchFlags(after: UID?, in: ExaminedMailbox)
    /// The text of messages, or a part of each. Always BODY.PEEK, which sets no \Seen (RFC 3501 §6.4.5).
    case fetchBodies([ClosedRange<UInt32>], Section, in: ExaminedMailbox)
    /// The header blocks of messages, without setting \Seen either.
    case fetchHeaders([ClosedRange<UInt32>], HeaderPart, in: ExaminedMailbox)
    /// All UIDs; `compact` asks for ranges (RFC 4731 §3.1).
    case searchAll(compact: Bool, in: ExaminedMailbox)

    package var verb: Verb {
        switch self {
        case .capability: .capability
        case .noop: .noop
        case .logout: .logout
        case .startTLS: .startTLS
        case .authenticatePlain, .authenticateSCRAM, .authenticateXOAuth2, .authenticateOAuthBearer: .authenticate
        case .login: .login
        case .id: .id
        case .examine: .examine
        case .getQuotaRoot: .getQuotaRoot
        case .fetchListing, .fetchFlags, .fetchBodies, .fetchHeaders: .uidFetch
        case .searchAll: .uidSearch
        }
    }
}

/// The vocabulary; a test holds it fixed.
package enum Verb: String, CaseIterable, Sendable {
    case capability = "CAPABILITY"
    case noop = "NOOP"
    case logout = "LOGOUT"
    case startTLS = "STARTTLS"
    case authenticate = "AUTHENTICATE"
    case login = "LOGIN"
    case id = "ID"
    case examine = "EXAMINE"
    case getQuotaRoot = "GETQUOTAROOT"
    case uidFetch = "UID FETCH"
    case uidSearch = "UID SEARCH"
}
