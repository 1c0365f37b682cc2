import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("A change of UIDVALIDITY in the store")
struct RenumberingTests {
    private static let action = RecordFilter(action: "listing-changed")

    private static func many(_ count: UInt32) -> [(uid: UInt32, size: UInt32)] { (1...count).map { ($0, $0) } }

    @Test("keeps numbers, unique-ids, sizes and what each device sees; what is not recognised is gone, or new")
    func keeps() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(4)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        var devices: [(DeviceID, ViewTerms)] = []
        for (name, terms) in [
            ("hides", ViewTerms()), ("own", ViewTerms(uniqueIDs: .cyrus)), ("late", ViewTerms(firstSees: .since(30))),
        ] {
            let device = try await world.store.device(account, identifier: Identifier(kind: .tag, value: name)).id
            _ = try await world.store.view(device, of: listing.mailbox, terms)
            devices.append((device, ViewTerms()))
        }
        let hide = Change.hide(devices[0].0, listing.mailbox, NumberRanges(numbers: [3, 4]))
        try await world.write(RecordEntry(records: [try .dele(3)], changes: [hide]), .synced)
        let entry = try await world.store.device(named: "hides", account: nil)
        _ = try await world.store.restore(
            .rows(NumberRanges(numbers: [4])),
            to: entry,
            by: .operatorCommand(user: "admin")
        )
        var before: [DeviceView] = []
        for (device, terms) in devices {
            before.append(try await world.store.view(device, of: listing.mailbox, terms))
        }
        #expect(before.map(\.hidden.description) == ["3", "", "1:2"] && before.map(\.ownUniqueIDs.count) == [1, 4, 0])

        let change = try Renumbering.sample(
            [(101, 40), (102, 30), (103, 11), (104, 9)],
            pairs: [4: 101, 3: 102, 1: 103]
        )
        let after = Listed.done(try await world.store.renumber(listing.mailbox, change))?.snapshot
        #expect(Listed.uids(after) == [101, 102, 103, 104])
        #expect(Listed.numbers(after) == [4, 3, 1, 5])
        #expect(
            Listed.texts(after) == ["0000002800000007", "0000001e00000007", "0000000a00000007", "0000006800000008"]
        )
        #expect(after?[2]?.size == 10, "a size that was told once stays")
        for (index, (device, terms)) in devices.enumerated() {
            #expect(try await world.store.view(device, of: listing.mailbox, terms) == before[index])
        }
        let again = try await StoreWorld.open(world.folder).listing(account, mailbox: "INBOX")
        #expect(again.snapshot == after && again.validity?.value == 8 && again.exists == 4)
        let records = try await world.store.records(Self.action)
        #expect(records.map(\.outcome) == ["success"])
        #expect(records.first.map { String(decoding: $0.json, as: UTF8.self) }?.contains("\"recognised\":3") == true)
        #expect(try await world.store.verify().isClean)
    }

    @Test("gives a new message no unique-id that another had (U-15)")
    func collision() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let mailbox = try await world.store.listing(account, mailbox: "INBOX").mailbox
        let format = try #require(UniqueIDFormat("%u"))
        let first = try Renumbering.sample([(10, 1), (20, 2)], pairs: [:], to: 7, uniqueIDs: format).listing
        #expect(Listed.texts(try await world.store.update(mailbox, with: first).snapshot) == ["10", "20"])
        let change = try Renumbering.sample([(10, 2), (20, 3)], pairs: [2: 10], uniqueIDs: format)
        let after = Listed.done(try await world.store.renumber(mailbox, change))?.snapshot
        #expect(Listed.texts(after) == ["20", "20-2"])
        #expect(Listed.numbers(after) == [2, 3])
    }

    @Test("of one that comes back finds its messages, and gives UIDs of others to new rows; a new device may follow")
    func comesBack() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(4).mailbox
        let away = try Renumbering.sample([(101, 10), (102, 20)], pairs: [1: 101])
        #expect(Listed.numbers(Listed.done(try await world.store.renumber(mailbox, away))?.snapshot) == [1, 5])
        // Row 5 is at UID 20 now, where row 2 was; the size of what is at 30 is not that of row 3; 40 is row 4 again.
        let back = try Renumbering.sample(
            [(10, 10), (20, 20), (30, 99), (40, 40)],
            pairs: [1: 10, 5: 20],
            from: 8,
            to: 7
        )
        let after = Listed.done(try await world.store.renumber(mailbox, back))?.snapshot
        #expect(Listed.numbers(after) == [1, 5, 6, 4])
        #expect(
            Listed.texts(after) == ["0000000a00000007", "0000006600000008", "0000001e00000007-2", "0000002800000007"]
        )
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let device = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "pc")).id
        let view = try await world.store.view(device, of: mailbox, ViewTerms(uniqueIDs: .cyrus))
        #expect(Set(view.ownUniqueIDs.keys) == [1, 4, 5, 6])
        #expect(view.ownUniqueIDs[5]?.text == "7.20")
        // And once more, so that what gave its UID up stays out of the way.
        let third = try Renumbering.sample([(101, 10), (102, 20)], pairs: [1: 101], from: 7, to: 8)
        #expect(Listed.numbers(Listed.done(try await world.store.renumber(mailbox, third))?.snapshot).first == 1)
        let fourth = try Renumbering.sample([(10, 10), (20, 77)], pairs: [1: 10], from: 8, to: 7)
        #expect(Listed.numbers(Listed.done(try await world.store.renumber(mailbox, fourth))?.snapshot).count == 2)
        #expect(try await world.store.verify().isClean)
    }

    @Test("waits for a person where too little is recognised: one record, and one acceptance for one change")
    func doubt() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(30)
        let change = try Renumbering.sample(
            Self.many(30),
            pairs: Dictionary(uniqueKeysWithValues: (1...14).map { ($0, $0) })
        )
        for isFirst in [true, false, false] {
            let verdict = try await world.store.renumber(listing.mailbox, change)
            guard case .doubtful(14, of: 30, isNew: isFirst) = verdict else {
                Issue.record("\(verdict)")
                return
            }
        }
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        #expect(try await world.store.listing(account, mailbox: "INBOX").snapshot == listing.snapshot)
        #expect(try await world.store.records(Self.action).map(\.outcome) == ["failure"])
        await #expect(throws: StoreError.nothingToAccept("other@example.com")) {
            _ = try await world.store.acceptRenumbering(of: "other@example.com", by: "admin")
        }
        #expect(try await world.store.acceptRenumbering(of: "Info@Example.com", by: "admin") == 1)
        let after = Listed.done(try await world.store.renumber(listing.mailbox, change))?.snapshot
        #expect(Listed.numbers(after) == Array(1...14) + Array(31...46))
        await #expect(throws: StoreError.nothingToAccept("info@example.com")) {
            _ = try await world.store.acceptRenumbering(of: "info@example.com", by: "admin")
        }
        #expect(try await world.store.records(Self.action).map(\.outcome) == ["failure", "success", "success"])
        #expect(try await world.store.verify().isClean)
    }

    @Test("of which nothing is left waits too, and what was accepted is forgotten when the old UIDVALIDITY is back")
    func acceptanceEnds() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let change = try Renumbering.sample([], pairs: [:])
        func isNew() async throws -> Bool? {
            guard case .doubtful(0, of: 2, isNew: let isNew) = try await world.store.renumber(mailbox, change) else {
                return nil
            }
            return isNew
        }
        #expect(try await isNew() == true)
        #expect(try await world.store.acceptRenumbering(of: "info@example.com", by: "admin") == 1)
        _ = try await world.store.update(mailbox, with: try StoreWorld.update([]))
        #expect(try await isNew() == true)
        #expect(try await isNew() == false)
    }

    @Test("in a small mailbox is made even where nothing is recognised, and half of a large one is enough")
    func enough() async throws {
        let small = try StoreWorld()
        let few = try await small.mailbox(20).mailbox
        let none = try Renumbering.sample([(1, 1)], pairs: [:])
        #expect(Listed.numbers(Listed.done(try await small.store.renumber(few, none))?.snapshot) == [21])
        let large = try StoreWorld()
        let mailbox = try await large.mailbox(21).mailbox
        let half = try Renumbering.sample(
            Self.many(21),
            pairs: Dictionary(uniqueKeysWithValues: (1...11).map { ($0, $0) })
        )
        #expect(Listed.done(try await large.store.renumber(mailbox, half))?.snapshot.count == 21)
    }

    @Test("that fails in the middle changes nothing and leaves no record")
    func fails() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let impossible = try Renumbering.sample([(1, 10), (2, 20)], pairs: [1: 1, 2: 2, 3: 2])
        await #expect(throws: StoreFailure.self) { _ = try await world.store.renumber(listing.mailbox, impossible) }
        let read = try await world.store.listing(account, mailbox: "INBOX")
        #expect(read.snapshot == listing.snapshot && read.validity?.value == 7 && read.exists == 3)
        #expect(try await world.store.records(Self.action).isEmpty)
        let possible = try Renumbering.sample([(1, 10), (2, 20)], pairs: [1: 1, 2: 2])
        let after = Listed.done(try await world.store.renumber(listing.mailbox, possible))?.snapshot
        #expect(Listed.numbers(after) == [1, 2])
        #expect(try await world.store.verify().isClean)
    }

    @Test("is made once: a second session finds it done, and one that saw another is refused")
    func twice() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(3).mailbox
        let change = try Renumbering.sample([(1, 10), (2, 20), (3, 30)], pairs: [1: 1, 2: 2, 3: 3])
        let store = world.store
        async let first = store.renumber(mailbox, change)
        async let second = store.renumber(mailbox, change)
        let both = [Listed.done(try await first)?.snapshot, Listed.done(try await second)?.snapshot]
        #expect(both[0] == both[1] && Listed.numbers(both[0]) == [1, 2, 3])
        let late = try Renumbering.sample([(1, 10)], pairs: [1: 1], from: 7, to: 9)
        await #expect(throws: StoreFailure.broken(reason: "UIDVALIDITY has changed again")) {
            _ = try await world.store.renumber(mailbox, late)
        }
        #expect(try await world.store.records(Self.action).count == 1)
    }
}
