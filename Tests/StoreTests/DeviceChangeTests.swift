import Gateway
import POP3
import Store
import TestSupport
import Testing

@Suite("Changes of devices by an operator")
struct DeviceChangeTests {
    private static func tag(_ name: String) -> Identifier { Identifier(kind: .tag, value: name) }
    private static let place = CredentialAccount(upstream: "main", login: "info@example.com")

    /// A world with a mailbox of five messages, and these devices.
    private static func world(
        _ names: String...
    ) async throws -> (world: StoreWorld, mailbox: MailboxID, account: AccountID, devices: [DeviceEntry]) {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        var devices: [DeviceEntry] = []
        for name in names {
            _ = try await world.store.device(account, identifier: Self.tag(name))
            devices.append(try await world.store.device(named: name, account: nil))
        }
        return (world, mailbox, account, devices)
    }

    private static func hide(
        _ rows: [UInt32],
        from device: DeviceEntry,
        _ mailbox: MailboxID,
        _ world: StoreWorld
    ) async throws {
        let change = Change.hide(device.device.id, mailbox, NumberRanges(numbers: rows))
        try await world.write(RecordEntry(records: [], changes: [change]), .synced)
    }

    @Test("a device that is registered is let in where others are not")
    func register() async throws {
        let world = try StoreWorld()
        let identifiers = [Self.tag("pc1"), Identifier(kind: .name, value: "pc1")]
        let entry = try await world.store.addDevice("PC1", account: Self.place, identifiers: identifiers, by: "admin")
        #expect(entry.identifiers == ["tag pc1", "name pc1"])
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        for identifier in identifiers {
            let found = try await world.store.device(account, identifier: identifier, mayMake: false)
            #expect(found == entry.device)
        }
        #expect(try await world.store.device(account, identifier: Self.tag("pc2"), mayMake: false) == nil)
        await #expect(throws: StoreError.nameTaken("pc1")) {
            _ = try await world.store.addDevice("pc1", account: Self.place, identifiers: [], by: "admin")
        }
        await #expect(throws: StoreError.identifierTaken("tag pc1", device: "PC1")) {
            _ = try await world.store.addDevice("pc2", account: Self.place, identifiers: identifiers, by: "admin")
        }
        await #expect(throws: StoreError.badName("p c")) {
            _ = try await world.store.addDevice("p c", account: Self.place, identifiers: [], by: "admin")
        }
        #expect(try await world.store.devices().count == 1)
        #expect(try await world.store.records(RecordFilter(action: "device-add")).count == 1)
    }

    @Test("a new name changes nothing of what it is known by")
    func rename() async throws {
        let (world, _, account, devices) = try await Self.world("pc1", "pc2")
        try await world.store.rename(devices[0], to: "Desk", by: "admin")
        let found = try await world.store.device(account, identifier: Self.tag("pc1"))
        #expect(found == Device(id: devices[0].device.id, name: "Desk"))
        let desk = try await world.store.device(named: "desk", account: nil)
        try await world.store.rename(desk, to: "desk", by: "admin")
        await #expect(throws: StoreError.nameTaken("PC2")) {
            try await world.store.rename(desk, to: "PC2", by: "admin")
        }
        await #expect(throws: StoreError.badName("")) { try await world.store.rename(desk, to: "", by: "admin") }
        #expect(try await world.store.records(RecordFilter(action: "device-rename")).count == 2)
    }

    @Test("what a device is known by can be given and taken, all or nothing")
    func identify() async throws {
        let (world, _, account, devices) = try await Self.world("pc1", "pc2")
        let mac = Identifier(kind: .neighbour, value: "02:00:00:aa:bb:cc")
        try await world.store.identify(devices[0], adding: [mac], removing: [Self.tag("pc1")], by: "admin")
        #expect(try await world.store.device(account, identifier: mac, mayMake: false)?.id == devices[0].device.id)
        #expect(try await world.store.device(account, identifier: Self.tag("pc1"), mayMake: false) == nil)
        let before = try await world.store.devices().map(\.identifiers)
        await #expect(throws: StoreError.identifierTaken("tag pc2", device: "pc2")) {
            let identifiers = [Self.tag("new"), Self.tag("pc2")]
            try await world.store.identify(devices[0], adding: identifiers, removing: [], by: "admin")
        }
        await #expect(throws: StoreError.unknownIdentifier("tag pc2")) {
            let identifiers = [mac, Self.tag("pc2")]
            try await world.store.identify(devices[0], adding: [], removing: identifiers, by: "admin")
        }
        #expect(try await world.store.devices().map(\.identifiers) == before)
        #expect(try await world.store.records(RecordFilter(action: "device-identify")).count == 1)
    }

    @Test("a device that is removed is another when it comes again, and its number is nobody's")
    func remove() async throws {
        let (world, mailbox, account, devices) = try await Self.world("pc1")
        let first = try await world.store.view(devices[0].device.id, of: mailbox, ViewTerms(firstSees: .since(30)))
        #expect(first.hidden.description == "1:2")
        try await Self.hide([4], from: devices[0], mailbox, world)
        let entry = try await world.store.device(named: "pc1", account: nil)
        _ = try await world.store.restore(
            .rows(NumberRanges(numbers: [1])),
            to: entry,
            by: .operatorCommand(user: "admin")
        )
        try await world.store.remove(entry, by: "admin")
        #expect(try await world.store.devices().isEmpty)
        await #expect(throws: StoreError.self) { try await world.store.remove(entry, by: "admin") }
        // A session that still goes on can hide nothing, and hears so.
        await #expect(throws: StoreFailure.self) { try await Self.hide([5], from: entry, mailbox, world) }
        await #expect(throws: StoreFailure.self) { _ = try await world.store.view(entry.device.id, of: mailbox) }
        let again = try await world.store.device(account, identifier: Self.tag("pc1"))
        #expect(again.id != entry.device.id)
        #expect(try await world.store.view(again.id, of: mailbox) == .everything)
        #expect(try await world.store.records(RecordFilter(action: "device-remove")).count == 1)
        #expect(try await world.store.verify().isClean)
    }

    @Test("of two merged devices neither sees again what it deleted, nor loses what it saw")
    func merge() async throws {
        let (world, mailbox, account, devices) = try await Self.world("old", "new")
        let old = ViewTerms(firstSees: .since(20), uniqueIDs: .cyrus)
        _ = try await world.store.view(devices[0].device.id, of: mailbox, old)
        _ = try await world.store.view(devices[1].device.id, of: mailbox, ViewTerms(firstSees: .since(40)))
        try await Self.hide([4], from: devices[0], mailbox, world)
        try await Self.hide([5], from: devices[1], mailbox, world)
        let merged = try await world.store.merge(devices[0], into: devices[1], by: "admin")
        #expect(merged.identifiers == ["tag new", "tag old"] && merged.hidden == 2)
        #expect(try await world.store.device(account, identifier: Self.tag("old")) == devices[1].device)
        let view = try await world.store.view(devices[1].device.id, of: mailbox)
        // Row 1 neither has seen; 2 and 3 only the one that is gone, by its own unique-ids.
        #expect(view.hidden.description == "1,4:5")
        #expect(view.ownUniqueIDs.mapValues(\.text) == [2: "7.20", 3: "7.30"])
        // A session of the device that is gone goes on, and QUITs.
        try await Self.hide([3], from: devices[0], mailbox, world)
        #expect(try await world.store.view(devices[0].device.id, of: mailbox).hidden.description == "1,3:5")
        await #expect(throws: StoreError.unknownDevice("old")) {
            _ = try await world.store.device(named: "old", account: nil)
        }
        await #expect(throws: StoreError.sameDevice("new")) {
            _ = try await world.store.merge(merged, into: merged, by: "admin")
        }
        #expect(try await world.store.records(RecordFilter(action: "device-merge")).count == 1)
    }

    @Test("a device that has seen nothing yet goes on where the merged one was")
    func mergeIntoNew() async throws {
        let (world, mailbox, _, devices) = try await Self.world("old", "new", "third")
        let old = ViewTerms(firstSees: .since(20), uniqueIDs: .cyrus)
        let before = try await world.store.view(devices[0].device.id, of: mailbox, old)
        _ = try await world.store.merge(devices[0], into: devices[1], by: "admin")
        #expect(try await world.store.view(devices[1].device.id, of: mailbox, old) == before)
        // And on, through a second merge.
        _ = try await world.store.merge(devices[1], into: devices[2], by: "admin")
        #expect(try await world.store.view(devices[2].device.id, of: mailbox, old) == before)
        try await Self.hide([3], from: devices[0], mailbox, world)
        #expect(try await world.store.view(devices[2].device.id, of: mailbox, old).hidden.description == "1,3")
    }

    @Test("devices of two accounts stay two")
    func mergeAcrossAccounts() async throws {
        let (world, _, _, devices) = try await Self.world("pc1")
        let other = try await world.store.account(upstream: "main", login: "b@example.com")
        _ = try await world.store.device(other, identifier: Self.tag("pc2"))
        let second = try await world.store.device(named: "pc2", account: nil)
        await #expect(throws: StoreError.otherAccounts("pc1", "pc2")) {
            _ = try await world.store.merge(devices[0], into: second, by: "admin")
        }
        #expect(try await world.store.devices().count == 2)
    }

    @Test("what a device began without can be shown to it, when the operator says so")
    func restoreEarlier() async throws {
        let (world, mailbox, _, devices) = try await Self.world("pc1")
        let device = devices[0].device.id
        _ = try await world.store.view(device, of: mailbox, ViewTerms(firstSees: .since(40)))
        try await Self.hide([4], from: devices[0], mailbox, world)
        #expect(try await world.store.hidden(from: device, earlier: true).map(\.row) == [1, 2, 3])
        #expect(try await world.store.hidden(from: device).map(\.row) == [4])
        #expect(
            try await world.store.restore(
                .everything(earlier: false),
                to: devices[0],
                by: .operatorCommand(user: "admin")
            ) == 1
        )
        #expect(try await world.store.view(device, of: mailbox).hidden.description == "1:3")
        #expect(
            try await world.store.restore(
                .period(since: 20, until: 30),
                to: devices[0],
                by: .operatorCommand(user: "admin")
            ) == 1
        )
        #expect(
            try await world.store.restore(
                .everything(earlier: true),
                to: devices[0],
                by: .operatorCommand(user: "admin")
            ) == 2
        )
        let view = try await world.store.view(device, of: mailbox)
        #expect(view.hidden.isEmpty && view.ownUniqueIDs.count == 4)
    }

    @Test("what there is to know of a device is told, with what it was before a merge")
    func profile() async throws {
        let (world, mailbox, _, devices) = try await Self.world("old", "new")
        _ = try await world.store.view(devices[1].device.id, of: mailbox, ViewTerms(firstSees: .since(30)))
        try await Self.hide([3, 4], from: devices[1], mailbox, world)
        let speaker = Speaker.device(devices[0].device, by: Self.tag("old"))
        try await world.write(RecordEntry(records: [try .login("s1", speaker)]))
        _ = try await world.store.merge(devices[0], into: devices[1], by: "admin")
        let profile = try await world.store.profile(of: devices[1])
        let standing = try #require(profile.mailboxes.first)
        #expect(profile.mailboxes.count == 1 && standing.name == "INBOX" && standing.messages == 5)
        #expect(standing.hasBegun && standing.hidden == 2 && standing.skipped == 2 && standing.ownUniqueIDs == 0)
        #expect(profile.logins.map(\.device) == ["old"] && profile.logins.map(\.identifiedBy) == ["tag old"])
        #expect(profile.alerts.isEmpty)
    }
}

extension AuditRecord {
    /// A login of a device.
    fileprivate static func login(_ session: String, _ speaker: Speaker) throws -> AuditRecord {
        let attempt = Attempt(action: .login, outcome: .success, asked: "USER", answered: "+OK", done: "logged in")
        let record = try AuditRecord.session(session, attempt)
        guard case .session(var origin) = record.origin else { return record }
        origin.speaker = speaker
        return AuditRecord(time: record.time, origin: .session(origin), attempt: attempt)
    }
}
