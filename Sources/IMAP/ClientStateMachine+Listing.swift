/// Which messages there are, with size, date, and the server's own name for each; or with flags.
extension ClientStateMachine {
    struct Listing: Hashable, Sendable {
        enum Items: Hashable, Sendable {
            case flags
            case sizes(ServerMessageID.Kind?)
        }

        /// UIDs up to here are known: `n:*` tells the last message, whatever its UID (RFC 3501 §6.4.8).
        let after: UInt32
        let items: Items
        var batch: [ListedMessage] = []
        var seen = SeenUIDs()
        var told = 0
        /// Lines about a message that say no UID, or a UID that was told before (I-34).
        var broken = 0
    }

    /// What the server calls its messages, where it announces a way to ask.
    private var serverIDs: ServerMessageID.Kind? {
        if self.capabilities?.contains(.objectID) == true { return .emailID }
        return self.capabilities?.contains(.gmail) == true ? .gmail : nil
    }

    /// Lists UIDs above `after` (all when nil) with size, date and the server's own id (I-30). Answers `listed`…, `listingEnded`, or
    /// `refused`.
    package mutating func list(after: UID?, in mailbox: ExaminedMailbox) -> [ClientAction] {
        self.list(after: after, .sizes(self.serverIDs), in: mailbox)
    }

    /// The same, with the flags in place of size and date.
    package mutating func listFlags(after: UID?, in mailbox: ExaminedMailbox) -> [ClientAction] {
        self.list(after: after, .flags, in: mailbox)
    }

    private mutating func list(after: UID?, _ items: Listing.Items, in mailbox: ExaminedMailbox) -> [ClientAction] {
        switch self.mailbox(for: mailbox) {
        case nil: return []
        case .failure(let refusal): return [.refused(refusal)]
        case .success(let current):
            if after?.value == .max { return [.listingEnded] }
            return self.ask(Listing(after: after?.value ?? 0, items: items), in: current)
        }
    }

    private mutating func ask(_ listing: Listing, in mailbox: ExaminedMailbox) -> [ClientAction] {
        self.state = .listing(listing, mailbox)
        let after = UID(listing.after)
        let command: Command =
            switch listing.items {
            case .flags: .fetchFlags(after: after, in: mailbox)
            case .sizes(let serverID): .fetchListing(after: after, serverID, in: mailbox)
            }
        return self.send(command, budget: Self.listingBudget)
    }

    /// One FETCH response of a listing.
    mutating func listed(_ fetch: FetchResponse) {
        guard case .listing(var listing, let mailbox) = self.state else { return }
        // What is held in two places is copied when it changes.
        self.state = .idle(mailbox)
        defer { self.state = .listing(listing, mailbox) }
        // Flags pushed by the server say neither size nor date.
        let asksFlags = listing.items == .flags
        let isAnswer = asksFlags ? fetch.flags != nil : fetch.size != .absent || fetch.internalDate != nil
        guard isAnswer else { return }
        listing.told += 1
        guard case .uid(let uid) = fetch.identifier else {
            listing.broken += 1
            return
        }
        guard uid.value > listing.after else { return }
        guard listing.seen.insert(uid.value) else {
            listing.broken += 1
            return
        }
        let size: UInt32? = if case .octets(let octets) = fetch.size { octets } else { nil }
        listing.batch.append(
            ListedMessage(
                uid: uid,
                size: size,
                internalDate: fetch.internalDate,
                flags: asksFlags ? fetch.flags : nil,
                serverID: asksFlags ? nil : fetch.serverID
            )
        )
    }

    /// What was listed since the last time: one action for each stretch of octets that came.
    mutating func flush() -> [ClientAction] {
        guard case .listing(var listing, let mailbox) = self.state, !listing.batch.isEmpty else { return [] }
        let batch = listing.batch
        listing.batch = []
        self.state = .listing(listing, mailbox)
        return [.listed(batch)]
    }

    mutating func listed(
        _ status: StatusResponse,
        _ listing: Listing,
        _ mailbox: ExaminedMailbox
    ) throws(ProtocolViolation) -> [ClientAction] {
        // A server that announces the item and does not understand it is asked without.
        if status.condition == .bad, case .sizes(_?) = listing.items, listing.told == 0 {
            return self.ask(Listing(after: listing.after, items: .sizes(nil)), in: mailbox)
        }
        let batch = self.flush()
        guard status.condition == .ok else { return batch + self.refuse(status, at: .other, mailbox) }
        guard listing.broken <= listing.told / 100 else { throw .brokenListing }
        self.state = .idle(mailbox)
        let notice = listing.broken == 0 ? [] : self.notice("the listing told messages twice, or without a UID")
        return batch + notice + [.listingEnded]
    }
}
