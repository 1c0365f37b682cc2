import NIOCore
import Synchronization

/// Counts the connections of each account, so that the mail server's own limit is not met (I-24): who comes when all are
/// taken waits for one, for a bounded time.
final class ConnectionSlots: Sendable {
    private struct Waiter {
        let number: UInt64
        let decide: @Sendable (Bool) -> Void
    }

    /// Names what keeps a slot although nobody needs it any more.
    struct Claim: Hashable, Sendable {
        fileprivate let account: [UInt8]
        fileprivate let number: UInt64
    }

    private struct State {
        var claims: [Claim: @Sendable () -> Void] = [:]
        var taken: [[UInt8]: Int] = [:]
        var waiters: [[UInt8]: [Waiter]] = [:]
        var number: UInt64 = 0
        /// Called once when all are given back; nothing that can wait is begun any more.
        var whenQuiet: (@Sendable () -> Void)?
        var isQuiescing = false

        mutating func takeWhenQuiet() -> (@Sendable () -> Void)? {
            defer { self.whenQuiet = nil }
            return self.whenQuiet
        }
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
        // The one that has been there longest makes room; it is asked once.
        let giveUp = self.state.withLock { state in
            let claims = state.claims.keys.filter { $0.account == account }
            return claims.min { $0.number < $1.number }.flatMap { state.claims.removeValue(forKey: $0) }
        }
        giveUp?()
        loop.scheduleTask(in: self.patience) { self.giveUp(number, account) }
    }

    /// Takes a slot if one is free and nobody waits.
    func takeFree(_ account: [UInt8]) -> Bool {
        self.state.withLock { state in
            guard state.taken[account, default: 0] < self.limit, !state.isQuiescing else { return false }
            state.taken[account, default: 0] += 1
            return true
        }
    }

    /// Keeps a slot for work that can wait: `giveUp` is called, on any thread, when somebody waits for one. Nil when somebody
    /// does already.
    func claim(_ account: [UInt8], giveUp: @escaping @Sendable () -> Void) -> Claim? {
        self.state.withLock { state in
            guard state.waiters[account] == nil, !state.isQuiescing else { return nil }
            state.number &+= 1
            let claim = Claim(account: account, number: state.number)
            state.claims[claim] = giveUp
            return claim
        }
    }

    /// The work is over.
    func yield(_ claim: Claim) { self.state.withLock { $0.claims[claim] = nil } }

    func giveBack(_ account: [UInt8]) {
        let (next, whenQuiet) = self.state.withLock { state -> (Waiter?, (@Sendable () -> Void)?) in
            if var waiters = state.waiters[account], !waiters.isEmpty {
                let next = waiters.removeFirst()
                state.waiters[account] = waiters.isEmpty ? nil : waiters
                return (next, nil)
            }
            let taken = state.taken[account, default: 0] - 1
            state.taken[account] = taken > 0 ? taken : nil
            return (nil, state.taken.isEmpty ? state.takeWhenQuiet() : nil)
        }
        next?.decide(true)
        whenQuiet?()
    }

    /// Work that can wait gives up; `then` is called once all slots are given back, or when that takes too long.
    func quiesce(on loop: any EventLoop, patience: TimeAmount, then: @escaping @Sendable () -> Void) {
        let (claims, isQuiet) = self.state.withLock { state in
            state.isQuiescing = true
            if !state.taken.isEmpty { state.whenQuiet = then }
            return (Array(state.claims.values), state.taken.isEmpty)
        }
        for giveUp in claims { giveUp() }
        if isQuiet { return then() }
        loop.scheduleTask(in: patience) { self.state.withLock { $0.takeWhenQuiet() }?() }
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
