package import Gateway
import LibCrypto
import NIOCore
import NIOExtras
import NIOPosix
import POP3
package import TLS

/// One port on which devices connect: it decides which connections get a session, and with which protection.
package struct Listener: Sendable {
    /// What the configuration says of it.
    package struct Settings: Hashable, Sendable {
        package let name: String
        package let address: IPAddress
        /// 0 for any that is free.
        package let port: Int
        package let isImplicitTLS: Bool
        /// Empty: everybody may connect.
        package let allowedFrom: [Network]
        /// Who may log in without TLS.
        package let plaintextFrom: [Network]
        package let hidesDeleted: Bool
        package let loginSeconds: Int?
        package let idleSeconds: Int?
        /// How a device is told from another here.
        package let chain: IdentityChain
        /// The one device, in lower case, whose listener this is.
        package let givenDevice: String?

        package init(
            name: String,
            address: IPAddress,
            port: Int,
            isImplicitTLS: Bool,
            allowedFrom: [Network] = [],
            plaintextFrom: [Network] = [],
            hidesDeleted: Bool = true,
            loginSeconds: Int? = nil,
            idleSeconds: Int? = nil,
            chain: IdentityChain = IdentityChain(),
            givenDevice: String? = nil
        ) {
            self.name = name
            self.address = address
            self.port = port
            self.isImplicitTLS = isImplicitTLS
            self.allowedFrom = allowedFrom
            self.plaintextFrom = plaintextFrom
            self.hidesDeleted = hidesDeleted
            self.loginSeconds = loginSeconds
            self.idleSeconds = idleSeconds
            self.chain = chain
            self.givenDevice = givenDevice
        }
    }

    /// As the port was taken.
    package let settings: Settings
    /// As they are now, for new connections: a change of the configuration exchanges them.
    private let current: @Sendable () -> Settings
    private let environment: @Sendable () -> SessionEnvironment
    private let connections: Connections
    private let tls: @Sendable () -> TLSContext?
    private let neighbour: @Sendable (IPAddress) -> HardwareAddress?

    /// `current`, `environment` and `tls` give what holds at the moment. `neighbour` knows the MAC address of a device on
    /// the same link.
    package init(
        _ settings: Settings,
        current: (@Sendable () -> Settings)? = nil,
        environment: @autoclosure @escaping @Sendable () -> SessionEnvironment,
        connections: Connections,
        tls: @escaping @Sendable () -> TLSContext?,
        neighbour: @escaping @Sendable (IPAddress) -> HardwareAddress?
    ) {
        self.settings = settings
        self.current = current ?? { settings }
        self.environment = environment
        self.connections = connections
        self.tls = tls
        self.neighbour = neighbour
    }

    /// Takes the port. Nothing is accepted before `open`, so that a server with two ports has both or none.
    func bind(on group: any EventLoopGroup, quiescing: ServerQuiescingHelper) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = quiescing.makeServerChannelHandler(channel: channel)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 * 1_024, high: 256 * 1_024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.furnish(channel) }
            }
            .bind(host: self.settings.address.description, port: self.settings.port).get()
    }

    /// Begins to accept on a channel that `bind` gave.
    static func open(_ channel: any Channel) async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    private func furnish(_ channel: any Channel) throws {
        guard let remote = channel.remoteAddress.flatMap(SocketEndpoint.endpoint),
            let local = channel.localAddress.flatMap(SocketEndpoint.endpoint)
        else {
            // It was gone before we looked.
            channel.close(promise: nil)
            return
        }
        let settings = self.current()
        let environment = self.environment()
        let session = SessionID(Self.randomName())
        var arrival = Arrival(session: session, remote: remote, local: local, listener: settings.name)
        guard settings.allows(remote.address) else {
            return try self.turnAway(channel, arrival, "address not allowed on this listener", saying: nil)
        }
        if let refusal = self.connections.admit(channel, from: remote.address) {
            let reply = Response.err(.sysTemp, "too many connections, please wait")
            return try self.turnAway(channel, arrival, refusal.rawValue, saying: reply)
        }
        arrival.givenDevice = settings.givenDevice
        arrival.neighbour = remote.address.isLoopback ? nil : self.neighbour(remote.address)
        if settings.isImplicitTLS {
            guard let tls = self.tls() else {
                return try self.turnAway(channel, arrival, "TLS: no certificate", saying: nil)
            }
            try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls))
        }
        let handler = SessionHandler(
            environment: environment,
            settings: settings.session(
                from: remote.address,
                shortestWindow: environment.policies.shortestWindow,
                tls: self.tls
            ),
            arrival: arrival
        )
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// A handshake only to say no would cost what the limit is to save, so behind implicit TLS nothing is said.
    private func turnAway(
        _ channel: any Channel,
        _ arrival: Arrival,
        _ reason: String,
        saying reply: Response?
    ) throws {
        let reply = self.settings.isImplicitTLS ? nil : reply
        var answered = ByteBuffer()
        reply?.write(into: &answered)
        let attempt = Attempt(
            action: .connectionRefused,
            outcome: .failure,
            asked: "",
            answered: String(decoding: answered.readableBytesView.dropLast(2), as: UTF8.self),
            done: "nothing",
            reason: reason
        )
        self.environment().record(attempt, of: arrival, on: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(TurnAwayHandler(saying: reply))
    }

    /// Twelve of `[a-z0-9]`, as a session is named: 62 bits.
    private static func randomName() -> String {
        var name: [UInt8] = []
        while name.count < 12 {
            // One question for all twelve; above 252 some letters would come more often.
            for octet in Random.octets(16) where octet < 252 && name.count < 12 {
                name.append(Self.letters[Int(octet) % Self.letters.count])
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
}

extension Listener.Settings {
    fileprivate func allows(_ address: IPAddress) -> Bool {
        self.allowedFrom.isEmpty || self.allowedFrom.contains { $0.contains(address) }
    }

    fileprivate func session(
        from address: IPAddress,
        shortestWindow: Int?,
        tls: @escaping @Sendable () -> TLSContext?
    ) -> SessionSettings {
        let encryption: SessionConfiguration.Encryption =
            if self.isImplicitTLS {
                .implicit
            } else if self.plaintextFrom.contains(where: { $0.contains(address) }) {
                .plaintextAllowed
            } else {
                .startTLS
            }
        return SessionSettings(
            session: SessionConfiguration(
                encryption: encryption,
                hidesDeleted: self.hidesDeleted,
                shortestWindow: shortestWindow
            ),
            chain: self.chain,
            tls: tls,
            loginSeconds: self.loginSeconds,
            idleSeconds: self.idleSeconds
        )
    }
}
