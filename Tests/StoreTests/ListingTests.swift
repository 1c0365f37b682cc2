import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("The stored listing")
struct ListingTests {
    @Test("numbers messages in order of UID and names them once")
    func numbering() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        #expect(try await world.store.account(upstream: "main", login: "info@example.com") == account)
        let empty = try await world.store.listing(account, mailbox: "INBOX")
        #expect(empty.validity == nil && empty.snapshot.count == 0)
        let first = try await world.store.update(empty.mailbox, with: StoreWorld.update([30, 10, 20]))
        #expect(Self.numbers(first.snapshot) == [1, 2, 3])
        #expect(first.snapshot[0]?.uniqueID.text == "0000000a00000007")
        let second = try await world.store.update(empty.mailbox, with: StoreWorld.update([20, 15, 40]))
        #expect(Self.uids(second.snapshot) == [10, 15, 20, 30, 40])
        #expect(Self.numbers(second.snapshot) == [1, 4, 2, 3, 5])
        let again = try await StoreWorld.open(world.folder).listing(account, mailbox: "INBOX")
        #expect(again.snapshot == second.snapshot && again.exists == 3)
    }

    @Test("forgets what has gone and knows it again when it is back")
    func goneAndBack() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(4)
        let fewer = try await world.store.update(
            listing.mailbox,
            with: StoreWorld.update([], present: [10...10, 40...40])
        )
        #expect(Self.uids(fewer.snapshot) == [10, 40])
        let back = try await world.store.update(listing.mailbox, with: StoreWorld.update([20], present: nil))
        #expect(Self.uids(back.snapshot) == [10, 20, 40])
        #expect(back.snapshot[1] == listing.snapshot[1])
        let whole = try await world.store.update(listing.mailbox, with: StoreWorld.update([], present: [1...99]))
        #expect(whole.snapshot == listing.snapshot)
    }

    @Test("refuses a listing of another UIDVALIDITY")
    func validity() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(2)
        await #expect(throws: StoreFailure.self) {
            _ = try await world.store.update(listing.mailbox, with: StoreWorld.update([10], validity: 8))
        }
        #expect(try await world.store.update(listing.mailbox, with: StoreWorld.update([])).snapshot == listing.snapshot)
    }

    @Test("grows behind what is known without reading it again, and reads again where anything else has changed")
    func growing() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        var resident = try await world.store.listing(account, mailbox: "INBOX")
        let steps: [ListingUpdate] = [
            try StoreWorld.update([10, 20, 30]), try StoreWorld.update([40]), try StoreWorld.update([]),
            try StoreWorld.update([35, 50]), try StoreWorld.update([50, 60]),
            try StoreWorld.update([70], present: [1...70]), try StoreWorld.update([], present: [10...10, 60...60]),
            try StoreWorld.update([80, 70]), try StoreWorld.update([], present: [1...99]), try StoreWorld.update([90]),
        ]
        for step in steps {
            resident = try await world.store.update(resident, with: step)
            let read = try await world.store.listing(account, mailbox: "INBOX")
            #expect(resident.snapshot == read.snapshot && resident.changes == read.changes)
            #expect(resident.exists == read.exists && resident.hasMissing == read.hasMissing)
            #expect(await world.store.isCurrent(resident))
        }
        #expect(Self.uids(resident.snapshot) == [10, 20, 30, 35, 40, 50, 60, 70, 80, 90])
    }

    @Test("is no longer current once anything of it has changed, by another session, a delivery or a command")
    func current() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(4)
        let other = try await world.store.update(listing, with: StoreWorld.update([50]))
        #expect(await !world.store.isCurrent(listing))
        // What was added twice is there once.
        let late = try await world.store.update(listing, with: StoreWorld.update([50, 60]))
        #expect(Self.uids(late.snapshot) == [10, 20, 30, 40, 50, 60])
        #expect(await !world.store.isCurrent(other))
        try await world.write(RecordEntry(records: [], changes: [.size(listing.mailbox, number: 2, octets: 22)]))
        #expect(await !world.store.isCurrent(late))
        let sized = try await world.store.update(late, with: StoreWorld.update([70]))
        #expect(sized.snapshot.size(at: 1) == 22)
        // The same size again changes nothing.
        try await world.write(RecordEntry(records: [], changes: [.size(listing.mailbox, number: 2, octets: 22)]))
        #expect(await world.store.isCurrent(sized))
        for sql in [
            "UPDATE message SET gone = 1 WHERE number = 1", "UPDATE message SET uidl = 'x' WHERE number = 1",
            "INSERT INTO doubt (mailbox) VALUES (\(listing.mailbox.value))",
            "UPDATE mailbox SET uidNext = 99",
        ] {
            let before = try await world.store.update(sized, with: StoreWorld.update([]))
            #expect(try world.foreign(sql) == "")
            #expect(await !world.store.isCurrent(before), "\(sql)")
        }
    }

    private static func numbers(_ snapshot: MailboxSnapshot) -> [UInt32] {
        (0..<snapshot.count).compactMap { snapshot.number(at: $0) }
    }

    private static func uids(_ snapshot: MailboxSnapshot) -> [UInt32] {
        (0..<snapshot.count).compactMap { snapshot[$0]?.uid.value }
    }
}
