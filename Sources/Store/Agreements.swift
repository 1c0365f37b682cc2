import Gateway
import Synchronization

/// When mailboxes were last found to be as they were listed. Most polls find that, and it is worth no write: what is
/// forgotten with the process makes the time in which a message vanished longer, and never wrong.
final class Agreements: Sendable {
    private let times = Mutex<[MailboxID: Int64]>([:])

    /// In microseconds since 1970.
    func note(_ mailbox: MailboxID, at time: Int64) { self.times.withLock { $0[mailbox] = time } }

    func time(of mailbox: MailboxID) -> Int64? { self.times.withLock { $0[mailbox] } }
}
