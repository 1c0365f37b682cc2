import Gateway
import IMAP

/// Something that is done on an account's connection, one at a time. Lives on the connection's event loop; calls
/// `AccountConnection.finished` when the connection is free again, and not after `fail`.
protocol UpstreamJob: AnyObject {
    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox)
    func hear(_ action: ClientAction)
    /// All that one read brought has been heard.
    func readCompleted()
    /// The connection could not be made, or was lost.
    func fail(_ failure: UpstreamFailure)
    /// Whether a connection that was lost now is to be made again for it: nothing was heard on it since the job began.
    var beginsAgain: Bool { get }
    /// Nobody is told any more.
    func abandon()
    /// Somebody else waits for the connection, and this can wait: it ends soon.
    func yield()
}

extension UpstreamJob {
    func readCompleted() {}
    var beginsAgain: Bool { false }
    func abandon() {}
    func yield() {}
}

/// NOOP, so that the mail server does not end an idle connection.
final class KeepAliveJob: UpstreamJob {
    private var account: AccountConnection?

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        connection.command { $0.noop() }
    }

    func hear(_ action: ClientAction) {
        self.account?.setAside()
        self.account?.finished()
    }

    func fail(_ failure: UpstreamFailure) {}
}
