import Linux
import NIOCore
import NIOEmbedded
import POP3
import Testing

@testable import Upstream

@Suite("A connection to a provider's own POP3 service, by the clock")
struct ProviderConnectionTests {
    /// What the connection says at its end, after so many seconds.
    private static func end(every seconds: Int64, says text: String) throws -> (ServiceFailure?, Int64) {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let machine = ClientStateMachine(startsTLS: false, name: Array("u1".utf8), password: Secret(Array("pw".utf8)))
        let connection = ProviderConnection(
            machine: machine,
            client: nil,
            serverName: "pop.example",
            readOnly: POP3Guard { Issue.record("\($0)") }
        )
        var failure: ServiceFailure?
        var hasEnded = false
        connection.tell = { action in
            if case .failed(let reason) = action { failure = reason }
            if case .close = action { hasEnded = true }
        }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 110)).wait()
        try channel.pipeline.syncOperations.addHandlers([connection.readOnly, connection])
        try channel.writeInbound(ByteBuffer(string: "+OK ready\r\n"))
        var passed: Int64 = 0
        while !hasEnded, passed < 10_000 {
            loop.advanceTime(by: .seconds(seconds))
            loop.run()
            passed += seconds
            if !hasEnded { try channel.writeInbound(ByteBuffer(string: text)) }
        }
        _ = try channel.finish(acceptAlreadyClosed: true)
        return (failure, passed)
    }

    @Test("one that says a little again and again ends after an hour; one that is silent, after two minutes")
    func lifetime() throws {
        let slow = try Self.end(every: 100, says: "+")
        #expect(slow.0 == .unavailable("the service took more than an hour") && slow.1 == 3_600)
        let silent = try Self.end(every: 120, says: "")
        #expect(silent.0 == .unavailable("the service did not answer in time") && silent.1 == 120)
    }
}
