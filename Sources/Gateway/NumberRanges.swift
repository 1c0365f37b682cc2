/// A set of message row numbers (DESIGN section 3: dense per mailbox, from 1), as sorted ranges that neither touch nor
/// overlap. What a device has hidden is such a set: small even when it hides a hundred thousand messages.
package struct NumberRanges: Hashable, Sendable {
    /// In order; a gap of at least one number lies between two.
    package private(set) var ranges: [ClosedRange<UInt32>]

    package init() { self.ranges = [] }
}
