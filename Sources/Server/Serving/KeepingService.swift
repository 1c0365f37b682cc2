import Logging
import ServiceLifecycle
import Store

/// Keeps the store in order while the server runs: the reserve on the disk, a store that failed, and how much of the record
/// stays.
struct KeepingService: Service {
    let store: SQLiteStore
    /// As it is in force at the moment.
    let retention: @Sendable () -> Retention
    let logger: Logger

    /// How often a store that failed is tried again.
    private static let pause = Duration.seconds(15)
    private static let day = Duration.seconds(86_400)

    /// Says in the log when the store fails and when it works again: once each, not for every attempt.
    static func announce(_ store: SQLiteStore, _ logger: Logger) {
        store.observeHealth { health in
            let free = health.freeOctets.map(String.init) ?? "unknown"
            switch health.state {
            case .writable:
                logger.notice("the record can be written again", metadata: ["free": "\(free)"])
            case .full:
                logger.error(
                    "the disk is full: nobody is let in until there is room, since nothing could be put on record",
                    metadata: ["free": "\(free)"]
                )
            case .broken:
                logger.error("the record cannot be written", metadata: ["reason": "\(health.reason)"])
            }
        }
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var hadReserve = true
            var nextDay = ContinuousClock.now
            var applied: Retention?
            while true {
                let hasReserve = await self.store.tend()
                if hadReserve, !hasReserve { self.logger.warning("there is no room on the disk for the reserve") }
                hadReserve = hasReserve
                let retention = self.retention()
                if retention != applied || ContinuousClock.now >= nextDay {
                    nextDay = ContinuousClock.now + Self.day
                    applied = retention
                    await self.retain(retention)
                }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func retain(_ retention: Retention) async {
        let logger = self.logger
        do throws(RetentionFailure) {
            let fits = try await self.store.retain(retention) { dropped in
                logger.notice(
                    "dropped old records",
                    metadata: [
                        "cause": "\(dropped.cause.rawValue)", "first": "\(dropped.first)", "last": "\(dropped.last)",
                    ]
                )
            }
            if !fits { logger.warning("the database is larger than record.keep-size, also without its old records") }
        } catch {
            logger.error("old records were not dropped", metadata: ["reason": "\(error)"])
        }
    }
}
