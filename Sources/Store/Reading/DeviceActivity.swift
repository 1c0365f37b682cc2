package import Gateway

/// What one device, or those without a name from one address, did in a period: counted from the record, and what a
/// diagnosis is made of.
package struct DeviceActivity: Hashable, Sendable {
    /// Nil: nobody knows which PC it was.
    package var device: DeviceID?
    /// The newest of the period; the address where there is no device.
    package var name: String
    package var account: String
    /// UTC, as the record writes it.
    package var firstSeen: String
    package var lastSeen: String
    /// Sessions that logged in.
    package var polls = 0
    /// RETR, and TOP of the whole, that were served.
    package var retrieved = 0
    package var octets: UInt64 = 0
    /// DELE that was answered `+OK`.
    package var askedToDelete = 0
    /// What its QUITs hid.
    package var hidden = 0
    /// Logins that were refused, and the times between one and the next.
    package var refusedLogins = 0
    /// The usual pause between two refused logins, in seconds; nil for fewer than three.
    package var secondsBetweenRefusals: Int?
    /// RETR that was withheld, since it had asked for that message's deletion before.
    package var withheld = 0
    /// Of `askedToDelete`: what it retrieved in the same session; what it had retrieved in an earlier one; what it never
    /// retrieved.
    package var deletedAtOnce = 0
    package var deletedLater = 0
    package var deletedUnread = 0
    /// Of `deletedLater`: the usual number of days between RETR and DELE.
    package var daysKept: Int?
    /// The session that asked for most deletions.
    package var largestDeletion: Deletion?
    /// Sessions by TLS version; `none` without.
    package var tlsVersions: [String: Int] = [:]
    /// `tag frontdesk`, with sessions.
    package var identifiedBy: [String: Int] = [:]
    package var addresses: [String: Int] = [:]
    /// The newest alert of the period that two PCs use its name: its number.
    package var sharedName: Int64?

    package struct Deletion: Hashable, Sendable {
        package let session: String
        package let count: Int
        /// Of them without a RETR ever.
        package let unread: Int
        package let begins: String
        package let ends: String

        package init(session: String, count: Int, unread: Int, begins: String, ends: String) {
            self.session = session
            self.count = count
            self.unread = unread
            self.begins = begins
            self.ends = ends
        }
    }

    package init(device: DeviceID?, name: String, account: String, firstSeen: String, lastSeen: String) {
        self.device = device
        self.name = name
        self.account = account
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}

/// Attempts of a day, for charts. Days are UTC.
package struct DailyAttempts: Hashable, Sendable {
    /// `2026-11-24`.
    package let day: String
    package let retrieved: Int
    package let askedToDelete: Int
    package let refused: Int

    package init(day: String, retrieved: Int, askedToDelete: Int, refused: Int) {
        self.day = day
        self.retrieved = retrieved
        self.askedToDelete = askedToDelete
        self.refused = refused
    }
}
