import Foundation
import Gateway
import Store
import Testing

@Suite("What is kept of headers")
struct DetailKeepingTests {
    private static let subject = "Salary-Canary 2025"

    @Test("full: the fields as they stand in the message, and a record that commits to them")
    func full() async throws {
        let world = try KeepingWorld()
        let listing = try await world.mailbox(2)
        try await world.retrieve(1, of: listing, KeepingWorld.details(Self.subject))
        try await world.retrieve(1, of: listing, KeepingWorld.details("another"))
        #expect(try world.ask("SELECT CAST(subject AS TEXT) FROM detail") == Self.subject)
        #expect(try world.ask("SELECT count(*) FROM hashedDetail") == "0")
        #expect(try world.ask("SELECT count(*) FROM record WHERE action = 'details'") == "1")
    }

    @Test("hashed: no readable text in any file, and equal texts are equal, however they are written")
    func hashed() async throws {
        let world = try KeepingWorld(details: MessageDetailsPolicy(standard: .hashed))
        let listing = try await world.mailbox(3)
        try await world.retrieve(1, of: listing, KeepingWorld.details(Self.subject))
        let encoded = "=?utf-8?B?\(Data("salary-canary  2025".utf8).base64EncodedString())?="
        try await world.retrieve(2, of: listing, KeepingWorld.details(encoded, from: "TANAKA@example.net (T.)"))
        try await world.retrieve(3, of: listing, KeepingWorld.details("other", from: "sato@example.net"))
        for text in [Self.subject, "anaka@example.net", "Nov 2025", encoded] {
            #expect(try world.files(with: text).isEmpty, "\(text)")
        }
        #expect(try world.ask("SELECT count(*) FROM detail") == "0")
        #expect(try world.ask("SELECT count(DISTINCT subject), count(DISTINCT sender) FROM hashedDetail") == "2|2")
        #expect(try world.ask("SELECT count(*) FROM record WHERE action = 'details'") == "3")
        let command = try world.command()
        var erasure = Erasure()
        erasure.sender = "Tanaka@Example.net"
        #expect(try await command.erasable(erasure) == 2)
    }

    @Test("hashed: a whole subject, an address or a Message-ID finds its messages, and no part of one")
    func hashedSearch() async throws {
        let world = try KeepingWorld(details: MessageDetailsPolicy(standard: .hashed))
        let listing = try await world.mailbox(3)
        try await world.retrieve(1, of: listing, KeepingWorld.details(Self.subject, id: "<1@x>"))
        try await world.retrieve(2, of: listing, KeepingWorld.details("other", id: "<2@x>"))
        world.store.keep(of: MessageDetailsPolicy(standard: .full))
        try await world.retrieve(3, of: listing, KeepingWorld.details(Self.subject, from: "x@y.example", id: "<3@x>"))
        let command = try world.command()
        let sought: [(String, [UInt32])] = [
            ("SALARY-canary  2025", [1]), ("salary-canary 2025", [1, 3]), ("Salary", [3]), ("<2@x>", [2]), ("2@x", [2]),
            ("Tanaka@example.net", [1, 2]), ("Tanaka <tanaka@EXAMPLE.net>", [1, 2]), ("example.net", []),
            ("", [1, 2, 3]),
        ]
        for (text, numbers) in sought {
            let filter = RecordFilter(action: "retr", text: text)
            let found = try await command.page(filter, limit: 10).records.compactMap(\.row)
            #expect(found.sorted() == numbers, "\(text)")
            #expect(try await command.count(filter, limit: 10) == numbers.count, "\(text)")
            guard !text.isEmpty else { continue }
            let messages = try await command.messages(matching: text, limit: 10)
            #expect(messages.map(\.key.number).sorted() == numbers, "\(text)")
        }
    }

    @Test("none: nothing is taken, for that account alone, and from the next message on when that changes")
    func none() async throws {
        let policy = MessageDetailsPolicy(accounts: ["staff@example.com": .none])
        let world = try KeepingWorld(details: policy)
        let info = try await world.mailbox(2)
        let staff = try await world.mailbox(2, login: "staff@example.com")
        try await world.retrieve(1, of: info, KeepingWorld.details("open"))
        try await world.retrieve(1, of: staff, KeepingWorld.details(Self.subject))
        #expect(try world.files(with: Self.subject).isEmpty)
        #expect(try world.ask("SELECT CAST(subject AS TEXT) FROM detail") == "open")
        world.store.keep(of: MessageDetailsPolicy(standard: .none))
        try await world.retrieve(2, of: info, KeepingWorld.details(Self.subject))
        #expect(try world.files(with: Self.subject).isEmpty)
        #expect(try await world.store.verify().isClean)
    }

    @Test("the key of the hashes is the owner's alone, and stays")
    func key() throws {
        let world = try KeepingWorld(details: MessageDetailsPolicy(standard: .hashed))
        let path = "\(world.folder)/details.key"
        let key = try Data(contentsOf: URL(filePath: path))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(key.count == 32 && (attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        _ = try world.command()
        #expect(try Data(contentsOf: URL(filePath: path)) == key)
        try Data([1]).write(to: URL(filePath: path))
        #expect(throws: StoreError.self) { try world.command() }
    }
}
