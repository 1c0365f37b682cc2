package import class Linux.Secret

/// What is given beside a name to prove who logs in.
package enum LoginSecret: Hashable, Sendable {
    case password(Secret)
    /// An OAuth access token, for the mechanisms XOAUTH2 and OAUTHBEARER (RFC 7628).
    case token(Secret)

    package var secret: Secret {
        switch self {
        case .password(let secret), .token(let secret): secret
        }
    }
}
