/// Whether the store takes what must be kept. While it does not, sessions hear `[SYS/TEMP]` and nothing is done that is
/// not on record.
package struct StoreHealth: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case writable
        /// No room on the disk. Works again by itself when there is.
        case full
        /// The database gives errors that more room does not mend.
        case broken
    }

    package let state: State
    /// Since when, in microseconds since 1970.
    package let since: Int64
    /// Why it is not writable, for the operator; empty while it is.
    package let reason: String
    /// Octets that are free on the disk, the reserve not counted; nil where the system does not say.
    package let freeOctets: UInt64?

    package init(state: State, since: Int64, reason: String = "", freeOctets: UInt64?) {
        self.state = state
        self.since = since
        self.reason = reason
        self.freeOctets = freeOctets
    }
}
