import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("What a device sees")
struct ViewTests {
    private static func tag(_ name: String) -> Identifier { Identifier(kind: .tag, value: name) }

    /// Messages with these UIDs, received at these seconds; nil where the mail server tells no date.
    private static func update(_ messages: [(uid: UInt32, date: Int64?)]) throws -> ListingUpdate {
        ListingUpdate(
            validity: try #require(UIDValidity(7)),
            exists: UInt32(messages.count),
            uidNext: nil,
            added: try messages.map { ListedMessage(uid: try #require(UID($0.uid)), size: 1, internalDate: $0.date) },
            present: nil
        )
    }

    @Test("begins where the first view settled it, and never moves")
    func beginning() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let terms: [(String, ViewTerms.FirstSees, String)] = [
            ("all", .everything, ""), ("some", .since(30), "1:2"), ("none", .nothing, "1:5"),
        ]
        for (name, first, unseen) in terms {
            let device = try await world.store.device(account, identifier: Self.tag(name)).id
            let view = try await world.store.view(device, of: mailbox, ViewTerms(firstSees: first))
            #expect(view.hidden.description == unseen)
        }
        _ = try await world.store.update(mailbox, with: try StoreWorld.update([5, 60]))
        for (name, _, unseen) in terms {
            let device = try await world.store.device(account, identifier: Self.tag(name)).id
            for first in [ViewTerms.FirstSees.nothing, .since(.max), .everything] {
                let view = try await world.store.view(device, of: mailbox, ViewTerms(firstSees: first))
                #expect(view.hidden.description == unseen, "\(name)")
            }
        }
        let none = try await world.store.device(named: "none", account: nil)
        #expect(none.hidden == 0)
    }

    @Test("of an empty mailbox, what comes later")
    func beginningOfNothing() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(0).mailbox
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let device = try await world.store.device(account, identifier: Self.tag("pc")).id
        #expect(try await world.store.view(device, of: mailbox, ViewTerms(firstSees: .nothing)).hidden.isEmpty)
        _ = try await world.store.update(mailbox, with: try StoreWorld.update([1]))
        #expect(try await world.store.view(device, of: mailbox, ViewTerms(firstSees: .nothing)).hidden.isEmpty)
    }

    @Test("has unique-ids by a format of its own, which last when the setting goes")
    func ownFormat() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let terms = ViewTerms(uniqueIDs: .cyrus)
        var devices: [DeviceID] = []
        for name in ["one", "two"] {
            devices.append(try await world.store.device(account, identifier: Self.tag(name)).id)
        }
        for device in devices {
            let own = try await world.store.view(device, of: listing.mailbox, terms).ownUniqueIDs
            #expect(own.mapValues(\.text) == [1: "7.10", 2: "7.20", 3: "7.30"])
        }
        let device = devices[0]
        let first = try await world.store.view(device, of: listing.mailbox, terms)
        #expect(try await world.store.view(device, of: listing.mailbox, ViewTerms()) == first)
        // What came while the setting was away keeps the account's, which the device may have seen.
        _ = try await world.store.update(listing.mailbox, with: try StoreWorld.update([40]))
        #expect(try await world.store.view(device, of: listing.mailbox, ViewTerms()) == first)
        _ = try await world.store.view(device, of: listing.mailbox, terms)
        _ = try await world.store.update(listing.mailbox, with: try StoreWorld.update([50]))
        let last = try await world.store.view(device, of: listing.mailbox, terms).ownUniqueIDs
        #expect(last.mapValues(\.text) == [1: "7.10", 2: "7.20", 3: "7.30", 5: "7.50"])
    }

    @Test("a format that is its own never gives the text of another message (U-15)")
    func ownFormatCollides() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let mailbox = try await world.store.listing(account, mailbox: "INBOX").mailbox
        let reversed = try #require(UniqueIDFormat("%v-%u"))
        let update = ListingUpdate(
            validity: try #require(UIDValidity(7)),
            exists: 2,
            uidNext: nil,
            added: try [7, 8].map { ListedMessage(uid: try #require(UID($0)), size: 1, internalDate: nil) },
            present: nil,
            uniqueIDs: reversed
        )
        let listing = try await world.store.update(mailbox, with: update)
        #expect((0..<2).map { listing.snapshot[$0]?.uniqueID.text } == ["7-7", "7-8"])
        let device = try await world.store.device(account, identifier: Self.tag("pc")).id
        let format = try #require(UniqueIDFormat("%u-8"))
        let own = try await world.store.view(device, of: mailbox, ViewTerms(uniqueIDs: format)).ownUniqueIDs
        #expect(own.mapValues(\.text) == [1: "7-8-2", 2: "8-8"])
    }

    @Test("the mail server's own names of messages are kept, also when they are told later")
    func serverIDs() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        func tell(_ id: String) async throws {
            let id = try #require(ServerMessageID(id))
            let update = ListingUpdate(
                validity: try #require(UIDValidity(7)),
                exists: 2,
                uidNext: nil,
                added: try [10, 30].map {
                    ListedMessage(uid: try #require(UID($0)), size: 1, internalDate: nil, serverID: id)
                },
                present: nil,
                uniqueIDs: .gmail
            )
            _ = try await world.store.update(mailbox, with: update)
        }
        try await tell("G255")
        try await tell("G256")
        let expected = "G255 0000000a00000007,- 0000001400000007,G255 GmailIdff"
        let check = """
            CREATE TEMP TABLE t (ok INTEGER CHECK (ok));
            INSERT INTO t SELECT group_concat(coalesce(serverID, '-') || ' ' || uidl) = '\(expected)'
              FROM (SELECT serverID, uidl FROM message ORDER BY number);
            """
        #expect(try world.foreign(check).isEmpty)
    }

    /// One device of the model below.
    private struct Known {
        let id: DeviceID
        let name: String
        let first: ViewTerms.FirstSees
        let hasWindow: Bool
        var hidden: Set<UInt32> = []
        /// Rows it began without; nil before its first view.
        var skipped: Set<UInt32>?
    }

    @Test(
        "is what a plain model says, whatever comes, goes, is deleted and restored",
        arguments: 0..<12 as Range<UInt64>
    )
    func model(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "a@example.com")
        let mailbox = try await world.store.listing(account, mailbox: "INBOX").mailbox
        var devices: [Known] = []
        for (index, first) in [ViewTerms.FirstSees.everything, .nothing, .since(40), .since(60)].enumerated() {
            let device = try await world.store.device(account, identifier: Self.tag("pc\(index)"))
            devices.append(Known(id: device.id, name: device.name, first: first, hasWindow: index.isMultiple(of: 2)))
        }
        // By row, from 1; -1 for none.
        var dates: [Int64] = []
        var begins: Int64 = 0
        for _ in 0..<60 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0...1:
                let count = Int.random(in: 1...4, using: &random)
                let new = (0..<count).map { _ in Int64.random(in: -1..<100, using: &random) }
                let messages = zip(dates.count + 1..<dates.count + 1 + count, new)
                    .map { (uid: UInt32($0), date: $1 < 0 ? nil : Int64?($1)) }
                dates += new
                _ = try await world.store.update(mailbox, with: try Self.update(messages))
            case 2: begins = min(99, begins + Int64.random(in: 0..<20, using: &random))
            case 3:
                let index = Int.random(in: devices.indices, using: &random)
                let rows = (1...UInt32(max(1, dates.count))).filter { _ in Bool.random(using: &random) }
                guard dates.count > 0 else { continue }
                let entry = try await world.store.device(named: devices[index].name, account: nil)
                let before = devices[index].hidden.union(devices[index].skipped ?? [])
                let count = try await world.store.restore(
                    .rows(NumberRanges(numbers: rows)),
                    to: entry,
                    by: .operatorCommand(user: "admin")
                )
                #expect(count == before.intersection(rows).count)
                devices[index].hidden.subtract(rows)
                devices[index].skipped?.subtract(rows)
            case _:
                let index = Int.random(in: devices.indices, using: &random)
                let device = devices[index]
                let window = device.hasWindow ? begins : nil
                let view = try await world.store.view(
                    device.id,
                    of: mailbox,
                    ViewTerms(firstSees: device.first, windowBegins: window)
                )
                func older(than moment: Int64) -> Set<UInt32> {
                    Set((1...UInt32(dates.count + 1)).dropLast().filter { (0..<moment).contains(dates[Int($0) - 1]) })
                }
                if device.skipped == nil {
                    switch device.first {
                    case .everything: devices[index].skipped = []
                    case .nothing:
                        devices[index].skipped = older(than: 100).union(
                            (1...UInt32(dates.count + 1)).dropLast()
                        )
                    case .since(let moment): devices[index].skipped = older(than: moment)
                    }
                }
                let unseen = device.hidden.union(devices[index].skipped ?? []).union(older(than: window ?? 0))
                for row in 1...UInt32(dates.count + 1) {
                    #expect(view.hidden.contains(row) == unseen.contains(row), "row \(row) of \(device.name)")
                }
                let deleted = (1...UInt32(dates.count + 1)).dropLast()
                    .filter { !unseen.contains($0) && Int.random(in: 0..<3, using: &random) == 0 }
                let change = Change.hide(device.id, mailbox, NumberRanges(numbers: deleted))
                try await world.write(RecordEntry(records: [], changes: [change]))
                devices[index].hidden.formUnion(deleted)
            }
        }
    }
}
