import Gateway
import NIOCore
import Store
import TestSupport
import Testing

@Suite("A stop of the server", .timeLimit(.minutes(2)))
struct GracefulStopTests {
    /// More than all buffers on the way hold.
    private static let lines = 160_000
    private static let line = "0123456789012345678901234567890123456789012345678901234567890123456789"

    private static func mail() -> ScriptedMailServer.Settings {
        var text = Array("Subject: large\r\n\r\n".utf8)
        for _ in 0..<Self.lines { text += Array("\(Self.line)\r\n".utf8) }
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes = ["info@example.com": ScriptedMailbox(mails: [.init(uid: 1, octets: text)])]
        return settings
    }

    /// A device that has asked for the large message and does not read on.
    private func reader(_ world: ServerWorld) async throws -> DeviceClient {
        let client = try await world.connect(tls: false)
        try await client.login("info@example.com#pc1")
        try await client.setReading(false)
        client.say("RETR 1")
        client.readOnce()
        #expect(await client.line()?.hasPrefix("+OK") == true)
        return client
    }

    @Test("lets a body under way end, closes who is idle, and takes nobody new")
    func finishesBody() async throws {
        let world = try await ServerWorld([.plain()], mail: Self.mail())
        let reader = try await self.reader(world)
        let idle = try await world.connect(tls: false)
        #expect(await idle.line()?.hasPrefix("+OK") == true)
        world.beginStop()
        while await idle.line() != nil {}
        await #expect(throws: (any Error).self) { try await world.connect(tls: false) }
        try await reader.setReading(true)
        let body = try #require(await reader.lines())
        #expect(body.count == Self.lines + 2)
        #expect(body.last == Self.line)
        while await reader.line() != nil {}
        try await world.stop()
        let records = try await world.records()
        #expect(records.last?.action == "server-stop")
        #expect(records.filter { $0.action == "session-end" }.count == 2)
        #expect(records.last { $0.action == "retr" }?.done.contains("whole") == true)
        #expect(try await world.store.verify().isClean)
    }

    @Test("cuts a device that does not read, when the time is over, and never with a final dot")
    func cutsAfterGrace() async throws {
        let world = try await ServerWorld([.plain()], mail: Self.mail(), grace: .milliseconds(100))
        let reader = try await self.reader(world)
        world.beginStop()
        try await world.stopped()
        // The reset may have been noticed already.
        try? await reader.setReading(true)
        #expect(await reader.lines() == nil)
        try await world.stop()
        let records = try await world.records()
        #expect(records.last?.action == "server-stop")
        #expect(records.contains { $0.action == "session-end" })
    }
}
