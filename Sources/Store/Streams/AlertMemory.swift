package import Gateway

/// Whom an alert of a kind is about, as it is counted: `device 12`, an address.
package struct AlertKey: Hashable, Sendable {
    package let kind: AlertKind
    package let subject: String

    package init(_ kind: AlertKind, _ subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// What alerts remember between two starts.
package struct AlertMemory: Sendable {
    /// The number of the last record that was counted.
    package var position: Int64 = 0
    /// By the minute since 1970.
    package var counts: [AlertKey: [Int64: Int]] = [:]
    /// When an operator was last told, in microseconds since 1970.
    package var told: [AlertKey: Int64] = [:]
    /// Addresses that logged in without a name, and the day since 1970 when they last did.
    package var unnamed: [String: Int64] = [:]

    package init() {}
}

/// What one portion of the record changed in it, and the alerts that came of it: kept in one transaction.
package struct AlertStep: Sendable {
    package var position: Int64?
    /// The new counts of these minutes.
    package var counts: [AlertKey: [Int64: Int]] = [:]
    /// Up to which minute a key's counts are of no use any more.
    package var forgotten: [AlertKey: Int64] = [:]
    package var told: [AlertKey: Int64] = [:]
    package var unnamed: [String: Int64] = [:]
    package var alerts: [AuditRecord] = []

    package init() {}

    package var isEmpty: Bool {
        self.position == nil && self.told.isEmpty && self.unnamed.isEmpty && self.alerts.isEmpty
    }
}
