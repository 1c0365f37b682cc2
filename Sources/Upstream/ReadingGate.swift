import Gateway
import Synchronization

/// Sees to it that of all sessions that have ended one at a time reads what is wanted of a mailbox.
final class ReadingGate: Sendable {
    /// Mailboxes that are read, and whether another session has ended meanwhile.
    private let state = Mutex<[MailboxID: Bool]>([:])

    /// False where somebody reads already, who then looks once more before it leaves.
    func enter(_ mailbox: MailboxID) -> Bool {
        self.state.withLock { state in
            guard state[mailbox] == nil else {
                state[mailbox] = true
                return false
            }
            state[mailbox] = false
            return true
        }
    }

    /// True where it should look once more, and has not left.
    func looksAgain(_ mailbox: MailboxID) -> Bool {
        self.state.withLock { state in
            guard state[mailbox] == true else { return false }
            state[mailbox] = false
            return true
        }
    }

    func leave(_ mailbox: MailboxID) { self.state.withLock { $0[mailbox] = nil } }
}
