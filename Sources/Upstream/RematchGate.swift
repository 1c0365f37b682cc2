import Gateway
import IMAP
import Synchronization

/// One session at a time matches the messages of an account anew; the others wait for what comes of it. The header keys
/// that a try without success has read are kept for the next one, in memory only.
final class RematchGate: Sendable {
    typealias Waiter = @Sendable (UpstreamFailure?) -> Void

    /// Keys that are kept of all accounts together: some MB.
    static let maximumKeys = 100_000

    private struct Keys {
        let validity: UIDValidity
        let keys: [UID: [UInt8]]
    }

    private let keys = Mutex<[AccountID: Keys]>([:])
    private let waiters = Mutex<[AccountID: [Waiter]]>([:])

    /// True if the caller is the first: it calls `leave` when it is done. Else `then` is called once, when that one is.
    func enter(_ account: AccountID, then: @escaping Waiter) -> Bool {
        self.waiters.withLock { waiters in
            guard waiters[account] != nil else {
                waiters[account] = []
                return true
            }
            waiters[account]?.append(then)
            return false
        }
    }

    func leave(_ account: AccountID, _ failure: UpstreamFailure?) {
        let waiting = self.waiters.withLock { $0.removeValue(forKey: account) } ?? []
        for waiter in waiting { waiter(failure) }
    }

    /// What was read of messages with UIDs of `validity`.
    func keys(of account: AccountID, _ validity: UIDValidity) -> [UID: [UInt8]] {
        self.keys.withLock { $0[account].flatMap { $0.validity == validity ? $0.keys : nil } ?? [:] }
    }

    /// Keeps `keys` in place of what was kept; forgets what there is no room for.
    func keep(_ keys: [UID: [UInt8]], of account: AccountID, _ validity: UIDValidity) {
        self.keys.withLock { all in
            all[account] = nil
            let count = all.values.reduce(0) { $0 + $1.keys.count }
            guard !keys.isEmpty, count + keys.count <= Self.maximumKeys else { return }
            all[account] = Keys(validity: validity, keys: keys)
        }
    }
}
