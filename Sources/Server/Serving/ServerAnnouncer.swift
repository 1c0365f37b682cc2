import Foundation
package import Gateway
package import Linux
package import Logging
import NIOConcurrencyHelpers
package import NIOCore

/// Says that the server has started and that it stops: on the record, in the log, and to systemd.
package struct ServerAnnouncer: Sendable {
    private let recorder: any Recorder
    private let notifier: ServiceNotifier
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let configuration: ConfigurationDigests
    private let hasStarted = NIOLockedValueBox(false)

    package init(
        recorder: any Recorder,
        notifier: ServiceNotifier,
        now: @escaping @Sendable () -> Int64,
        logger: Logger,
        configuration: ConfigurationDigests = ConfigurationDigests(inForce: nil)
    ) {
        self.configuration = configuration
        self.recorder = recorder
        self.notifier = notifier
        self.now = now
        self.logger = logger
    }

    /// The ports are ours. Throws when the start cannot be put on record: such a server must let nobody in.
    package func started(on addresses: [SocketAddress]) async throws(StoreFailure) {
        let places = addresses.compactMap { SocketEndpoint.endpoint($0)?.description }.joined(separator: ", ")
        try await self.record(.serverStart, .success, done: "serving on \(places)")
        self.hasStarted.withLockedValue { $0 = true }
        self.logger.notice("serving", metadata: ["addresses": "\(places)"])
        self.tell([.ready, .status("serving on \(places)")])
    }

    package func stopping() {
        self.logger.notice("stopping")
        self.tell([.stopping, .status("waiting for the sessions under way")])
    }

    /// The last session has ended. Does nothing for a server that never started. `reason` is why it stopped by itself.
    package func stopped(reason: String?, loops: [any EventLoop]) async throws(StoreFailure) {
        guard self.hasStarted.withLockedValue({ $0 }) else { return }
        // A session whose last attempt was still being written puts its end on record behind it, from its loop.
        for _ in 0..<2 {
            try? await self.write(RecordEntry(records: []), .written)
            for loop in loops { try? await loop.submit {}.get() }
        }
        let outcome: Attempt.Outcome = reason == nil ? .success : .failure
        try await self.record(.serverStop, outcome, done: "stopped; no session is left", reason: reason)
        self.logger.notice("stopped")
    }

    private func record(
        _ action: Attempt.Action,
        _ outcome: Attempt.Outcome,
        done: String,
        reason: String? = nil
    ) async throws(StoreFailure) {
        var attempt = Attempt(action: action, outcome: outcome, asked: "", answered: "", done: done, reason: reason)
        if action == .serverStart {
            attempt.version = Product.version
            attempt.configuration = self.configuration
        }
        let record = AuditRecord(time: self.now(), origin: .server, attempt: attempt)
        try await self.write(RecordEntry(records: [record]), .synced)
    }

    private func write(_ entry: RecordEntry, _ durability: Durability) async throws(StoreFailure) {
        let result: Result<Void, StoreFailure> = await withCheckedContinuation { continuation in
            self.recorder.write(entry, durability) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    private func tell(_ messages: [ServiceNotifier.Message]) {
        do throws(SystemError) {
            try self.notifier.send(messages)
        } catch {
            self.logger.warning("systemd cannot be told", metadata: ["reason": "\(error)"])
        }
    }
}
