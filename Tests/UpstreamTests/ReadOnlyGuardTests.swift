import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Upstream

@Suite("ReadOnlyGuard")
struct ReadOnlyGuardTests {
    @Test(
        "a planted command never reaches the server: the connection closes and the operator hears of it (S-23, T-130)"
    )
    func plantedBug() async throws {
        let server = try await ScriptedMailServer.start()
        let alarms = Mutex<[String]>([])
        let planted = "a UID STORE 1 +FLAGS (\\Deleted)\r\n"
        try await withAlarms(alarms, to: server) { channel in
            try await channel.writeAndFlush(ByteBuffer(string: "a NOOP\r\n")).get()
            await #expect(throws: GuardRefusal.self) {
                try await channel.writeAndFlush(ByteBuffer(string: planted)).get()
            }
            try await channel.closeFuture.get()
        }
        #expect(alarms.withLock { $0 } == ["a command outside the vocabulary"])
        #expect(server.received.count <= "a NOOP\r\n".utf8.count)
        try await server.stop()
    }

    @Test("a write split inside its verb is held until it is understood")
    func split() throws {
        let channel = EmbeddedChannel(handler: ReadOnlyGuard { _ in })
        try channel.writeOutbound(ByteBuffer(string: "a EXAM"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        try channel.writeOutbound(ByteBuffer(string: "INE INBOX\r\n"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "a EXAMINE INBOX\r\n"))
        _ = try channel.finish()
    }

    private func withAlarms(
        _ alarms: borrowing Mutex<[String]>,
        to server: ScriptedMailServer,
        _ body: (any Channel) async throws -> Void
    ) async throws {
        let heard = Heard()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReadOnlyGuard { heard.add($0) })
                }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
        try await body(channel)
        alarms.withLock { $0 = heard.words }
    }

    private final class Heard: Sendable {
        private let state = Mutex<[String]>([])
        var words: [String] { self.state.withLock { $0 } }
        func add(_ word: String) { self.state.withLock { $0.append(word) } }
    }
}
