import Gateway
import IMAP

extension UpstreamFailure {
    /// What a refusal of the mail server means to a session.
    init(_ refusal: ServerRefusal) {
        switch refusal {
        case .credentials: self = .credentials(answeredLocally: false)
        case .unavailable: self = .unavailable(reason: "the mail server says it is not available")
        case .throttled(let seconds):
            self = .unavailable(
                reason: "the mail server asks for a pause of \(seconds.map(String.init) ?? "some") seconds"
            )
        case .tooManyConnections: self = .tooManyConnections
        case .plainLoginForbidden:
            self = .misconfigured(reason: "the mail server allows no login on a connection like this one")
        case .noTokenLogin:
            self = .misconfigured(
                reason: "the mail server takes no access token: it announces neither XOAUTH2 nor OAUTHBEARER"
            )
        case .noPermission: self = .misconfigured(reason: "no permission to read the mailbox")
        case .noSuchMailbox: self = .misconfigured(reason: "there is no such mailbox")
        case .readWrite: self = .misconfigured(reason: "EXAMINE opened the mailbox for writing")
        case .uidsNotPersistent: self = .misconfigured(reason: "the mail server's UIDs are not persistent")
        case .messageGone: self = .messageGone
        case .messageUnavailable: self = .messageUnavailable
        case .misbehaved(let violation): self = .unavailable(reason: "the mail server broke the protocol: \(violation)")
        case .disconnected: self = .unavailable(reason: "the mail server closed the connection")
        }
    }
}
