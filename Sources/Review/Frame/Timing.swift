import NIOConcurrencyHelpers

/// How long a visit took, for the header `Server-Timing`: all of it, and what of it was the store's.
final class Timing: Sendable {
    private let begin = ContinuousClock.now
    private let inStore = NIOLockedValueBox(Duration.zero)

    /// Runs a read of the store and counts its time.
    func store<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let begin = ContinuousClock.now
        defer {
            let took = ContinuousClock.now - begin
            self.inStore.withLockedValue { $0 += took }
        }
        return try await body()
    }

    var header: String {
        let total = ContinuousClock.now - self.begin
        return
            "total;dur=\(Self.milliseconds(total)), store;dur=\(Self.milliseconds(self.inStore.withLockedValue { $0 }))"
    }

    /// `12.3`.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = seconds &* 10_000 &+ attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
