package import Gateway
import IMAP
import POP3
import Synchronization

/// The store and the recorder of a test: keeps everything in memory, answers at once, and can be told to fail.
package final class InMemoryStore: Store, Recorder {
    package struct Write: Sendable {
        package let entry: RecordEntry
        package let durability: Durability
    }

    struct Mailbox: Sendable {
        var listing: StoredListing
        /// By UID: all that were ever listed, so that one that comes back keeps its number and name.
        var known: [UInt32: Message] = [:]
        var gone: Set<UInt32> = []
        /// By UID: the header keys that were kept (nil: the header gives none), and all that was listed.
        var keys: [UInt32: [UInt8]?] = [:]
        /// UIDs whose details are wanted, in order of the wish.
        var wanted: [UInt32] = []
        var listed: [UInt32: ListedMessage] = [:]
        var nextNumber: UInt32 = 1
    }

    struct State: Sendable {
        var accounts: [[String]: AccountID] = [:]
        var mailboxes: [MailboxID: Mailbox] = [:]
        var names: [String: MailboxID] = [:]
        var devices: [String: Device] = [:]
        var credentials: [String: DeviceCredential] = [:]
        var views: [DeviceID: DeviceView] = [:]
        var withheld: [MailboxID: NumberRanges] = [:]
        var writes: [Write] = []
        var updates: [ListingUpdate] = []
        var sightings: [Sighting] = []
        var failure: StoreFailure?
        var renumberings: [Renumbering] = []
        var acceptsDoubt = false
        var hold: RenumberingHold?
    }

    let state = Mutex(State())

    package init() {}

    /// Everything that was written, in order.
    package var writes: [Write] { self.state.withLock { $0.writes } }
    package var records: [AuditRecord] { self.writes.flatMap(\.entry.records) }
    /// Every update of a listing, in order.
    package var updates: [ListingUpdate] { self.state.withLock { $0.updates } }

    /// What a device has hidden. Writes are kept as they came and change no view: a test says what is seen.
    package func set(_ view: DeviceView, for device: DeviceID) { self.state.withLock { $0.views[device] = view } }
    package func set(withheld: NumberRanges, of mailbox: MailboxID) {
        self.state.withLock { $0.withheld[mailbox] = withheld }
    }

    /// From now on everything fails with `failure`; nil mends it.
    package func fail(with failure: StoreFailure?) { self.state.withLock { $0.failure = failure } }

    package func write(
        _ entry: RecordEntry,
        _ durability: Durability,
        answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void
    ) {
        let failure = self.state.withLock { state -> StoreFailure? in
            if state.failure == nil {
                state.writes.append(Write(entry: entry, durability: durability))
            }
            return state.failure
        }
        answer(failure.map { .failure($0) } ?? .success(()))
    }

    package func account(upstream: String, login: String) async throws(StoreFailure) -> AccountID {
        try self.locked { state in
            let known = state.accounts[[upstream, login]] ?? AccountID(Int64(state.accounts.count + 1))
            state.accounts[[upstream, login]] = known
            return known
        }
    }

    package func device(
        _ account: AccountID,
        identifier: Identifier,
        mayMake: Bool
    ) async throws(StoreFailure) -> Device? {
        try self.locked { state in
            let key = "\(account.value) \(identifier.kind) \(identifier.value)"
            if state.devices[key] == nil, !mayMake { return nil }
            let known =
                state.devices[key] ?? Device(id: DeviceID(Int64(state.devices.count + 1)), name: identifier.value)
            state.devices[key] = known
            return known
        }
    }

    package func credential(_ name: String) async throws(StoreFailure) -> DeviceCredential? {
        try self.locked { $0.credentials[name] }
    }

    package func set(_ credential: DeviceCredential, named name: String) {
        self.state.withLock { $0.credentials[name] = credential }
    }

    package func listing(_ account: AccountID, mailbox: String) async throws(StoreFailure) -> StoredListing {
        try self.locked { state in
            let key = "\(account.value) \(mailbox)"
            let id = state.names[key] ?? MailboxID(Int64(state.names.count + 1))
            state.names[key] = id
            let empty = StoredListing(
                mailbox: id,
                validity: nil,
                exists: 0,
                uidNext: nil,
                snapshot: MailboxSnapshot(validity: nil, messages: [])
            )
            let kept = state.mailboxes[id] ?? Mailbox(listing: empty)
            state.mailboxes[id] = kept
            return kept.listing
        }
    }

    package func update(
        _ stored: StoredListing,
        with listing: ListingUpdate
    ) async throws(StoreFailure) -> StoredListing {
        try self.locked { state in
            state.updates.append(listing)
            return state.update(stored.mailbox, with: listing)
        }
    }

    package func isCurrent(_ stored: StoredListing) async -> Bool {
        let changes = try? self.locked { $0.mailboxes[stored.mailbox]?.listing.changes }
        return changes == stored.changes
    }

    /// Something else than a listing changes the mailboxes: what is resident is no longer current.
    package func changeListings() {
        self.state.withLock { state in
            for (id, mailbox) in state.mailboxes { state.mailboxes[id]?.listing = mailbox.listing.changed }
        }
    }

    package func view(
        _ device: DeviceID,
        of mailbox: MailboxID,
        _ terms: ViewTerms
    ) async throws(StoreFailure) -> DeviceView {
        try self.locked { $0.views[device] ?? .everything }
    }

    package func withheld(_ mailbox: MailboxID, from address: IPAddress) async throws(StoreFailure) -> NumberRanges {
        try self.locked { $0.withheld[mailbox] ?? NumberRanges() }
    }

    func locked<Value: Sendable>(
        _ body: @Sendable (inout State) -> Value
    ) throws(StoreFailure) -> Value {
        let result = self.state.withLock { state -> Result<Value, StoreFailure> in
            if let failure = state.failure { return .failure(failure) }
            return .success(body(&state))
        }
        return try result.get()
    }
}

extension InMemoryStore.State {
    mutating func update(_ id: MailboxID, with update: ListingUpdate) -> StoredListing {
        let empty = StoredListing(
            mailbox: id,
            validity: nil,
            exists: 0,
            uidNext: nil,
            snapshot: MailboxSnapshot(validity: nil, messages: [])
        )
        var mailbox = self.mailboxes[id] ?? InMemoryStore.Mailbox(listing: empty)
        for added in update.added.sorted(by: { $0.uid < $1.uid }) where mailbox.known[added.uid.value] == nil {
            guard let name = UniqueID("\(added.uid.value).\(update.validity.value)") else { continue }
            mailbox.known[added.uid.value] = Message(
                number: mailbox.nextNumber,
                uid: added.uid,
                size: max(1, added.size ?? 1024),
                uniqueID: name
            )
            mailbox.nextNumber += 1
            mailbox.listed[added.uid.value] = added
        }
        if let present = update.present {
            mailbox.gone = Set(mailbox.known.keys.filter { uid in !present.contains { $0.contains(uid) } })
        }
        let messages = mailbox.known.values.filter { !mailbox.gone.contains($0.uid.value) }.sorted { $0.uid < $1.uid }
        mailbox.listing = StoredListing(
            mailbox: id,
            validity: update.validity,
            exists: update.exists,
            uidNext: update.uidNext,
            snapshot: MailboxSnapshot(validity: update.validity, messages: messages),
            changes: mailbox.listing.changes + 1
        )
        self.mailboxes[id] = mailbox
        return mailbox.listing
    }
}
