import Store
import Synchronization

/// Those who follow the record while the server runs: streams, alerts. One looks how long the record is, for all of them,
/// so that what a command wrote beside the server is seen too; each then reads on from where it was. Nobody's answer
/// waits for them.
final class RecordOutlets: Sendable {
    /// Does its work from one size of the record to the next, until there are no more.
    typealias Follower = @Sendable (AsyncStream<Int64>) async -> Void

    private struct State {
        var ticker: Task<Void, Never>?
        var followers: [Task<Void, Never>] = []
        var sizes: [AsyncStream<Int64>.Continuation] = []
        var size: Int64?
    }

    private let store: SQLiteStore
    private let interval: Duration
    private let state = Mutex(State())

    /// The record is looked at every `interval`.
    init(store: SQLiteStore, interval: Duration = .milliseconds(500)) {
        self.store = store
        self.interval = interval
    }

    func start(_ followers: [Follower]) {
        guard !followers.isEmpty else { return }
        self.state.withLock { state in
            for follower in followers {
                let (sizes, continuation) = AsyncStream<Int64>.makeStream(bufferingPolicy: .bufferingNewest(1))
                state.sizes.append(continuation)
                state.followers.append(Task(priority: .utility) { await follower(sizes) })
            }
            state.ticker = Task {
                while !Task.isCancelled {
                    await self.tick()
                    try? await Task.sleep(for: self.interval)
                }
            }
        }
    }

    /// Lets everybody come to the end of the record, at most for so long. Nothing is written to the record afterwards.
    func finish(within limit: Duration) async {
        let (ticker, followers, sizes) = self.state.withLock { state in
            defer { state = State() }
            return (state.ticker, state.followers, state.sizes)
        }
        ticker?.cancel()
        await ticker?.value
        let size = try? await self.store.recordSize()
        for continuation in sizes {
            if let size { continuation.yield(size) }
            continuation.finish()
        }
        let end = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            for follower in followers { follower.cancel() }
        }
        for follower in followers { await follower.value }
        end.cancel()
    }

    /// A store that cannot be read says nothing new, but followers go on: they may have to tell of just that.
    private func tick() async {
        let size = try? await self.store.recordSize()
        let (known, continuations) = self.state.withLock { state in
            state.size = size ?? state.size
            return (state.size, state.sizes)
        }
        guard let known else { return }
        for continuation in continuations { continuation.yield(known) }
    }
}
