import Gateway
import Server
import Store
import TestSupport
import Testing

@Suite("A server with real sockets", .timeLimit(.minutes(2)))
struct DeviceServerTests {
    @Test("what a device deletes over TLS is hidden from it, from nobody else, and on record")
    func deletesForItselfAlone() async throws {
        let world = try await ServerWorld()
        let first = try await world.connect()
        try await first.login("info@example.com#pc1")
        #expect(await first.ask("RETR 1")?.hasPrefix("+OK") == true)
        #expect(await first.lines()?.contains("Message 1.") == true)
        #expect(await first.ask("DELE 1")?.hasPrefix("+OK") == true)
        #expect(await first.ask("QUIT")?.hasPrefix("+OK") == true)
        #expect(await first.line() == nil)

        let again = try await world.connect()
        try await again.login("info@example.com#pc1")
        #expect(await again.ask("STAT")?.hasPrefix("+OK 2 ") == true)
        let other = try await world.connect()
        try await other.login("info@example.com#pc2")
        #expect(await other.ask("STAT")?.hasPrefix("+OK 3 ") == true)
        try await world.stop()

        let records = try await world.records()
        #expect(records.first?.action == "server-start")
        #expect(records.last?.action == "server-stop")
        #expect(records.filter { $0.action == "session-end" }.count == 3)
        let deletion = try #require(records.first { $0.action == "dele" })
        #expect(deletion.asked == "DELE 1")
        #expect(deletion.tlsVersion.isEmpty == false)
        #expect(try await world.store.verify(everySignature: true).isClean)
    }

    @Test("STLS protects a connection in place, and nobody logs in without it")
    func startsTLS() async throws {
        let world = try await ServerWorld([.startTLS])
        let client = try await world.connect(tls: false)
        #expect(await client.line()?.hasPrefix("+OK") == true)
        #expect(await client.ask("USER info@example.com#pc1")?.hasPrefix("-ERR") == true)
        #expect(await client.ask("STLS")?.hasPrefix("+OK") == true)
        try await client.startTLS(TestCertificates.shared.get().client())
        #expect(await client.ask("USER info@example.com#pc1")?.hasPrefix("+OK") == true)
        #expect(await client.ask("PASS secret")?.hasPrefix("+OK") == true)
        #expect(await client.ask("QUIT")?.hasPrefix("+OK") == true)
        try await world.stop()
    }

    @Test("a connection above the limit is told to wait, is on record, and one that ends makes room")
    func limits() async throws {
        let world = try await ServerWorld([.plain()], ofOneAddress: 1)
        let first = try await world.connect(tls: false)
        #expect(await first.line()?.hasPrefix("+OK") == true)
        let second = try await world.connect(tls: false)
        #expect(await second.line() == "-ERR [SYS/TEMP] too many connections, please wait")
        #expect(await second.line() == nil)
        #expect(await first.ask("QUIT")?.hasPrefix("+OK") == true)
        #expect(await first.line() == nil)
        var greeting: String?
        while greeting?.hasPrefix("+OK") != true {
            let third = try await world.connect(tls: false)
            greeting = await third.line()
        }
        try await world.stop()
        let refused = try #require(try await world.records().first { $0.action == "connection-refused" })
        #expect(refused.reason == "too many connections from this address")
        #expect(refused.answered == "-ERR [SYS/TEMP] too many connections, please wait")
    }

    @Test("behind implicit TLS a connection above the limit is closed without an octet in clear")
    func limitsWithoutWords() async throws {
        let world = try await ServerWorld(maximum: 0)
        let client = try await world.connect(tls: false)
        #expect(await client.line() == nil)
        try await world.stop()
        let refused = try #require(try await world.records().first { $0.action == "connection-refused" })
        #expect(refused.reason == "too many connections")
        #expect(refused.answered.isEmpty)
    }

    @Test("who is not allowed on a listener gets no word from it")
    func allowsListedNetworks() async throws {
        let elsewhere = try #require(Network("192.0.2.0/24"))
        let world = try await ServerWorld([.plain(allowedFrom: [elsewhere])])
        let client = try await world.connect(tls: false)
        #expect(await client.line() == nil)
        try await world.stop()
        let reasons = try await world.records().map(\.reason)
        #expect(reasons.contains("address not allowed on this listener"))
    }

    @Test("a port that is taken is named, and the ports bound before it are given back")
    func namesTakenPort() async throws {
        let world = try await ServerWorld([.plain()])
        let taken = Listener.Settings(name: "two", address: .v4(0x7F00_0001), port: world.ports[0], isImplicitTLS: true)
        let failure = await #expect(throws: DeviceServer.BindFailure.self) {
            _ = try await ServerWorld([.startTLS, taken]).stopped()
        }
        #expect(failure?.listener.name == "two")
        try await world.stop()
    }
}
