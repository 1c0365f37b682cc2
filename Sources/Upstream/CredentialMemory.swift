/// Remembers, in memory only, which credentials the mail server refused and which it accepted, so that a PC with a stale
/// password cannot get the gateway's address banned (I-14, S-16). Decides; asks nobody and knows no clock.
///
/// A credential is known by its fingerprint alone: a code over name and password under a random key of this process,
/// made by the caller. Times are seconds of a clock that never goes back.
package struct CredentialMemory: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case ask
        /// Refused lately, or too many others were: answer without the mail server.
        case refuse
    }

    private struct Refusal: Hashable {
        var until: Int64
        var seconds: Int64
    }

    private struct Account: Hashable {
        var refusals: [[UInt8]: Refusal] = [:]
        /// The newest last.
        var verified: [[UInt8]] = []
        /// When logins failed upstream, in the last hour.
        var failures: [Int64] = []
        var used: Int64 = 0
    }

    static let firstRefusal: Int64 = 60
    static let longestRefusal: Int64 = 900
    static let hour: Int64 = 3600
    /// Fingerprints kept for one account, of each kind.
    static let longestList = 32

    private let failuresAnHour: Int
    private let capacity: Int
    /// By normalised login.
    private var accounts: [[UInt8]: Account] = [:]

    package init(failuresAnHour: Int, capacity: Int = 10_000) {
        self.failuresAnHour = failuresAnHour
        self.capacity = max(1, capacity)
    }

    /// Whether the mail server may be asked. A verified credential always goes through.
    package func verdict(on fingerprint: [UInt8], of account: [UInt8], at now: Int64) -> Verdict {
        guard let known = self.accounts[account] else { return .ask }
        if known.verified.contains(fingerprint) { return .ask }
        if let refusal = known.refusals[fingerprint], refusal.until > now { return .refuse }
        return self.recentFailures(of: account, at: now) < self.failuresAnHour ? .ask : .refuse
    }

    package func isVerified(_ fingerprint: [UInt8], of account: [UInt8]) -> Bool {
        self.accounts[account]?.verified.contains(fingerprint) == true
    }

    /// Logins that failed upstream in the hour before `now`.
    package func recentFailures(of account: [UInt8], at now: Int64) -> Int {
        self.accounts[account]?.failures.count { now &- $0 < Self.hour } ?? 0
    }

    /// The mail server refused it: a credential error, nothing else.
    package mutating func refused(_ fingerprint: [UInt8], of account: [UInt8], at now: Int64) {
        var known = self.accounts[account] ?? Account()
        known.used = now
        known.verified.removeAll { $0 == fingerprint }
        let before = known.refusals[fingerprint]?.seconds
        let seconds = before.map { min($0 &* 2, Self.longestRefusal) } ?? Self.firstRefusal
        known.refusals[fingerprint] = Refusal(until: now &+ seconds, seconds: seconds)
        if known.refusals.count > Self.longestList,
            let oldest = known.refusals.min(by: { $0.value.until < $1.value.until })
        {
            known.refusals[oldest.key] = nil
        }
        known.failures = known.failures.filter { now &- $0 < Self.hour } + [now]
        self.accounts[account] = known
        self.evict(sparing: account)
    }

    package mutating func accepted(_ fingerprint: [UInt8], of account: [UInt8], at now: Int64) {
        var known = self.accounts[account] ?? Account()
        known.used = now
        known.refusals[fingerprint] = nil
        known.verified.removeAll { $0 == fingerprint }
        known.verified = known.verified.suffix(Self.longestList - 1) + [fingerprint]
        self.accounts[account] = known
        self.evict(sparing: account)
    }

    /// Drops what an attacker with made-up names fills the table with, before what is known of a real account: names
    /// that never logged in, with the fewest failures, the longest unused first.
    private mutating func evict(sparing spared: [UInt8]) {
        guard self.accounts.count > self.capacity else { return }
        let least = self.accounts.filter { $0.key != spared }.min { left, right in
            let one = (left.value.verified.count, left.value.failures.count, left.value.used)
            let other = (right.value.verified.count, right.value.failures.count, right.value.used)
            return one < other
        }
        if let least { self.accounts[least.key] = nil }
    }
}
