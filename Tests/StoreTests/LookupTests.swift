import Foundation
import Gateway
import Store
import TestSupport
import Testing

@Suite("What a login asks the store")
struct LookupTests {
    @Test("sees what was written before, by whomever, and leaves nothing open that the log would have to keep")
    func lookups() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let tag = Identifier(kind: .tag, value: "frontdesk")
        #expect(try await world.store.device(account, identifier: tag, mayMake: false) == nil)
        let device = try await world.store.device(account, identifier: tag)
        #expect(try await world.store.device(account, identifier: tag, mayMake: false) == device)
        #expect(try await world.store.credential("nobody") == nil)
        #expect(try await world.store.view(device.id, of: listing.mailbox) == .everything)
        let address = try #require(IPAddress("192.0.2.1"))
        let two = NumberRanges([2...2])
        try await world.write(
            RecordEntry(
                records: [],
                changes: [.hide(device.id, listing.mailbox, two), .withhold(listing.mailbox, address, two)]
            ),
            .synced
        )
        #expect(try await world.store.view(device.id, of: listing.mailbox).hidden == two)
        #expect(try await world.store.withheld(listing.mailbox, from: address) == two)
        #expect(try world.foreign("UPDATE device SET name = 'counter'") == "")
        #expect(try await world.store.device(account, identifier: tag).name == "counter")
        #expect(await world.store.isCurrent(listing))
        #expect(try world.foreign("PRAGMA wal_checkpoint(TRUNCATE)") == "")
        let log = try FileManager.default.attributesOfItem(atPath: "\(world.database)-wal")
        #expect(log[.size] as? Int == 0)
    }

    @Test("one job that fails takes nothing of its neighbours back, and its records leave no gap")
    func apart() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(1).mailbox
        let good = try AuditRecord.dele(1)
        // A device that there is not.
        let bad = RecordEntry(
            records: [try AuditRecord.dele(2)],
            changes: [.hide(DeviceID(99), mailbox, NumberRanges([1...1]))]
        )
        let results = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<30 {
                let entry = number % 3 == 1 ? bad : RecordEntry(records: [good])
                group.addTask { (try? await world.write(entry)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(results == 20)
        let records = try await world.store.records().filter { $0.action == "dele" }
        #expect(records.count == 20)
    }
}
