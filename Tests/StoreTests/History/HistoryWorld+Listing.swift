import Gateway
import IMAP
import Store
import TestSupport
import Testing

// What the mail server lists, and what is kept of it, also when UIDVALIDITY has changed.
extension HistoryWorld {
    func list() async throws -> StoredListing {
        let known = try await self.store.listing(self.account, mailbox: "INBOX")
        let listing: StoredListing
        if let validity = known.validity, validity.value != self.validity {
            listing = try await self.recognise(from: validity)
        } else {
            let seen = Set((0..<known.snapshot.count).compactMap { known.snapshot[$0]?.uid.value })
            listing = try await self.store.update(self.mailbox, with: try self.update { !seen.contains($0.uid) })
        }
        self.listedEpoch = self.epoch
        self.listedValidity = self.validity
        for stored in self.present { self.places[stored.id] = [self.validity, stored.uid] }
        try await self.keepKeys()
        return listing
    }

    private func recognise(from validity: UIDValidity) async throws -> StoredListing {
        self.forgetUnrecognised()
        let update = try self.update { _ in true }
        var rematch = Rematch(remembered: try await self.store.remembered(self.mailbox), listed: update.added)
        rematch.withoutHeaders()
        let keys = self.keys(of: rematch.wanted).compactMapValues { $0 }
        rematch.withHeaders(keys)
        let renumbering = Renumbering(from: validity, listing: update, pairs: rematch.pairs, keys: keys)
        if case .done(let listing) = try await self.store.renumber(self.mailbox, renumbering) { return listing }
        _ = try await self.store.acceptRenumbering(of: "info@example.com", by: "admin")
        guard case .done(let listing) = try await self.store.renumber(self.mailbox, renumbering) else {
            throw HistoryModel.Broken("what an operator accepted is refused")
        }
        return listing
    }

    /// As the server does after each listing.
    private func keepKeys() async throws {
        let validity = try #require(UIDValidity(self.validity))
        let without = try await self.store.withoutKey(self.mailbox, validity, limit: 1_000)
        guard !without.isEmpty else { return }
        try await self.store.keep(self.keys(of: without), validity, in: self.mailbox)
    }

    /// What the headers say: nothing where that is not how a message is recognised.
    private func keys(of uids: [UID]) -> [UID: [UInt8]?] {
        let keyed = self.present.filter { $0.isKnownBy == .header }
        let numbers = Dictionary(keyed.map { ($0.uid, $0.serverID) }) { first, _ in first }
        return uids.reduce(into: [:]) { keys, uid in
            keys[uid] = .some(
                numbers[uid.value].map { number in
                    (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 8))) }
                }
            )
        }
    }

    private func update(adding isAdded: (Stored) -> Bool) throws -> ListingUpdate {
        ListingUpdate(
            validity: try #require(UIDValidity(self.validity)),
            exists: UInt32(self.present.count),
            uidNext: UID(self.nextUID),
            added: self.present.filter(isAdded).compactMap { stored in
                UID(stored.uid).map { uid in
                    ListedMessage(
                        uid: uid,
                        size: 30 + UInt32(clamping: stored.serverID),
                        internalDate: stored.date,
                        serverID: stored.isKnownBy == .serverID ? .gmail(stored.serverID) : nil
                    )
                }
            },
            present: self.present.map { $0.uid...$0.uid }
        )
    }

    /// Another UIDVALIDITY, and UIDs from 1 on, in an order turned by `turn`. Some messages have another INTERNALDATE
    /// then, as when somebody has copied them to another server.
    func renumber(_ turn: Int, _ comesBack: Bool) {
        self.epoch += 1
        // Were it the one of the last listing, the mail server would break its word, and nobody could tell.
        if comesBack, self.validity > 7, self.validity - 1 != self.listedValidity {
            self.validity -= 1
        } else {
            self.highestValidity += 1
            self.validity = self.highestValidity
        }
        self.nextUID = 1
        let first = self.upstream.isEmpty ? 0 : turn % self.upstream.count
        self.upstream = Array(self.upstream[first...] + self.upstream[..<first])
        for index in self.upstream.indices {
            let stored = self.upstream[index]
            self.upstream[index].uid = self.nextUID
            self.ids[[self.epoch, self.nextUID]] = stored.id
            self.nextUID += 1
            guard stored.isKnownBy == .header else { continue }
            let date = self.model.midnight(0) + Int64(stored.serverID % 1_000)
            self.upstream[index].date = date
            if !self.model.everListed.contains(stored.id) { self.model.dates[stored.id] = .some(date) }
        }
    }

    /// What was not listed when UIDVALIDITY changed, or has nothing that tells it from others, cannot be recognised: it
    /// is another message from now on, but where it has the UID again that it had when UIDVALIDITY was the same.
    private func forgetUnrecognised() {
        var former: [UInt32: Int] = [:]
        for (id, place) in self.places where place.first == self.validity {
            if let uid = place.last { former[uid] = id }
            self.places[id] = nil
        }
        for index in self.upstream.indices {
            let stored = self.upstream[index]
            let isRecognised = stored.isKnownBy != .sizeAndDate || stored.date != nil
            guard !isRecognised || !self.model.listed.contains(stored.id) || self.vanished.contains(stored.id)
            else { continue }
            let isVanished = self.vanished.remove(stored.id) != nil
            let same = former[stored.uid].flatMap { self.serverIDs[$0] == stored.serverID && !isVanished ? $0 : nil }
            let id = same ?? self.model.dates.count + 1
            if same == nil {
                self.model.dates[id] = .some(stored.date)
                self.serverIDs[id] = stored.serverID
            }
            if isVanished { self.vanished.insert(id) }
            self.upstream[index].id = id
            self.ids[[self.epoch, stored.uid]] = id
        }
    }
}
