import NIOCore
import Synchronization

/// Counts the connections of each account, so that the mail server's own limit is not met (I-24): who comes when all are
/// taken waits for one, for a bounded time.
final class ConnectionSlots: Sendable {
    private struct Waiter {
        let number: UInt64
        let decide: @Sendable (Bool) -> Void
    }

    private struct State {
        var taken: [[UInt8]: Int] = [:]
        var waiters: [[UInt8]: [Waiter]] = [:]
        var number: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let patience: TimeAmount

    init(limit: Int, patience: TimeAmount) {
        self.limit = max(1, limit)
        self.patience = patience
    }

    /// Answers `true` with a slot, which is given back by `giveBack`; `false` when none came free in time.
    func take(_ account: [UInt8], on loop: any EventLoop, decide: @escaping @Sendable (Bool) -> Void) {
        let waits = self.state.withLock { state -> UInt64? in
            guard state.taken[account, default: 0] >= self.limit else {
                state.taken[account, default: 0] += 1
                return nil
            }
            state.number &+= 1
            state.waiters[account, default: []].append(Waiter(number: state.number, decide: decide))
            return state.number
        }
        guard let number = waits else { return decide(true) }
        loop.scheduleTask(in: self.patience) { self.giveUp(number, account) }
    }

    func giveBack(_ account: [UInt8]) {
        let next = self.state.withLock { state -> Waiter? in
            if var waiters = state.waiters[account], !waiters.isEmpty {
                let next = waiters.removeFirst()
                state.waiters[account] = waiters.isEmpty ? nil : waiters
                return next
            }
            let taken = state.taken[account, default: 0] - 1
            state.taken[account] = taken > 0 ? taken : nil
            return nil
        }
        next?.decide(true)
    }

    private func giveUp(_ number: UInt64, _ account: [UInt8]) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard let index = state.waiters[account]?.firstIndex(where: { $0.number == number }) else { return nil }
            let waiter = state.waiters[account]?.remove(at: index)
            if state.waiters[account]?.isEmpty == true { state.waiters[account] = nil }
            return waiter
        }
        waiter?.decide(false)
    }
}
