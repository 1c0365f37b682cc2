import Logging
import Store
import Synchronization

/// Sends the newest checkpoint of the record to where it is kept outside: at the start, every hour, and at the stop. With
/// one of them it can be shown that nothing was cut off or made anew since, whoever has the database and the key.
struct CheckpointPush: Sendable {
    private let targets: [any CheckpointTarget]
    private let store: SQLiteStore
    private let logger: Logger
    private let interval: Duration
    /// A target that failed is tried again after this and then twice as long, and so on, until the next hour.
    private let firstPause: Duration

    init(
        _ targets: [any CheckpointTarget],
        store: SQLiteStore,
        logger: Logger,
        interval: Duration = .seconds(3_600),
        firstPause: Duration = .seconds(30)
    ) {
        self.targets = targets
        self.store = store
        self.logger = logger
        self.interval = interval
        self.firstPause = firstPause
    }

    /// Until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for target in self.targets { group.addTask { await self.serve(target) } }
        }
    }

    /// To every target once.
    func pushLast() async {
        await withDiscardingTaskGroup { group in
            for target in self.targets { group.addTask { _ = await self.push(to: target, last: nil) } }
        }
    }

    private func serve(_ target: any CheckpointTarget) async {
        var last: String?
        while !Task.isCancelled {
            let due = ContinuousClock.now + self.interval
            var pause = self.firstPause
            while !Task.isCancelled {
                if let note = await self.push(to: target, last: last) {
                    last = note
                    break
                }
                guard ContinuousClock.now + pause < due else { break }
                try? await Task.sleep(for: pause)
                pause *= 2
            }
            try? await Task.sleep(until: due, clock: .continuous)
        }
    }

    /// The note that is there now; nil when it could not be given away. One that is there already is not sent again.
    private func push(to target: any CheckpointTarget, last: String?) async -> String? {
        let note: String
        do throws(StoreError) {
            note = try await self.store.checkpoint()
        } catch {
            self.logger.error("no checkpoint could be made", metadata: ["reason": "\(error)"])
            return nil
        }
        guard note != last else { return note }
        if let trouble = await target.push(note) {
            self.logger.error(
                "a checkpoint could not be kept outside",
                metadata: ["target": "\(target.name)", "reason": "\(trouble)"]
            )
            return nil
        }
        self.logger.info("a checkpoint is kept outside", metadata: ["target": "\(target.name)"])
        return note
    }
}
