import Gateway
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
package import Store

/// The review page on its port, from the start to the last request that has ended.
///
/// It has an event loop of its own: a TLS handshake, a long export or a flood here takes no turn from the devices'
/// sessions. Router and HTTP are Hummingbird's; the accepting is ours, since its server ends for good when one accepted
/// connection fails before it was set up, and since ours lets the TLS of this program stand before HTTP.
package struct ReviewServer: Service {
    /// After a stop, a response under way has this long to end.
    private static let grace = TimeAmount.seconds(5)
    /// A connection without a whole request for so long is closed; TLS counts.
    private static let idleTimeout = TimeAmount.seconds(30)
    /// Nothing read and nothing written for so long: whoever takes an export must take something of it.
    private static let stallTimeout = TimeAmount.seconds(120)

    private let frame: PageFrame
    private let logger: Logger
    private let furnish: @Sendable (any Channel) throws -> Void
    private let started: @Sendable (SocketAddress) -> Void

    /// `sessionCount` tells how many devices are connected. `furnish` puts TLS before HTTP on a channel that was accepted. `started` hears where it listens. Throws what is wrong
    /// with our own templates.
    package init(
        _ settings: ReviewSettings,
        store: SQLiteStore,
        logger: Logger,
        sessionCount: @escaping @Sendable () -> Int = { 0 },
        furnish: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        started: @escaping @Sendable (SocketAddress) -> Void
    ) throws {
        self.frame = try PageFrame(settings: settings, store: store, logger: logger, sessionCount: sessionCount)
        self.logger = logger
        self.furnish = furnish
        self.started = started
    }

    /// Returns after a graceful stop; throws when the port cannot be had or is lost.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var failure: (any Error)?
        do { try await self.serve(on: group) } catch { failure = error }
        try? await group.shutdownGracefully()
        if let failure { throw failure }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let connections = PageConnections()
        let http = self.http()
        let listening = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                guard connections.admit(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: Self.stallTimeout))
                    try pipeline.addHandler(StallHandler())
                    try self.furnish(channel)
                }.flatMap { http.setup(channel: channel, logger: self.logger) }.map { value in
                    // Its end is the channel's, for which `connections` waits.
                    Task { await http.handle(value: value, logger: self.logger) }
                }
            }
            .bind(host: self.frame.settings.address.description, port: self.frame.settings.port).get()
        if let address = listening.localAddress { self.started(address) }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listening.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listening.close(promise: nil)
        }
        await connections.end(within: Self.grace)
    }

    private func http() -> HTTP1Channel {
        let responder = PageRoutes.all(self.frame).buildResponder()
        let logger = self.logger
        return HTTP1Channel(
            responder: { request, writer, channel in
                let visit = Visit(source: ApplicationRequestContextSource(channel: channel, logger: logger))
                let response: Response
                do {
                    response = try await responder.respond(to: request, context: visit)
                } catch let error as HTTPParserError {
                    throw error
                } catch {
                    response = Response(status: .internalServerError)
                }
                try await writer.write(response: response.head, body: response.body)
                // What is left of a body that nobody wanted is not waited for.
                if response.status.code >= 400, request.hasBody { channel.close(promise: nil) }
            },
            configuration: HTTP1Channel.Configuration(
                idleTimeout: Self.idleTimeout,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 8 * 1_024,
                    maxHeaderListSize: 16 * 1_024,
                    maxHeaderFieldCount: 64
                )
            )
        )
    }
}

/// Closes a connection on which nothing moves.
private final class StallHandler: ChannelInboundHandler {
    typealias InboundIn = Any

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
