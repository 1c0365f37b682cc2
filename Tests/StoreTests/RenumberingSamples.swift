import Gateway
import IMAP
import POP3
import Testing

extension Renumbering {
    /// What a mailbox has under `validity`, and which numbers are recognised in it.
    static func sample(
        _ listed: [(uid: UInt32, size: UInt32)],
        pairs: [UInt32: UInt32],
        from: UInt32 = 7,
        to validity: UInt32 = 8,
        keys: [UInt32: [UInt8]] = [:],
        uniqueIDs: UniqueIDFormat = .dovecot
    ) throws -> Renumbering {
        let listing = ListingUpdate(
            validity: try #require(UIDValidity(validity)),
            exists: UInt32(listed.count),
            uidNext: nil,
            added: try listed.map { ListedMessage(uid: try #require(UID($0.uid)), size: $0.size, internalDate: 1) },
            present: nil,
            uniqueIDs: uniqueIDs
        )
        return Renumbering(
            from: try #require(UIDValidity(from)),
            listing: listing,
            pairs: try pairs.flatMap { self.pair($0.key, try #require(UID($0.value))) },
            keys: try Dictionary(uniqueKeysWithValues: keys.map { (try #require(UID($0.key)), $0.value) })
        )
    }

    /// As it is found where nothing else resembles the message.
    private static func pair(_ number: UInt32, _ uid: UID) -> [Rematch.Pair] {
        let old = RememberedMessage(
            number: number,
            uid: uid,
            size: 1,
            internalDate: 1,
            serverID: nil,
            headerKey: nil
        )
        var rematch = Rematch(remembered: [old], listed: [ListedMessage(uid: uid, size: 1, internalDate: 1)])
        rematch.withoutHeaders()
        return rematch.pairs
    }
}

/// What a listing has, in order.
enum Listed {
    static func done(_ verdict: RenumberingVerdict) -> StoredListing? {
        if case .done(let listing) = verdict { listing } else { nil }
    }

    static func uids(_ snapshot: MailboxSnapshot?) -> [UInt32] {
        (0..<(snapshot?.count ?? 0)).compactMap { snapshot?[$0]?.uid.value }
    }

    static func numbers(_ snapshot: MailboxSnapshot?) -> [UInt32] {
        (0..<(snapshot?.count ?? 0)).compactMap { snapshot?.number(at: $0) }
    }

    static func texts(_ snapshot: MailboxSnapshot?) -> [String] {
        (0..<(snapshot?.count ?? 0)).compactMap { snapshot?[$0]?.uniqueID.text }
    }
}
