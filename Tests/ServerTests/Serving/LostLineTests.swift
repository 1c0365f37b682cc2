import Gateway
import Server
import Store
import TestSupport
import Testing

/// Lines that are lost before QUIT, on real sockets; and two sessions of one device at once.
@Suite("A device whose line is lost", .timeLimit(.minutes(2)))
struct LostLineTests {
    private static let confirmed = DevicePolicies(standard: DeviceSettings(onDisconnect: .confirmed))

    private static func world(_ policies: DevicePolicies, count: Int = 3) async throws -> ServerWorld {
        var mail = ScriptedMailServer.Settings()
        mail.mailboxes = ["info@example.com": .sample(count)]
        return try await ServerWorld([.implicit, .plain()], mail: mail, policies: policies)
    }

    /// Drops the line, and waits until the end is on record: what it says was done.
    private static func drop(_ device: DeviceClient, _ world: ServerWorld) async throws -> String {
        let before = try await world.records().count { $0.action == "session-end" }
        await device.close()
        return try await Self.ends(world, more: before)
    }

    private static func ends(_ world: ServerWorld, more before: Int) async throws -> String {
        let start = ContinuousClock.now
        while true {
            let ends = try await world.records().filter { $0.action == "session-end" }
            if ends.count > before { return ends.last?.done ?? "" }
            try #require(ContinuousClock.now - start < .seconds(30), "the end is on record")
            await Task.yield()
        }
    }

    private static func count(_ world: ServerWorld) async throws -> String? {
        let device = try await world.connect()
        try await device.login("info@example.com#pc1")
        let answer = await device.ask("STAT")
        _ = await device.ask("QUIT")
        await device.close()
        return answer?.split(separator: " ").dropFirst().first.map(String.init)
    }

    @Test("commits what it deleted once it had it, with TLS and without", arguments: [0, 1])
    func confirmed(listener: Int) async throws {
        let world = try await Self.world(Self.confirmed)
        let device = try await world.connect(listener, tls: listener == 0)
        try await device.login("info@example.com#pc1")
        for number in 1...2 {
            _ = await device.ask("RETR \(number)")
            #expect(await device.lines() != nil)
            #expect(await device.ask("DELE \(number)") == "+OK message \(number) deleted")
        }
        #expect(await device.ask("DELE 3") == "+OK message 3 deleted")
        let done = try await Self.drop(device, world)
        #expect(done == "line lost: hidden from pc1: 2 messages that it had whole; 1 mark dropped")
        #expect(try await Self.count(world) == "1")
        #expect(try await world.store.verify().isClean)
        try await world.stop()
    }

    @Test("hides nothing that was asked for and deleted in one go")
    func inFlight() async throws {
        let world = try await Self.world(Self.confirmed)
        let device = try await world.connect()
        try await device.login("info@example.com#pc1")
        device.say("RETR 1\r\nDELE 1\r\nRETR 2\r\nDELE 2")
        while let line = await device.line(), line != "+OK message 2 deleted" {}
        #expect(try await Self.drop(device, world) == "2 marks dropped, nothing hidden")
        #expect(try await Self.count(world) == "3")
        try await world.stop()
    }

    @Test("hides nothing unless the operator says so")
    func standard() async throws {
        let world = try await Self.world(DevicePolicies())
        let device = try await world.connect()
        try await device.login("info@example.com#pc1")
        _ = await device.ask("RETR 1")
        _ = await device.lines()
        _ = await device.ask("DELE 1")
        #expect(try await Self.drop(device, world) == "1 mark dropped, nothing hidden")
        #expect(try await Self.count(world) == "3")
        try await world.stop()
    }

    @Test("two sessions of one device: each sees what it saw, and what both have deleted is hidden")
    func twoSessions() async throws {
        let world = try await Self.world(DevicePolicies(), count: 6)
        let (first, second) = (try await world.connect(), try await world.connect())
        for device in [first, second] { try await device.login("info@example.com#pc1") }
        for number in [1, 3, 4] { _ = await first.ask("DELE \(number)") }
        for number in [4, 6] { _ = await second.ask("DELE \(number)") }
        #expect(await first.ask("QUIT") == "+OK bye")
        #expect(await second.ask("STAT")?.hasPrefix("+OK 4 ") == true)
        #expect(await second.ask("DELE 1") == "+OK message 1 deleted")
        #expect(await second.ask("QUIT") == "+OK bye")
        #expect(try await Self.count(world) == "2")
        for device in [first, second] { await device.close() }
        try await world.stop()
    }
}
