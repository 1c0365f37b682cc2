import Linux
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Does what a SIGHUP asks for, one after the other.
struct ReloadService: Service {
    let hangups: UnixSignalsSequence
    let reload: @Sendable () async -> Void

    func run() async throws {
        for await _ in self.hangups.cancelOnGracefulShutdown() { await self.reload() }
    }
}

/// Does something slow and rare again and again, off the event loops.
struct RepeatingService: Service {
    let interval: Duration
    let action: @Sendable () -> Void

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: self.interval)
                try await NIOThreadPool.singleton.runIfActive { self.action() }
            }
        }
    }
}

extension RepeatingService {
    /// Gives the memory of sessions that have ended back, when there were many: their number fell since last time.
    static func trimming(_ connections: Connections) -> RepeatingService {
        let most = Peak()
        return RepeatingService(interval: .seconds(60)) {
            if most.hasFallen(to: connections.count) { MallocSettings.trim() }
        }
    }
}
