package import enum POP3.Response

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

/// The one table of what a device hears when something failed, and of what the record says about it. No text is ever a
/// peer's. Mail programs read these texts: `[AUTH]` ones say nothing of locks, waiting or timeouts, since fetchmail and
/// Sylpheed would take the mailbox for busy; temporary ones say "wait" (P-23).
package enum Failure: Error, Hashable, Sendable {
    case upstream(UpstreamFailure)
    case store(StoreFailure)
    case noDeviceName
    case unknownDevice
    case unknownAccount
    case deviceInUse
    /// The account's own password or token could not be had.
    case noSecret
    case malformedLogin
    /// The login took longer than we wait for it.
    case loginTimeout

    package init(_ refusal: LoginRefusal) {
        switch refusal {
        case .upstream(let failure, transcript: _): self = .upstream(failure)
        case .store(let failure): self = .store(failure)
        case .noDeviceName: self = .noDeviceName
        case .unknownDevice: self = .unknownDevice
        case .unknownAccount: self = .unknownAccount
        case .deviceInUse: self = .deviceInUse
        case .noSecret: self = .noSecret
        case .malformed: self = .malformedLogin
        }
    }

    package var reply: Response {
        switch self {
        case .upstream(let failure): failure.reply
        case .store(.tooManyDevices): .err(.sysPerm, "too many devices for this account")
        case .store(.busy), .store(.full), .store(.broken), .loginTimeout, .noSecret: Self.unavailable
        case .noDeviceName: .err(.sysPerm, "this PC needs a name here: add #pc1 to the login name")
        case .unknownDevice: .err(.sysPerm, "this PC is not registered here, contact the administrator")
        case .unknownAccount: .err(.sysPerm, "this account is not served here, contact the administrator")
        case .deviceInUse: .err(.inUse, "this PC has another session open, please wait")
        case .malformedLogin: Self.authenticationFailed
        }
    }

    /// A class and never a peer's words: for the record.
    package var reason: String {
        switch self {
        case .upstream(let failure): failure.reason
        case .store(.busy): "store busy"
        case .store(.full): "disk full"
        case .store(.tooManyDevices): "too many devices"
        case .store(.broken): "store broken"
        case .noDeviceName: "no device name"
        case .unknownDevice: "unknown device, registration is closed"
        case .unknownAccount: "account not served"
        case .deviceInUse: "device in use"
        case .noSecret: "no password or token for the account"
        case .malformedLogin: "malformed login"
        case .loginTimeout: "login timeout"
        }
    }

    static let authenticationFailed = Response.err(.auth, "authentication failed")
    static let unavailable = Response.err(.sysTemp, "Service temporarily unavailable, please wait and try again")
    static let preparing = Response.err(.sysTemp, "mailbox is being prepared, please wait")
    static let tlsRequired = Response.err(.sysPerm, "TLS required, use STLS or port 995")
    static let noSuchMessage = Response.err(nil, "no such message")
    static let notRemoved = Response.err(.sysTemp, "some deleted messages not removed")
    /// Under `unidentified: once`, for RETR of a message that was asked to be deleted (DESIGN section 3).
    static let withheld = Response.err(
        .sysPerm,
        "this PC deletes mail it has downloaded: add #pc1 to the login name, or leave a copy on the server"
    )
}

extension UpstreamFailure {
    fileprivate var reply: Response {
        switch self {
        case .credentials: Failure.authenticationFailed
        case .unavailable: Failure.unavailable
        case .tooManyConnections: .err(.inUse, "too many connections, please wait")
        case .misconfigured: .err(.sysPerm, "this account is not set up correctly, contact the administrator")
        case .uidValidityChanged:
            .err(.sysTemp, "mailbox was renumbered by the mail server, please wait and contact the administrator")
        case .preparing: Failure.preparing
        case .messageGone: .err(.sysPerm, "message no longer on server")
        case .messageTooLarge: .err(.sysPerm, "message is too large to be served here")
        case .messageUnavailable: .err(.sysTemp, "message cannot be read now, please wait and try again")
        }
    }

    fileprivate var reason: String {
        switch self {
        case .credentials(answeredLocally: true): "wrong credentials, known from before"
        case .credentials(answeredLocally: false): "wrong credentials"
        case .unavailable(let reason): "mail server unavailable: \(reason)"
        case .tooManyConnections: "too many connections"
        case .misconfigured(let reason): "misconfigured: \(reason)"
        case .uidValidityChanged: "UIDVALIDITY changed"
        case .preparing: "mailbox is being prepared"
        case .messageGone: "message gone upstream"
        case .messageTooLarge: "message too large"
        case .messageUnavailable: "message unavailable upstream"
        }
    }
}
