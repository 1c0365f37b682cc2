import NIOConcurrencyHelpers

/// Watches a number that rises and falls, to act once it has fallen well below where it was.
package final class Peak: Sendable {
    private let value = NIOLockedValueBox(0)

    package init() {}

    /// True when `now` is at most half of the highest since the last time it was true, and that was worth the trouble.
    package func hasFallen(to now: Int) -> Bool {
        self.value.withLockedValue { highest in
            guard highest >= 50, now <= highest / 2 else {
                highest = max(highest, now)
                return false
            }
            highest = now
            return true
        }
    }
}
