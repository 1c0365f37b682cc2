import Foundation
import Gateway
import Store
import Testing

@Suite("Backup and restore of the state")
struct BackupTests {
    private static func restoration(_ backup: String, into state: String) throws -> StateRestoration {
        try FileManager.default.createDirectory(
            atPath: state,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return StateRestoration(from: backup, into: state, node: "node", by: "admin", now: { KeepingWorld.start })
    }

    /// Two devices that have hidden something, one of which was given a message back, and headers.
    private static func world() async throws -> KeepingWorld {
        let world = try KeepingWorld()
        let listing = try await world.mailbox(20)
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        for name in ["frontdesk", "printer"] {
            let device = try #require(
                try await world.store.device(account, identifier: Identifier(kind: .tag, value: name), mayMake: true)
            )
            try await world.write(
                [try .dele(1)],
                [.hide(device.id, listing.mailbox, NumberRanges(numbers: [1, 2, 3, 9]))]
            )
        }
        let entry = try await world.store.device(named: "printer", account: nil)
        _ = try await world.store.restore(
            .rows(NumberRanges(numbers: [2])),
            to: entry,
            by: .operatorCommand(user: "admin")
        )
        try await world.retrieve(1, of: listing, KeepingWorld.details("Canary"))
        try Data("ca".utf8).write(to: URL(filePath: "\(world.folder)/ca.key"))
        return world
    }

    private static let views = [
        "SELECT * FROM hidden ORDER BY 1, 2, 3", "SELECT * FROM deviceUIDL ORDER BY 1, 2, 3, 4",
        "SELECT mailbox, number, uid, uidl FROM message ORDER BY 1, 2", "SELECT * FROM detail",
    ]

    @Test(
        "a restored state has the same views, unique-ids, details, keys and record, and a record that it was restored"
    )
    func same() async throws {
        let world = try await Self.world()
        let backup = "\(world.folder).backup"
        let target = "\(world.folder).target"
        defer { for folder in [backup, target] { try? FileManager.default.removeItem(atPath: folder) } }
        let manifest = try await world.command().backUp(to: backup, by: "admin")
        #expect(Set(manifest.files.map(\.name)).isSuperset(of: ["leavecopy.sqlite", "checkpoint.key", "ca.key"]))
        #expect(!manifest.files.map(\.name).contains("reserve"))
        let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
        let outcome = try await Self.restoration(backup, into: target).run(replaces: false)
        #expect(outcome.compared == manifest.tables && outcome.verification.isClean && outcome.keptAside == nil)
        for sql in Self.views {
            let (here, there) = (try world.ask(sql), try KeepingWorld.ask(sql, of: "\(target)/leavecopy.sqlite"))
            #expect(here == there && !here.isEmpty, "\(sql)")
        }
        #expect(try Data(contentsOf: URL(filePath: "\(target)/ca.key")) == Data("ca".utf8))
        let store = try StoreWorld.open(target, role: .command)
        let actions = try await store.records(RecordFilter()).suffix(2).map(\.action)
        #expect(actions == ["state-backup", "state-restore"])
        #expect(try await store.verify(everySignature: true).isClean)
        // In the state that was copied the backup is on record too, to its end.
        #expect(
            try await world.store.records(RecordFilter(action: "state-backup")).map(\.outcome) == [
                "unknown", "success",
            ]
        )
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: target).sorted().filter { $0.hasPrefix("rest") }.isEmpty
        )
    }

    @Test("it is one moment of a store that goes on writing")
    func online() async throws {
        let world = try await Self.world()
        let backup = "\(world.folder).backup"
        let target = "\(world.folder).target"
        defer { for folder in [backup, target] { try? FileManager.default.removeItem(atPath: folder) } }
        let command = try world.command()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await command.backUp(to: backup, by: "admin") }
            for number in 1...300 {
                group.addTask { try await world.write([try .dele(number)]) }
            }
            try await group.waitForAll()
        }
        let outcome = try await Self.restoration(backup, into: target).run(replaces: false)
        #expect(outcome.verification.isClean)
        #expect(try await world.store.verify().isClean)
    }

    @Test("nothing that is there is touched without a word; with it the old state is kept aside")
    func replaces() async throws {
        let world = try await Self.world()
        let backup = "\(world.folder).backup"
        let target = "\(world.folder).target"
        defer { for folder in [backup, target] { try? FileManager.default.removeItem(atPath: folder) } }
        _ = try await world.command().backUp(to: backup, by: "admin")
        let restoration = try Self.restoration(backup, into: target)
        _ = try await restoration.run(replaces: false)
        await #expect(throws: StoreError.stateExists(folder: target)) { try await restoration.run(replaces: false) }
        try Data("new".utf8).write(to: URL(filePath: "\(target)/late.key"))
        let before = try KeepingWorld.ask("SELECT count(*) FROM record", of: "\(target)/leavecopy.sqlite")
        let aside = try #require(try await restoration.run(replaces: true).keptAside)
        let kept = try KeepingWorld.ask("SELECT count(*) FROM record", of: "\(aside)/leavecopy.sqlite")
        #expect(kept == before)
        #expect(FileManager.default.fileExists(atPath: "\(aside)/late.key"))
        #expect(!FileManager.default.fileExists(atPath: "\(target)/late.key"))
        #expect(try await StoreWorld.open(target, role: .command).verify().isClean)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let inflict: @Sendable (String) throws -> Void
    }

    private static func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        change(&data)
        try data.write(to: URL(filePath: path))
    }

    private static let damages = [
        Damage(testDescription: "an octet of the database changed") { folder in
            try Self.edit("\(folder)/leavecopy.sqlite") { $0[$0.count / 2] ^= 1 }
        },
        Damage(testDescription: "the database cut") { folder in
            try Self.edit("\(folder)/leavecopy.sqlite") { $0.removeLast(4_096) }
        },
        Damage(testDescription: "a key exchanged") { folder in
            try Self.edit("\(folder)/checkpoint.key") { $0[40] ^= 1 }
        },
        Damage(testDescription: "a file missing") { folder in
            try FileManager.default.removeItem(atPath: "\(folder)/ca.key")
        },
        Damage(testDescription: "no manifest") { folder in
            try FileManager.default.removeItem(atPath: "\(folder)/manifest.json")
        },
        Damage(testDescription: "a manifest that leads out of the folder") { folder in
            try Self.edit("\(folder)/manifest.json") {
                $0 = Data(String(decoding: $0, as: UTF8.self).replacing("ca.key", with: "../ca.key").utf8)
            }
        },
        Damage(testDescription: "a table that is not the manifest's, with the file's digest made to fit") { folder in
            let path = "\(folder)/leavecopy.sqlite"
            let old = try KeepingWorld.run("sha256sum", path).prefix(64)
            #expect(try KeepingWorld.ask("DELETE FROM hidden", of: path).isEmpty)
            let new = try KeepingWorld.run("sha256sum", path).prefix(64)
            try Self.edit("\(folder)/manifest.json") {
                $0 = Data(String(decoding: $0, as: UTF8.self).replacing(old, with: new).utf8)
            }
        },
    ]

    @Test("a backup that was changed or cut is refused, and what is there stays as it was", arguments: Self.damages)
    func refused(_ damage: Damage) async throws {
        let world = try await Self.world()
        let backup = "\(world.folder).backup"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        _ = try await world.command().backUp(to: backup, by: "admin")
        try damage.inflict(backup)
        let before = try FileManager.default.contentsOfDirectory(atPath: world.folder).sorted()
        await #expect(throws: StoreError.self) {
            try await Self.restoration(backup, into: world.folder).run(replaces: true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder).sorted() == before)
        #expect(try await world.store.verify().isClean)
    }

    @Test("a folder that is in use is no place for a backup")
    func inUse() async throws {
        let world = try await Self.world()
        await #expect(throws: StoreError.self) { try await world.command().backUp(to: world.folder, by: "admin") }
        #expect(try await world.store.verify().isClean)
    }
}
