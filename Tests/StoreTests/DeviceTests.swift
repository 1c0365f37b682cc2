import Foundation
import Gateway
import POP3
import Store
import TestSupport
import Testing

@Suite("Devices in the store")
struct DeviceTests {
    private static func tag(_ name: String) -> Identifier { Identifier(kind: .tag, value: name) }

    @Test("are made when they are new, up to 200 of an account")
    func creation() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "a")
        let first = try await world.store.device(account, identifier: Self.tag("frontdesk"))
        #expect(first.name == "frontdesk")
        #expect(try await world.store.device(account, identifier: Self.tag("frontdesk")) == first)
        let mac = Identifier(kind: .neighbour, value: "02:00:00:aa:bb:cc")
        #expect(try await world.store.device(account, identifier: mac).name == "pc-aabbcc")
        for number in 3...200 { _ = try await world.store.device(account, identifier: Self.tag("pc\(number)")) }
        await #expect(throws: StoreFailure.tooManyDevices) {
            _ = try await world.store.device(account, identifier: Self.tag("pc201"))
        }
        let other = try await world.store.account(upstream: "main", login: "b'; DROP TABLE device;--")
        #expect(try await world.store.device(other, identifier: Self.tag("frontdesk")).id != first.id)
    }

    @Test("are named by what they are known by, and a word is the same device as a tag and as a server name")
    func names() async throws {
        let world = try StoreWorld()
        let account = try await world.store.account(upstream: "main", login: "a")
        func device(_ kind: IdentifierKind, _ value: String, label: String? = nil) async throws -> Device {
            try await world.store.device(account, identifier: Identifier(kind: kind, value: value, label: label))
        }
        let digest = String(repeating: "0123456789abcdef", count: 4)
        #expect(try await device(.certificate, digest, label: "Sales-PC").name == "Sales-PC")
        #expect(try await device(.certificate, digest, label: "renamed").name == "Sales-PC")
        #expect(try await device(.certificate, "1" + digest.dropFirst(), label: "sales-pc").name == "cert-11234567")
        #expect(try await device(.certificate, "2" + digest.dropFirst(), label: "Front desk").name == "cert-21234567")
        #expect(try await device(.certificate, "21234567" + digest.dropFirst(8)).name == "cert-21234567")
        #expect(try await device(.certificate, "2123456700").name == "cert-21234567-2")
        let frontdesk = try await device(.name, "frontdesk")
        #expect(frontdesk.name == "frontdesk")
        #expect(try await device(.tag, "frontdesk") == frontdesk)
        let tagged = try await device(.tag, "pc1")
        let closed = Identifier(kind: .name, value: "pc1")
        #expect(try await world.store.device(account, identifier: closed, mayMake: false) == tagged)
        let unknown = Identifier(kind: .name, value: "pc2")
        #expect(try await world.store.device(account, identifier: unknown, mayMake: false) == nil)
        let entry = try await world.store.device(named: "pc1", account: nil)
        #expect(entry.identifiers == ["name pc1", "tag pc1"])
        #expect(try await device(.neighbour, "pc1").id != tagged.id)
    }

    @Test("hide for themselves alone, and get restored messages under fresh unique-ids")
    func hideAndRestore() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(5)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let device = try await world.store.device(account, identifier: Self.tag("pc"))
        let other = try await world.store.device(account, identifier: Self.tag("other"))
        for range: ClosedRange<UInt32> in [2...3, 3...4] {
            let change = Change.hide(device.id, listing.mailbox, NumberRanges([range]))
            try await world.write(RecordEntry(records: [try .dele(1)], changes: [change]), .synced)
        }
        #expect(try await world.store.view(device.id, of: listing.mailbox).hidden.description == "2:4")
        #expect(try await world.store.view(other.id, of: listing.mailbox) == .everything)
        let entry = try await world.store.device(named: "PC", account: nil)
        #expect(entry.hidden == 3)
        #expect(try await world.store.hidden(from: device.id).map(\.row) == [2, 3, 4])
        var seen: Set<String> = []
        for _ in 1...2 {
            #expect(
                try await world.store.restore(
                    .rows(NumberRanges(numbers: [3])),
                    to: entry,
                    by: .operatorCommand(user: "admin")
                ) == 1
            )
            let view = try await world.store.view(device.id, of: listing.mailbox)
            #expect(view.hidden.description == "2,4")
            seen.insert(try #require(view.ownUniqueIDs[3]).text)
            let again = Change.hide(device.id, listing.mailbox, NumberRanges(numbers: [3]))
            try await world.write(RecordEntry(records: [], changes: [again]), .synced)
        }
        let old = try #require(listing.snapshot[2]).uniqueID.text
        #expect(seen.count == 2 && !seen.contains(old))
        let reviewer = Reviewer(name: "Sato", role: .operator, address: .v4(0x7F00_0001))
        for mailbox in [MailboxID(listing.mailbox.value + 1), listing.mailbox] {
            let count = try await world.store.restore(
                .message(MessageKey(mailbox, 3)),
                to: entry,
                by: .reviewer(reviewer)
            )
            #expect(count == (mailbox == listing.mailbox ? 1 : 0))
        }
        #expect(try await world.store.hidden(from: device.id, newest: 1).map(\.row) == [4])
        let record = try #require(try await world.store.records(RecordFilter(action: "device-restore")).last)
        #expect(record.rows.description == "3")
        #expect(String(decoding: record.json, as: UTF8.self).contains(#""reviewer":{"name":"Sato","role":"operator"}"#))
        let again = Change.hide(device.id, listing.mailbox, NumberRanges(numbers: [3]))
        try await world.write(RecordEntry(records: [], changes: [again]), .synced)
        // The UIDs are the dates here: 20 and 30 are in, 40 is not.
        #expect(
            try await world.store.restore(.period(since: 20, until: 40), to: entry, by: .operatorCommand(user: "admin"))
                == 2
        )
        #expect(
            try await world.store.restore(.everything(earlier: false), to: entry, by: .operatorCommand(user: "admin"))
                == 1
        )
        #expect(try await world.store.records(RecordFilter(action: "device-restore")).count == 6)
        #expect(try await world.store.verify().isClean)
    }

    @Test("merge what many sessions of one device commit at the same time")
    func simultaneousCommits() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(200)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let device = try await world.store.device(account, identifier: Self.tag("pc"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for row in UInt32(1)...100 {
                let change = Change.hide(
                    device.id,
                    listing.mailbox,
                    NumberRanges([row...(row + 1), (row + 50)...(row + 50)])
                )
                group.addTask {
                    try await world.write(RecordEntry(records: [try .dele(1)], changes: [change]), .synced)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await world.store.view(device.id, of: listing.mailbox).hidden.description == "1:150")
    }

    @Test("take over what their session asked to delete")
    func addFromSession() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        let message = try #require(listing.snapshot[1])
        let reference = MessageReference(messageNumber: 2, mailbox: listing.mailbox, message: message, validity: 7)
        func attempt(_ action: Attempt.Action, numbers: NumberRanges? = nil) throws -> AuditRecord {
            let attempt = Attempt(
                action: action,
                outcome: .success,
                asked: action.rawValue,
                answered: "+OK",
                done: "nothing",
                message: action == .dele ? reference : nil,
                numbers: numbers
            )
            return try .session("abcdefgh1234", attempt)
        }
        let rows = NumberRanges(numbers: [2])
        try await world.write(
            RecordEntry(records: [try attempt(.login), try attempt(.dele), try attempt(.quit, numbers: rows)])
        )
        await #expect(throws: StoreError.sessionStillOpen("abcdefgh1234")) {
            _ = try await world.store.addDevice("pc1", fromSession: "abcd", by: "admin")
        }
        try await world.write(RecordEntry(records: [try attempt(.sessionEnd)]))
        await #expect(throws: StoreError.unknownSession("zzz")) {
            _ = try await world.store.addDevice("pc1", fromSession: "zzz", by: "admin")
        }
        await #expect(throws: StoreError.badName("no name")) {
            _ = try await world.store.addDevice("no name", fromSession: "abcd", by: "admin")
        }
        let entry = try await world.store.addDevice("pc1", fromSession: "abcd", by: "admin")
        #expect(entry.hidden == 1 && entry.account == "info@example.com")
        #expect(try await world.store.view(entry.device.id, of: listing.mailbox).hidden == rows)
        await #expect(throws: StoreError.nameTaken("PC1")) {
            _ = try await world.store.addDevice("PC1", fromSession: "abcd", by: "admin")
        }
    }

    @Test("what is withheld belongs to one address")
    func withheld() async throws {
        let world = try StoreWorld()
        let listing = try await world.mailbox(3)
        let (here, there) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("192.0.2.2")))
        let change = Change.withhold(listing.mailbox, here, NumberRanges(numbers: [1, 3]))
        try await world.write(RecordEntry(records: [], changes: [change]), .synced)
        #expect(try await world.store.withheld(listing.mailbox, from: here).description == "1,3")
        #expect(try await world.store.withheld(listing.mailbox, from: there).isEmpty)
    }

    @Test("nothing is made in a folder of another user, nor by a command where no server has been")
    func wrongPlaces() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: StoreError.noState(folder: folder)) { _ = try StoreWorld.open(folder, role: .command) }
        #expect(throws: StoreError.noState(folder: "\(folder)/x")) { _ = try StoreWorld.open("\(folder)/x") }
        try #require(geteuid() == 0, "only root can give a folder away")
        try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: folder)
        #expect(throws: StoreError.self) { _ = try StoreWorld.open(folder) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
}
