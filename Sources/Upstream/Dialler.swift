import Gateway
import IMAP
import LibCrypto
import Logging
import NIOCore
import NIOPosix
import TLS

/// Makes connections to one mail server, each with its guard in place before an octet can leave.
struct Dialler: Sendable {
    let configuration: UpstreamConfiguration
    let client: TLSContext?
    let logger: Logger

    init(configuration: UpstreamConfiguration, logger: Logger) throws(TLSError) {
        self.configuration = configuration
        self.logger = logger
        self.client =
            switch configuration.protection {
            case .implicitTLS, .startTLS: try TLSContext.client(trust: configuration.trust)
            case .plainLoopback: nil
            }
    }

    /// Connects on `loop`. The connection begins to speak at once: `tell` is set before the channel is active.
    func dial(
        _ credentials: Credentials,
        asksQuota: Bool,
        on loop: any EventLoop,
        tell: @escaping @Sendable (UpstreamConnection.Told) -> Void
    ) -> EventLoopFuture<NIOLoopBound<UpstreamConnection>> {
        let connection = loop.makePromise(of: NIOLoopBound<UpstreamConnection>.self)
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(Int64(self.configuration.connectSeconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try self.furnish(channel, credentials, asksQuota: asksQuota)
                    handler.tell = tell
                    connection.succeed(NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
            }
            .connect(host: self.configuration.host, port: self.configuration.port)
            .whenFailure { connection.fail($0) }
        return connection.futureResult
    }

    private func furnish(
        _ channel: any Channel,
        _ credentials: Credentials,
        asksQuota: Bool
    ) throws -> UpstreamConnection {
        let logger = self.logger
        let readOnly = ReadOnlyGuard { reason in
            logger.critical("the guard stopped a command and closed the connection", metadata: ["reason": "\(reason)"])
        }
        let machine = ClientStateMachine(configuration: self.client(asksQuota: asksQuota), credentials: credentials)
        let connection = UpstreamConnection(
            machine: machine,
            client: self.client,
            serverName: self.configuration.host,
            readOnly: readOnly,
            limits: ConnectionLimits(
                greeting: .seconds(Int64(self.configuration.greetingSeconds)),
                silence: .seconds(Int64(self.configuration.commandSeconds))
            )
        )
        let pipeline = channel.pipeline.syncOperations
        if self.configuration.protection == .implicitTLS, let client = self.client {
            try pipeline.addHandler(TLSHandler(client: client, serverName: self.configuration.host))
        }
        try pipeline.addHandlers([readOnly, connection])
        return connection
    }

    private func client(asksQuota: Bool) -> ClientConfiguration {
        ClientConfiguration(
            protection: self.configuration.protection,
            authentication: self.configuration.authentication,
            mailbox: self.configuration.mailbox,
            product: (name: "Leavecopy", version: "1"),
            tagPrefix: "L" + Random.octets(4).map { String($0 % 36, radix: 36) }.joined().uppercased() + "x",
            asksQuota: asksQuota
        )
    }
}
