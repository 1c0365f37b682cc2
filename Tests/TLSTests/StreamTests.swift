import LibCrypto
import NIOCore
import NIOEmbedded
import TLS
import TestSupport
import Testing

@Suite("an established connection")
struct StreamTests {
    let pair: TLSPair

    init() throws {
        let certificates = try TestCertificates.shared.get()
        self.pair = try TLSPair(client: certificates.client(), server: certificates.server())
        try self.pair.carry()
    }

    @Test("an end without close_notify is a truncation")
    func truncation() throws {
        self.pair.server.pipeline.fireChannelInactive()
        #expect(self.pair.serverEvents.errors == [.truncated])
        #expect(!self.pair.serverEvents.events.contains(.closeNotify))
        #expect(self.pair.serverEvents.inactive)
        self.pair.drop()
    }

    @Test("a closed connection says so with close_notify, and both ends close")
    func closeNotify() throws {
        try self.pair.client.close().wait()
        try self.pair.carry()
        #expect(self.pair.serverEvents.events.contains(.closeNotify))
        #expect(self.pair.serverEvents.errors.isEmpty)
        #expect(self.pair.clientEvents.errors.isEmpty)
        #expect(!self.pair.server.isActive)
        self.pair.drop()
    }

    @Test("with half closure allowed, what was asked for is still answered after close_notify")
    func halfClosure() throws {
        try self.pair.server.syncOptions?.setOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        self.pair.client.close(mode: .output, promise: nil)
        try self.pair.carry()
        #expect(self.pair.serverEvents.events.contains(.closeNotify))
        #expect(self.pair.server.isActive)
        try self.pair.server.writeOutbound(ByteBuffer(string: "+OK bye\r\n"))
        self.pair.drop()
    }

    @Test("small writes share a record until they are flushed")
    func gathers() throws {
        for _ in 0..<1_000 { self.pair.server.write(ByteBuffer(string: "1234 567890123456789\r\n"), promise: nil) }
        #expect(try self.pair.server.readOutbound(as: ByteBuffer.self) == nil)
        self.pair.server.flush()
        let carried = try self.pair.carry()
        #expect(carried < 22_000 + 3 * 64)
        #expect(self.pair.clientEvents.takeText().utf8.count == 22_000)
        self.pair.drop()
    }

    @Test("much data arrives whole both ways, however it is cut", arguments: 0..<4 as Range<UInt64>)
    func bulk(seed: UInt64) throws {
        let hasher = SHA256()
        for (source, target) in [
            (self.pair.client, self.pair.serverEvents), (self.pair.server, self.pair.clientEvents),
        ] {
            for size in [1, 16_383, 16_384, 16_385, 300_000] {
                let octets = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) }
                hasher.update(octets)
                source.writeAndFlush(ByteBuffer(bytes: octets), promise: nil)
            }
            try self.pair.carry(piece: 1_000 + Int(seed) * 977)
            #expect(SHA256.digest(of: Array(buffer: target.received)) == hasher.finalize())
        }
        self.pair.drop()
    }

    @Test("a stale entry in the thread's error queue does not harm a read")
    func staleErrors() throws {
        #expect(throws: CryptoError.self) { try CertificateInfo(pem: Array("no certificate".utf8)) }
        try self.pair.client.writeOutbound(ByteBuffer(string: "NOOP\r\n"))
        try self.pair.carry(piece: 5)
        #expect(self.pair.serverEvents.takeText() == "NOOP\r\n")
        #expect(self.pair.serverEvents.errors.isEmpty)
        self.pair.drop()
    }

    @Test("a read that yields ciphertext and no plaintext reads again; one that yields plaintext does not")
    func readsAgain() throws {
        let certificates = try TestCertificates.shared.get()
        let reads = ReadCounter()
        let server = EmbeddedChannel()
        try server.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
        let witness = Witness()
        let tls = TLSHandler(server: try certificates.server())
        try server.pipeline.syncOperations.addHandlers([reads, tls, witness])
        let client = EmbeddedChannel()
        let handler = try TLSHandler(client: certificates.client(), serverName: TestCertificates.serverName)
        try client.pipeline.syncOperations.addHandler(handler)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        try server.connect(to: address).wait()
        #expect(reads.count == 1, "the handshake reads by itself")
        try client.connect(to: address).wait()
        while try TLSPair.move(from: client, to: server) + TLSPair.move(from: server, to: client) > 0 {}
        try #require(witness.session != nil)
        let before = reads.count
        server.read()
        #expect(reads.count == before + 1)
        try client.writeOutbound(ByteBuffer(string: "STAT\r\n"))
        var record = try #require(try client.readOutbound(as: ByteBuffer.self))
        let half = record.readSlice(length: 9)
        let head = try #require(half)
        server.pipeline.fireChannelRead(head)
        server.pipeline.fireChannelReadComplete()
        #expect(reads.count == before + 2, "half a record: read on")
        server.pipeline.fireChannelRead(record)
        server.pipeline.fireChannelReadComplete()
        #expect(witness.takeText() == "STAT\r\n")
        #expect(reads.count == before + 2, "plaintext came: wait until more is wanted")
        _ = try? client.finish(acceptAlreadyClosed: true)
        _ = try? server.finish(acceptAlreadyClosed: true)
        client.embeddedEventLoop.advanceTime(by: .seconds(10))
        server.embeddedEventLoop.advanceTime(by: .seconds(10))
        self.pair.drop()
    }
}

/// The first handler: counts what is asked of the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        self.count += 1
        context.read()
    }
}
