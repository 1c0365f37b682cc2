import NIOCore
import NIOEmbedded
import TLS
import TestSupport

/// A TLS client and a server in memory; the test carries the ciphertext, cut as it likes.
final class TLSPair {
    let client = EmbeddedChannel()
    let server = EmbeddedChannel()
    let clientEvents = Witness()
    let serverEvents = Witness()

    init(
        client clientContext: TLSContext,
        server serverContext: TLSContext,
        name: String = TestCertificates.serverName,
        autoRead: Bool = true
    ) throws {
        if !autoRead { try self.client.syncOptions?.setOption(ChannelOptions.autoRead, value: false) }
        let clientHandler = try TLSHandler(client: clientContext, serverName: name)
        try self.client.pipeline.syncOperations.addHandlers([clientHandler, self.clientEvents])
        try self.server.pipeline.syncOperations.addHandlers([TLSHandler(server: serverContext), self.serverEvents])
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        try self.server.connect(to: address).wait()
        try self.client.connect(to: address).wait()
    }

    /// Carries ciphertext both ways until there is none, in pieces of at most `piece` octets. Answers how many went.
    @discardableResult
    func carry(piece: Int = .max) throws -> Int {
        var carried = 0
        while true {
            let up = try Self.move(from: self.client, to: self.server, piece: piece)
            let down = try Self.move(from: self.server, to: self.client, piece: piece)
            guard up + down > 0 else { return carried }
            carried += up + down
        }
    }

    static func move(from source: EmbeddedChannel, to target: EmbeddedChannel, piece: Int = .max) throws -> Int {
        var moved = 0
        while var ciphertext = try source.readOutbound(as: ByteBuffer.self) {
            moved += ciphertext.readableBytes
            while let part = ciphertext.readSlice(length: min(piece, ciphertext.readableBytes)), part.readableBytes > 0
            {
                // What went wrong is with the witness.
                guard target.isActive else { break }
                target.pipeline.fireChannelRead(part)
                target.pipeline.fireChannelReadComplete()
            }
        }
        target.embeddedEventLoop.run()
        return moved
    }

    /// Both ends hang up without a word.
    func drop() {
        _ = try? self.client.finish(acceptAlreadyClosed: true)
        _ = try? self.server.finish(acceptAlreadyClosed: true)
        // An end that waits for the other's close_notify waits no longer.
        self.client.embeddedEventLoop.advanceTime(by: .seconds(10))
        self.server.embeddedEventLoop.advanceTime(by: .seconds(10))
    }
}

/// The last handler: writes down what came out of TLS, in order.
final class Witness: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var events: [TLSEvent] = []
    private(set) var errors: [TLSError] = []
    private(set) var received = ByteBuffer()
    /// Data came before the handshake was said to be done.
    private(set) var early = false
    private(set) var inactive = false

    var session: TLSSession? {
        for case .established(let session) in self.events { return session }
        return nil
    }

    func takeText() -> String {
        defer { self.received.clear() }
        return String(buffer: self.received)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.session == nil { self.early = true }
        self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSEvent { self.events.append(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { self.errors.append(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.inactive = true
    }
}
