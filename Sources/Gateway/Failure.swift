/// Why the mail server's side could not do what was asked. `Failure.reply` says what the device hears; the reason goes
/// to the log and the record, never to the device.
package enum UpstreamFailure: Error, Hashable, Sendable {
    /// The mail server, or our memory of it, refused name and password.
    case credentials(answeredLocally: Bool)
    /// Down, slow, throttled, a bad certificate, a broken answer: trying again later makes sense.
    case unavailable(reason: String)
    /// The mail server's or our own limit of connections for this account.
    case tooManyConnections
    /// The configuration is wrong: mailbox missing, no permission, EXAMINE opened for writing.
    case misconfigured(reason: String)
    /// UIDVALIDITY is another than at the last listing: nothing is shown as new.
    case uidValidityChanged
    /// A first listing that takes longer than its budget goes on in the background (I-33).
    case preparing
    case messageGone
    case messageTooLarge
    case messageUnavailable
}

/// Why the store could not do what was asked.
package enum StoreFailure: Error, Hashable, Sendable {
    /// Another process held the database for longer than the busy timeout.
    case busy
    /// The disk is full.
    case full
    case tooManyDevices
    case broken(reason: String)
}
