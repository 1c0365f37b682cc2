import Gateway
import LibCrypto
import Store
import TestSupport
import Testing

import class Linux.Secret

@Suite("Credentials of devices")
struct CredentialTests {
    private static let account = CredentialAccount(upstream: "main", login: "info@example.com")

    private static func octets(_ secret: Secret) -> [UInt8] {
        secret.revealed { octets in octets.indices.map { octets[$0] } }
    }

    private static func accepts(_ credential: DeviceCredential, _ password: Secret) -> Bool {
        SHA256.digest(ofPieces: [credential.salt, self.octets(password)]) == credential.hash
    }

    @Test("are 130 bits of letters that nobody confuses, and no two are the same")
    func passwords() async throws {
        let world = try StoreWorld()
        var seen: Set<String> = []
        for number in 1...50 {
            let issued = try await world.store.addCredential(
                "pc\(number)",
                user: "pc\(number)",
                account: Self.account,
                by: "admin"
            )
            let text = String(decoding: Self.octets(issued.password), as: UTF8.self)
            #expect(text.split(separator: "-").map(\.count) == [5, 5, 5, 5, 6])
            #expect(text.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz-".contains($0) }, "\(text)")
            seen.insert(text)
        }
        #expect(seen.count == 50)
    }

    @Test("make account and device where they are new, and go to a device that is there")
    func add() async throws {
        let world = try StoreWorld()
        let fresh = try await world.store.addCredential(
            "printer",
            user: "Printer@Office",
            account: Self.account,
            by: "admin"
        )
        #expect(fresh.user == "printer@office" && fresh.account == "info@example.com")
        let id = try await world.store.account(upstream: "main", login: "info@example.com")
        let known = try await world.store.device(id, identifier: Identifier(kind: .tag, value: "frontdesk"))
        let issued = try await world.store.addCredential(
            "FrontDesk",
            user: "frontdesk",
            account: Self.account,
            by: "admin"
        )
        #expect(issued.device == "frontdesk")
        let credential = try #require(try await world.store.credential("frontdesk"))
        #expect(credential.device == known && credential.account == id && credential.login == "info@example.com")
        #expect(Self.accepts(credential, issued.password) && !Self.accepts(credential, fresh.password))
        #expect(try await world.store.credential("FrontDesk") == nil)
        let entry = try await world.store.device(named: "frontdesk", account: nil)
        #expect(entry.identifiers == ["credential frontdesk", "tag frontdesk"])
        #expect(try await world.store.devicesWithCredentials() == ["info@example.com": ["frontdesk", "printer"]])
        let identifier = Identifier(kind: .credential, value: "frontdesk")
        #expect(try await world.store.device(id, identifier: identifier, mayMake: false) == known)
    }

    @Test("are refused under a name that is taken, and twice for one device")
    func refusals() async throws {
        let world = try StoreWorld()
        func add(_ name: String, _ user: String, _ login: String = "info@example.com") async throws(StoreError) {
            let account = CredentialAccount(upstream: "main", login: login)
            _ = try await world.store.addCredential(name, user: user, account: account, by: "admin")
        }
        try await add("pc1", "pc1")
        await #expect(throws: StoreError.userTaken("pc1")) { try await add("pc1", "PC1", "sales@example.com") }
        await #expect(throws: StoreError.userTaken("info@example.com")) { try await add("pc2", "Info@Example.com") }
        await #expect(throws: StoreError.hasCredential("pc1")) { try await add("PC1", "other") }
        for user in ["", "a b", "pc#1", "pc\u{E9}", "pc\n", String(repeating: "a", count: 65)] {
            await #expect(throws: StoreError.badUser(user)) { try await add("pc2", user) }
        }
        await #expect(throws: StoreError.badName("pc 2")) { try await add("pc 2", "pc2") }
        #expect(try await world.store.devices().map(\.device.name) == ["pc1"])
        #expect(try await world.store.records(RecordFilter()).count == 1)
    }

    @Test("change: the old password is void, and no record has either")
    func rotate() async throws {
        let world = try StoreWorld()
        let first = try await world.store.addCredential("pc1", user: "pc1", account: Self.account, by: "admin")
        let id = try await world.store.account(upstream: "main", login: "info@example.com")
        _ = try await world.store.device(id, identifier: Identifier(kind: .tag, value: "pc2"))
        let second = try await world.store.rotateCredential(
            of: try await world.store.device(named: "pc1", account: nil),
            by: "admin"
        )
        let credential = try #require(try await world.store.credential("pc1"))
        #expect(second.user == "pc1" && first.password != second.password)
        #expect(Self.accepts(credential, second.password) && !Self.accepts(credential, first.password))
        let other = try await world.store.device(named: "pc2", account: nil)
        await #expect(throws: StoreError.noCredential("pc2")) {
            _ = try await world.store.rotateCredential(of: other, by: "admin")
        }
        let records = try await world.store.records(RecordFilter())
        #expect(Set(records.map(\.action)) == ["device-add", "device-rotate"])
        for record in records {
            let body = String(decoding: record.json, as: UTF8.self)
            for password in [first.password, second.password] {
                #expect(!body.contains(String(decoding: Self.octets(password), as: UTF8.self)))
            }
        }
        #expect(try await world.store.verify().isClean)
    }
}
