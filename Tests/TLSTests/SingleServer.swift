import NIOCore
import NIOPosix
import Synchronization
import TLS
import TestSupport
import Testing

/// What a server learnt of its connection.
final class ServerLog: Sendable {
    private let state = Mutex<(session: TLSSession?, errors: [TLSError])>((nil, []))

    var session: TLSSession? { self.state.withLock { $0.session } }
    var errors: [TLSError] { self.state.withLock { $0.errors } }
    func note(_ session: TLSSession) { self.state.withLock { $0.session = session } }
    func note(_ error: TLSError) { self.state.withLock { $0.errors.append(error) } }
}

/// A server on a free port of loopback that greets, answers QUIT, and in clear STLS and CAPA.
final class SingleServer {
    let log = ServerLog()
    private let channel: any Channel

    init(context: TLSContext, upgrades: Bool = false, greets: Bool = true) throws {
        self.channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [log] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if !upgrades { try pipeline.addHandler(TLSHandler(server: context)) }
                    try pipeline.addHandler(Greeter(context: context, log: log, secured: !upgrades, greets: greets))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }

    deinit { self.channel.close(promise: nil) }

    /// All that s_client prints. It gives up after 20 seconds.
    func openssl(_ arguments: String, input: String, quiet: Bool = true) throws -> String {
        let port = try #require(self.channel.localAddress?.port)
        let words = arguments.split(separator: " ").map(String.init) + (quiet ? ["-quiet"] : [])
        return try OpenSSLClient.talk(to: port, words, input: input)
    }
}

private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let tls: TLSContext
    private let log: ServerLog
    private var secured: Bool
    private let greets: Bool

    init(context: TLSContext, log: ServerLog, secured: Bool, greets: Bool) {
        self.tls = context
        self.log = log
        self.secured = secured
        self.greets = greets
    }

    func channelActive(context: ChannelHandlerContext) {
        if self.greets { self.say("+OK ready\r\n", context: context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: self.unwrapInboundIn(data))
        if text.contains("CAPA") {
            self.say("+OK\r\nSTLS\r\n.\r\n", context: context)
        } else if text.contains("STLS"), !self.secured {
            self.secured = true
            self.say("+OK go\r\n", context: context)
            let handler = TLSHandler(server: self.tls)
            try? context.pipeline.syncOperations.addHandler(handler, position: .first)
        } else if text.contains("QUIT") {
            self.say("+OK bye\r\n", context: context)
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .established(let session)? = event as? TLSEvent else { return }
        self.log.note(session)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { self.log.note(error) }
    }

    private func say(_ text: String, context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }
}
