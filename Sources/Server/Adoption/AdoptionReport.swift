package import enum Gateway.UpstreamFailure
package import enum POP3.ServiceFailure
package import struct Store.AdoptionCounts
package import struct Store.AdoptionResult
package import enum Store.StoreError

/// What a run has found.
package struct AdoptionReport: Hashable, Sendable {
    /// A message that was not found on the other side.
    package struct Unmatched: Hashable, Sendable {
        package enum Side: String, Hashable, Sendable { case pop3, imap }

        package let side: Side
        /// The unique-id there, or ours.
        package let text: String
        package let size: UInt64
        /// When we have it: the Date field, as it stands in the header.
        package let date: String?
        /// When the mail server received it, in seconds since 1970.
        package let received: Int64?

        package init(side: Side, text: String, size: UInt64, date: String? = nil, received: Int64? = nil) {
            self.side = side
            self.text = text
            self.size = size
            self.date = date
            self.received = received
        }
    }

    /// Messages shown of each side.
    package static let shownUnmatched = 5

    package var counts = AdoptionCounts()
    /// Nil after a dry run.
    package var result: AdoptionResult?
    package var theirs = 0
    package var ours = 0
    /// The first few of each side.
    package var unmatched: [Unmatched] = []
    /// Messages of theirs without a unique-id that could be used.
    package var unnamed = 0
    /// Seconds that the service wants between two logins.
    package var loginDelay: Int?

    package init() {}

    /// Whether every message of either side has its other one.
    package var isComplete: Bool {
        self.counts.unmatchedTheirs == 0 && self.counts.unmatchedOurs == 0 && self.counts.collisions == 0
            && self.unnamed == 0 && (self.result?.unusable ?? 0) == 0
    }
}

/// Why a run did not come to its end. What was learned so far is kept.
package enum AdoptionFailure: Error, Hashable, Sendable {
    case upstream(UpstreamFailure)
    case service(ServiceFailure)
    case store(StoreError)
}

/// How far a run is.
package enum AdoptionProgress: Hashable, Sendable {
    case listed(theirs: Int, ours: Int)
    case walked(Int)
    /// Headers read so far, of both sides together.
    case headers(Int, of: Int)
}
