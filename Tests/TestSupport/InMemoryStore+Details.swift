package import Gateway
package import IMAP
import Synchronization

// What was asked to be deleted unread. A DELE that is written changes nothing here: a test says what is wanted.
extension InMemoryStore {
    package func want(_ uids: some Sequence<UInt32>) {
        self.state.withLock { state in
            for id in state.mailboxes.keys { state.mailboxes[id]?.wanted += uids }
        }
    }

    /// What was read for the record, in order.
    package var readHeaders: [ReadHeaders] {
        self.writes.flatMap(\.entry.changes).compactMap { change in
            if case .headers(let headers) = change { headers } else { nil }
        }
    }

    package func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        after order: Int64,
        limit: Int
    ) async throws(StoreFailure) -> [WantedDetails] {
        try self.locked { state in
            guard let kept = state.mailboxes[mailbox], kept.listing.validity == validity else { return [] }
            let read = state.readUIDs
            let all = kept.wanted.enumerated().compactMap { index, value -> WantedDetails? in
                guard let uid = UID(value), !read.contains(uid), !kept.gone.contains(value) else { return nil }
                return WantedDetails(order: Int64(index + 1), uid: uid)
            }
            return Array(all.filter { $0.order > order }.prefix(limit))
        }
    }

    package func wantedDetails(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        among uids: [UID]
    ) async throws(StoreFailure) -> Set<UID> {
        try self.locked { state in
            guard let kept = state.mailboxes[mailbox], kept.listing.validity == validity else { return [] }
            let read = state.readUIDs
            return Set(uids.filter { kept.wanted.contains($0.value) && !read.contains($0) })
        }
    }
}

// What has vanished is the real store's to find out; here it is kept who said that nothing has changed.
extension InMemoryStore {
    package func agreed(_ mailbox: MailboxID) {}

    package func agreed(_ mailbox: MailboxID, _ sighting: Sighting) async throws(StoreFailure) {
        try self.locked { $0.sightings.append(sighting) }
    }
}

extension InMemoryStore.State {
    /// Of which headers were read, had or not.
    fileprivate var readUIDs: Set<UID> {
        Set(
            self.writes.flatMap(\.entry.changes).flatMap { change -> [UID] in
                if case .headers(let headers) = change { Array(headers.details.keys) } else { [] }
            }
        )
    }
}
