/// How much of the record is kept; what is older or more is dropped as sealed segments.
package struct Retention: Hashable, Sendable {
    /// Nil: for ever.
    package let days: Int?
    /// Octets that the database may use; nil: as many as it likes.
    package let octets: Int?

    /// Days where nothing else is said.
    package static let usualDays = 400

    package init(days: Int? = Self.usualDays, octets: Int? = nil) {
        self.days = days
        self.octets = octets
    }
}
