import Synchronization

/// Holds a change of UIDVALIDITY just before it is made, so that a test can do something in the meantime.
package final class RenumberingHold: Sendable {
    private struct State {
        var isOpen = false
        var isReached = false
        var stopped: [CheckedContinuation<Void, Never>] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Waits until the change is about to be made.
    package func reached() async {
        await withCheckedContinuation { continuation in
            let isReached = self.state.withLock { state in
                if !state.isReached { state.waiters.append(continuation) }
                return state.isReached
            }
            if isReached { continuation.resume() }
        }
    }

    package func letGo() {
        let stopped = self.state.withLock { state in
            state.isOpen = true
            defer { state.stopped = [] }
            return state.stopped
        }
        for continuation in stopped { continuation.resume() }
    }

    func stop() async {
        await withCheckedContinuation { continuation in
            let (isOpen, waiters) = self.state.withLock { state in
                state.isReached = true
                if !state.isOpen { state.stopped.append(continuation) }
                defer { state.waiters = [] }
                return (state.isOpen, state.waiters)
            }
            for waiter in waiters { waiter.resume() }
            if isOpen { continuation.resume() }
        }
    }
}
