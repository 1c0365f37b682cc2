import NIOCore

/// Runs the async part of a session where the session is: on its event loop. What a login asks the store takes microseconds, and
/// a change of threads there and back costs more than that. Whatever waits gives the loop free meanwhile.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension EventLoop {
    /// What `body` gives, which runs on this loop. Not for what computes long.
    func makeFuture<Value: Sendable>(
        runningHere body: @escaping @Sendable () async -> Value
    ) -> EventLoopFuture<Value> {
        let promise = self.makePromise(of: Value.self)
        let executor = EventLoopExecutor(self)
        Task(executorPreference: executor) {
            promise.succeed(await body())
            // The task does not own it.
            withExtendedLifetime(executor) {}
        }
        return promise.futureResult
    }
}
