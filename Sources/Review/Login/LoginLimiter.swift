import Gateway
import NIOConcurrencyHelpers

/// How many wrong tokens are looked at. A token cannot be guessed anyway; this keeps the record from filling with the tries.
final class LoginLimiter: Sendable {
    /// Microseconds.
    private static let period: Int64 = 10 * 60 * 1_000_000
    private static let ofOneAddress = 10
    private static let ofAll = 100

    enum Verdict: Hashable {
        case mayTry
        /// From now on nothing is looked at for a while; the first to hear it.
        case firstRefusal
        case refused
    }

    private struct State {
        var failures: [IPAddress: [Int64]] = [:]
        var told: [IPAddress: Int64] = [:]
    }

    private let state = NIOLockedValueBox(State())

    func verdict(on address: IPAddress, now: Int64) -> Verdict {
        self.state.withLockedValue { state in
            Self.forget(&state, now)
            let all = state.failures.values.reduce(0) { $0 + $1.count }
            guard all >= Self.ofAll || state.failures[address]?.count ?? 0 >= Self.ofOneAddress else { return .mayTry }
            guard state.told[address] == nil, state.told.count < Self.ofAll else { return .refused }
            state.told[address] = now
            return .firstRefusal
        }
    }

    func failed(_ address: IPAddress, now: Int64) {
        self.state.withLockedValue { state in
            Self.forget(&state, now)
            state.failures[address, default: []].append(now)
        }
    }

    private static func forget(_ state: inout State, _ now: Int64) {
        state.failures = state.failures.compactMapValues { times in
            let recent = times.filter { now &- $0 < self.period }
            return recent.isEmpty ? nil : recent
        }
        state.told = state.told.filter { now &- $0.value < self.period }
    }
}
