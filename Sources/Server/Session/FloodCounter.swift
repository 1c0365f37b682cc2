package import enum Gateway.IPAddress
import NIOConcurrencyHelpers

/// Keeps a flood of refusals from one source from filling the record: ten a second are written one by one, what is
/// above is counted, and each second that had more gets one record with the count (DESIGN promise 3).
package final class FloodCounter: Sendable {
    package enum Verdict: Hashable, Sendable {
        case write
        /// Counted. `isFirst`: whoever hears this writes the record for this second when it is over, with `take`.
        case count(isFirst: Bool)
    }

    /// Refusals of one source and second that get records of their own.
    package static let recordsPerSecond = 10
    /// Sources remembered at one time; beyond, seconds that are over are forgotten first.
    private static let maximumSources = 10_000

    private struct Second {
        var second: Int64
        var refusals = 0
        var uncounted = 0
    }

    private let sources = NIOLockedValueBox<[IPAddress: Second]>([:])

    package init() {}

    /// `time` in microseconds.
    package func refusal(from source: IPAddress, at time: Int64) -> Verdict {
        let second = time / 1_000_000
        return self.sources.withLockedValue { sources in
            if sources.count >= Self.maximumSources, sources[source] == nil {
                sources = sources.filter { $0.value.uncounted > 0 || $0.value.second >= second }
            }
            var entry = sources[source] ?? Second(second: second)
            if entry.second != second {
                entry.second = second
                entry.refusals = 0
            }
            entry.refusals += 1
            defer { sources[source] = entry }
            guard entry.refusals > Self.recordsPerSecond else { return .write }
            entry.uncounted += 1
            return .count(isFirst: entry.uncounted == 1)
        }
    }

    /// How many refusals of `source` were counted since the last `take`.
    package func take(_ source: IPAddress) -> Int {
        self.sources.withLockedValue { sources in
            let count = sources[source]?.uncounted ?? 0
            sources[source]?.uncounted = 0
            return count
        }
    }
}
