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

    init(configuration: UpstreamConfiguration) throws(TLSError) {
        self.configuration = configuration
        self.client =
            switch configuration.protection {
            case .implicitTLS, .startTLS: try TLSContext.client(trust: configuration.trust)
            case .plainLoopback: nil
            }
    }

    /// Connects on `loop`. A name may have several addresses, which are tried side by side: only the one that won gets
    /// its handlers, so that no other speaks, or ends, for the account.
    func connect(to port: Int? = nil, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(Int64(self.configuration.connectSeconds)))
            .connect(host: self.configuration.host, port: port ?? self.configuration.port)
            .hop(to: loop)
    }

    /// Puts TLS, the guard and the connection in place, in this order. The connection begins to speak at once.
    func furnish(_ channel: any Channel, with connection: UpstreamConnection) throws {
        let pipeline = channel.pipeline.syncOperations
        if self.configuration.protection == .implicitTLS, let client = self.client {
            try pipeline.addHandler(TLSHandler(client: client, serverName: self.configuration.host))
        }
        try pipeline.addHandlers([connection.readOnly, connection])
        if !channel.isActive { connection.close(reason: "the mail server closed the connection") }
    }

    func connection(_ credentials: Credentials, asksQuota: Bool, logger: Logger) -> UpstreamConnection {
        let notice = self.configuration.notice
        let readOnly = ReadOnlyGuard { reason in
            logger.critical("the guard stopped a command and closed the connection", metadata: ["reason": "\(reason)"])
            notice(.guardStopped(reason: "\(reason)"))
        }
        let machine = ClientStateMachine(configuration: self.client(asksQuota: asksQuota), credentials: credentials)
        return UpstreamConnection(
            machine: machine,
            client: self.client,
            serverName: self.configuration.host,
            readOnly: readOnly,
            limits: ConnectionLimits(
                greeting: .seconds(Int64(self.configuration.greetingSeconds)),
                silence: .seconds(Int64(self.configuration.commandSeconds))
            )
        )
    }

    private func client(asksQuota: Bool) -> ClientConfiguration {
        ClientConfiguration(
            protection: self.configuration.protection,
            authentication: self.configuration.authentication,
            mailbox: self.configuration.mailbox,
            product: (name: "Leavecopy", version: "1"),
            tagPrefix: "L" + Random.octets(4).map { String($0 % 36, radix: 36) }.joined().uppercased() + "x",
            nonce: Base64.encode(Random.octets(18)),
            server: (host: self.configuration.host, port: self.configuration.port),
            asksQuota: asksQuota
        )
    }
}
