import Foundation
import Gateway
import Store
import TestSupport
import Testing

@Suite("Erasing what headers say")
struct ErasureTests {
    private static let canary = "Canary-Of-Tanaka"

    private func world() async throws -> (KeepingWorld, StoredListing) {
        let world = try KeepingWorld()
        let listing = try await world.mailbox(6)
        try await world.retrieve(1, of: listing, KeepingWorld.details("\(Self.canary) 1"))
        try await world.retrieve(2, of: listing, KeepingWorld.details("two", from: "sato@example.net"))
        try await world.retrieve(
            3,
            of: listing,
            KeepingWorld.details("\(Self.canary) 3", from: "T <TANAKA@example.net>")
        )
        return (world, listing)
    }

    @Test("one person's go, from every file, with their salts; the record tells it without the address and verifies")
    func person() async throws {
        let (world, _) = try await self.world()
        let command = try world.command()
        var erasure = Erasure()
        erasure.sender = "tanaka@example.net"
        #expect(try await command.erasable(erasure) == 2)
        let erased = try await command.erase(erasure, by: .operatorCommand(user: "admin"))
        #expect(erased == Erased(messages: 2, isGoneFromDisk: true))
        #expect(try world.files(with: Self.canary).isEmpty)
        #expect(try world.files(with: "anaka@example.net").isEmpty)
        #expect(try world.ask("SELECT number FROM detail") == "2")
        let record = try #require(try await world.store.records(RecordFilter(action: "details-erased")).first)
        #expect(record.asked == "audit erase --from ADDRESS" && record.rows.count == 2)
        #expect(try await world.store.verify().isClean)
    }

    @Test("what was erased is not taken again when somebody retrieves the message once more")
    func staysErased() async throws {
        let (world, listing) = try await self.world()
        var erasure = Erasure()
        erasure.sender = "tanaka@example.net"
        _ = try await world.store.erase(erasure, by: .operatorCommand(user: "admin"))
        try await world.retrieve(1, of: listing, KeepingWorld.details(Self.canary))
        #expect(try world.files(with: Self.canary).isEmpty)
        #expect(try await world.store.erasable(erasure) == 0)
    }

    @Test("a message, an account and a period are told apart, and all that is asked must hold")
    func others() async throws {
        let (world, _) = try await self.world()
        let staff = try await world.mailbox(2, login: "staff@example.com")
        try await world.retrieve(1, of: staff, KeepingWorld.details("four"))
        func count(_ change: (inout Erasure) -> Void) async throws -> Int {
            var erasure = Erasure()
            change(&erasure)
            return try await world.store.erasable(erasure)
        }
        #expect(try await count { $0.account = LoginName("INFO@example.com") } == 3)
        #expect(try await count { $0.row = 1 } == 2)
        #expect(try await count { ($0.row, $0.account) = (1, LoginName("staff@example.com")) } == 1)
        // The samples' INTERNALDATE is their UID.
        #expect(try await count { $0.since = 20 } == 2)
        #expect(try await count { ($0.since, $0.until) = (10, 30) } == 3)
        #expect(try await count { ($0.since, $0.sender) = (20, "sato@example.net") } == 1)
        #expect(try await count { $0.account = LoginName("nobody@example.com") } == 0)
        var erasure = Erasure()
        erasure.account = LoginName("staff@example.com")
        erasure.since = 0
        _ = try await world.store.erase(erasure, by: .operatorCommand(user: "admin"))
        let record = try #require(try await world.store.records(RecordFilter(action: "details-erased")).first)
        #expect(record.asked == "audit erase --account staff@example.com --since 1970-01-01T00:00:00.000000Z")
    }

    @Test(
        "nothing of many remains in the pages of the database, in whatever order they came",
        arguments: [1, 2, 3] as [UInt64]
    )
    func pages(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let world = try KeepingWorld()
        let count = 1_500
        let listing = try await world.mailbox(count)
        var changes: [Change] = []
        for number in (1...UInt32(count)).shuffled(using: &generator) {
            let mine = number % 3 == 0
            let text = String(
                repeating: mine ? "\(Self.canary) " : "x ",
                count: Int.random(in: 1...25, using: &generator)
            )
            let from = mine ? "tanaka@example.net" : "sato\(number)@example.net"
            changes.append(.details(listing.mailbox, number: number, KeepingWorld.details(text, from: from)))
        }
        for start in stride(from: 0, to: changes.count, by: 100) {
            try await world.write([], Array(changes[start..<min(start + 100, changes.count)]))
        }
        var erasure = Erasure()
        erasure.sender = "tanaka@example.net"
        #expect(
            try await world.store.erase(erasure, by: .operatorCommand(user: "admin"))
                == Erased(messages: 500, isGoneFromDisk: true)
        )
        #expect(try world.files(with: Self.canary).isEmpty)
        #expect(try world.files(with: "tanaka@example.net").isEmpty)
        #expect(try world.ask("SELECT count(*) FROM detail") == "1000")
        #expect(try await world.store.verify().isClean)
    }

    @Test("hashes go too, and their salts")
    func hashed() async throws {
        let world = try KeepingWorld(details: MessageDetailsPolicy(standard: .hashed))
        let listing = try await world.mailbox(2)
        try await world.retrieve(1, of: listing, KeepingWorld.details("one"))
        try await world.retrieve(2, of: listing, KeepingWorld.details("two", from: "sato@example.net"))
        var erasure = Erasure()
        erasure.sender = "sato@example.net"
        #expect(try await world.store.erase(erasure, by: .operatorCommand(user: "admin")).messages == 1)
        #expect(try world.ask("SELECT number FROM hashedDetail") == "1")
    }
}
