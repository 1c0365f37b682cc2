import Gateway
import Synchronization

/// Listings that stay in memory, of all accounts together, so that a poll reads no row a message. The least recently used
/// make room. Each listing that is put in has a number of its own.
final class ListingBook: Sendable {
    struct Entry: Sendable {
        let number: UInt64
        let listing: StoredListing
    }

    private struct Page {
        var entry: Entry
        let octets: Int
        var used: UInt64
    }

    private struct State {
        var pages: [AccountID: Page] = [:]
        var octets = 0
        var clock: UInt64 = 0
    }

    /// What a message takes, about: numbers, sizes, and a unique-id in the usual form.
    private static let octetsAMessage = 64
    static let usualOctets = 67_108_864

    private let state = Mutex(State())
    private let maximum: Int

    /// `maximum` in octets; one listing is kept in any case.
    init(maximum: Int = ListingBook.usualOctets) { self.maximum = maximum }

    func find(_ account: AccountID) -> Entry? {
        self.state.withLock { state in
            state.clock &+= 1
            state.pages[account]?.used = state.clock
            return state.pages[account]?.entry
        }
    }

    @discardableResult
    func put(_ listing: StoredListing, of account: AccountID) -> Entry {
        self.state.withLock { state in
            state.clock &+= 1
            let entry = Entry(number: state.clock, listing: listing)
            let octets = 1_024 + listing.snapshot.count * Self.octetsAMessage
            state.octets += octets - (state.pages[account]?.octets ?? 0)
            state.pages[account] = Page(entry: entry, octets: octets, used: state.clock)
            while state.octets > self.maximum, state.pages.count > 1,
                let oldest = state.pages.min(by: { $0.value.used < $1.value.used })
            {
                state.octets -= oldest.value.octets
                state.pages[oldest.key] = nil
            }
            return entry
        }
    }

    /// Puts `listing`, which differs in nothing that a connection could have agreed with, in the place of `entry`.
    func replace(_ entry: Entry, by listing: StoredListing, of account: AccountID) {
        self.state.withLock { state in
            guard state.pages[account]?.entry.number == entry.number else { return }
            state.pages[account]?.entry = Entry(number: entry.number, listing: listing)
        }
    }

    func forget(_ account: AccountID) {
        self.state.withLock { state in
            guard let page = state.pages.removeValue(forKey: account) else { return }
            state.octets -= page.octets
        }
    }
}
