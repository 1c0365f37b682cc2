/// Why the mail server did not do what it was asked (section 2.8 of the field's table of answers).
package enum ServerRefusal: Error, Hashable, Sendable {
    case credentials
    case unavailable
    case throttled(seconds: Int?)
    case tooManyConnections
    /// LOGINDISABLED, PRIVACYREQUIRED, STARTTLS not offered.
    case plainLoginForbidden
    /// We have an access token, and neither XOAUTH2 nor OAUTHBEARER is announced.
    case noTokenLogin
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
