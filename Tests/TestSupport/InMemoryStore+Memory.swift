package import Gateway
package import IMAP
import Synchronization

extension InMemoryStore {
    /// Every change of UIDVALIDITY that was asked for, refused ones too.
    package var renumberings: [Renumbering] { self.state.withLock { $0.renumberings } }

    /// The header keys that are kept, by UID; those of messages whose header gives none are empty.
    package var headerKeys: [UInt32: [UInt8]] {
        self.state.withLock { state in
            state.mailboxes.values.reduce(into: [:]) { all, mailbox in
                all.merge(mailbox.keys.mapValues { $0 ?? [] }) { first, _ in first }
            }
        }
    }

    /// From now on a doubtful change of UIDVALIDITY is made.
    package func acceptDoubt() { self.state.withLock { $0.acceptsDoubt = true } }

    /// From now on a change of UIDVALIDITY waits for `RenumberingHold.letGo`.
    package func holdRenumbering() -> RenumberingHold {
        let hold = RenumberingHold()
        self.state.withLock { $0.hold = hold }
        return hold
    }

    package func withoutKey(
        _ mailbox: MailboxID,
        _ validity: UIDValidity,
        limit: Int
    ) async throws(StoreFailure) -> [UID] {
        try self.locked { state in
            guard let kept = state.mailboxes[mailbox], kept.listing.validity == validity else { return [] }
            let uids = kept.known.keys.filter { uid in
                !kept.gone.contains(uid) && kept.keys[uid] == nil && kept.listed[uid]?.serverID == nil
            }
            return uids.sorted(by: >).prefix(limit).compactMap { UID($0) }
        }
    }

    package func keep(
        _ keys: [UID: [UInt8]?],
        _ validity: UIDValidity,
        in mailbox: MailboxID
    ) async throws(StoreFailure) {
        try self.locked { state in
            guard state.mailboxes[mailbox]?.listing.validity == validity else { return }
            for (uid, key) in keys { state.mailboxes[mailbox]?.keys[uid.value] = .some(key) }
        }
    }

    package func remembered(_ mailbox: MailboxID) async throws(StoreFailure) -> [RememberedMessage] {
        try self.locked { state in state.mailboxes[mailbox].map(Self.remembered) ?? [] }
    }

    private static func remembered(_ mailbox: Mailbox) -> [RememberedMessage] {
        mailbox.known.values.filter { !mailbox.gone.contains($0.uid.value) }.map { message in
            let listed = mailbox.listed[message.uid.value]
            return RememberedMessage(
                number: message.number,
                uid: message.uid,
                size: listed?.size,
                internalDate: listed?.internalDate,
                serverID: listed?.serverID,
                headerKey: mailbox.keys[message.uid.value] ?? nil
            )
        }
    }

    package func awaitsOperator(_ mailbox: MailboxID) async throws(StoreFailure) -> Bool {
        try self.locked { $0.mailboxes[mailbox]?.listing.isDoubted == true && !$0.acceptsDoubt }
    }

    package func renumber(
        _ mailbox: MailboxID,
        _ renumbering: Renumbering
    ) async throws(StoreFailure) -> RenumberingVerdict {
        await self.state.withLock { $0.hold }?.stop()
        return try self.locked { state in
            state.renumberings.append(renumbering)
            guard var kept = state.mailboxes[mailbox] else { return .doubtful(matched: 0, of: 0, isNew: false) }
            guard kept.listing.validity != renumbering.listing.validity else { return .done(kept.listing) }
            let count = Self.remembered(kept).count
            guard !renumbering.isDoubtful(remembered: count) || state.acceptsDoubt else {
                let isNew = !kept.listing.isDoubted
                kept.listing = kept.listing.doubted
                state.mailboxes[mailbox] = kept
                return .doubtful(matched: renumbering.pairs.count, of: count, isNew: isNew)
            }
            let old = Dictionary(kept.known.values.map { ($0.number, $0) }) { first, _ in first }
            let keys = kept.keys
            (kept.known, kept.listed, kept.gone, kept.keys) = ([:], [:], [], [:])
            for pair in renumbering.pairs {
                guard let message = old[pair.number] else { continue }
                kept.known[pair.uid.value] = Message(
                    number: message.number,
                    uid: pair.uid,
                    size: message.size,
                    uniqueID: message.uniqueID
                )
                kept.keys[pair.uid.value] = keys[message.uid.value]
                kept.listed[pair.uid.value] = renumbering.listing.added.first { $0.uid == pair.uid }
            }
            state.mailboxes[mailbox] = kept
            return .done(state.update(mailbox, with: renumbering.listing))
        }
    }
}

extension StoredListing {
    fileprivate var doubted: StoredListing { self.changed(isDoubted: true) }
    var changed: StoredListing { self.changed(isDoubted: self.isDoubted) }

    private func changed(isDoubted: Bool) -> StoredListing {
        StoredListing(
            mailbox: self.mailbox,
            validity: self.validity,
            exists: self.exists,
            uidNext: self.uidNext,
            snapshot: self.snapshot,
            isDoubted: isDoubted,
            hasMissing: self.hasMissing,
            changes: self.changes + 1
        )
    }
}
