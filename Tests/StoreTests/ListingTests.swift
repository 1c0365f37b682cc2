import Gateway
import IMAP
import POP3
import Store
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

    private static func numbers(_ snapshot: MailboxSnapshot) -> [UInt32] {
        (0..<snapshot.count).compactMap { snapshot.number(at: $0) }
    }

    private static func uids(_ snapshot: MailboxSnapshot) -> [UInt32] {
        (0..<snapshot.count).compactMap { snapshot[$0]?.uid.value }
    }
}
