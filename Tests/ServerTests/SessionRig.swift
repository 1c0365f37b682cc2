import Gateway
import Logging
import NIOCore
import NIOEmbedded
import Server
import TLS
import TestSupport
import Testing

/// One session on a channel of a test: octets in, octets out, and a clock that the test moves.
struct SessionRig {
    let loop: NIOAsyncTestingEventLoop
    let channel: NIOAsyncTestingChannel
    let seen = SeenBox()
    let mailboxes: FakeMailboxes
    let recorder = FakeRecorder()
    let store: InMemoryStore
    private let handler: NIOLoopBoundBox<WeakHandler?>

    static let login = "USER info@example.com#pc1\r\nPASS secret\r\n"
    static let welcome = ["+OK POP3 server ready", "+OK send PASS", "+OK Logged in"]

    init(
        messages: [String] = [],
        encryption: SessionConfiguration.Encryption = .plaintextAllowed,
        tls: TLSContext? = nil,
        floods: FloodCounter = FloodCounter(),
        policies: DevicePolicies? = nil,
        office: Office = Office(),
        from machine: (address: IPAddress, hardware: HardwareAddress?) = (.v4(0xC000_0207), nil),
        prepare: (SessionRig) -> Void = { _ in }
    ) async throws {
        let loop = NIOAsyncTestingEventLoop()
        let channel = NIOAsyncTestingChannel(loop: loop)
        self.loop = loop
        self.channel = channel
        self.store = office.store
        self.mailboxes = FakeMailboxes(messages: messages)
        self.handler = NIOLoopBoundBox.makeEmptyBox(valueType: WeakHandler.self, eventLoop: loop)
        prepare(self)
        let environment = SessionEnvironment(
            mailboxes: self.mailboxes,
            store: self.store,
            recorder: self.recorder,
            accounts: office.accounts,
            policies: policies ?? office.policies,
            secrets: office.secrets,
            notices: office.notices,
            unidentified: office.unidentified,
            now: { Int64(loop.now.uptimeNanoseconds / 1_000) },
            refusalDelay: { 1_000 },
            floods: floods,
            presence: office.presence,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let settings = SessionSettings(session: SessionConfiguration(encryption: encryption), tls: { tls })
        let arrival = try Self.arrival(from: machine.address, hardware: machine.hardware, for: office.givenDevice)
        let (seen, handler) = (self.seen, self.handler)
        try await loop.executeInContext {
            let session = SessionHandler(environment: environment, settings: settings, arrival: arrival)
            handler.value = WeakHandler(handler: session)
            let kernel = SessionKernel(channel, seen: seen)
            try channel.pipeline.syncOperations.addHandlers([kernel, session])
        }
        try await channel.connect(to: SocketAddress(ipAddress: "192.0.2.7", port: 4_000)).get()
        await loop.run()
    }

    static func arrival(
        from address: IPAddress = .v4(0xC000_0207),
        hardware: HardwareAddress? = nil,
        for device: String? = nil
    ) throws -> Arrival {
        let remote = Endpoint(address: address, port: 4_000)
        let local = Endpoint(address: try #require(IPAddress("192.0.2.1")), port: 110)
        var arrival = Arrival(session: SessionID("abcdefghijkl"), remote: remote, local: local, listener: "pop")
        arrival.neighbour = hardware
        arrival.givenDevice = device
        return arrival
    }

    func send(_ text: String) async throws { try await self.send(Array(text.utf8)) }

    func send(_ octets: [UInt8]) async throws {
        guard self.channel.isActive else { return }
        try await self.channel.writeInbound(ByteBuffer(bytes: octets))
        await self.loop.run()
    }

    /// Logs in as device `pc1`.
    func logIn() async throws {
        try await self.send(Self.login)
        try await self.until("logged in") { self.seen.text.contains("Logged in") }
    }

    /// Runs the loop until `condition` holds. Work in tasks ends on its own threads, so how many turns it takes is open.
    func until(_ what: Comment, _ condition: () -> Bool) async throws {
        let start = ContinuousClock.now
        while !condition() {
            try #require(ContinuousClock.now - start < .seconds(30), what)
            await self.loop.run()
            await Task.yield()
        }
        await self.loop.run()
    }

    func untilEnd() async throws {
        try await self.until("the end is on record") { self.recorder.count(.sessionEnd) > 0 }
        try await self.until("closed") { !self.channel.isActive }
    }

    func untilLines(_ count: Int) async throws {
        try await self.until("\(count) lines") { self.seen.lines.count >= count }
    }

    func kernel(_ mode: SessionKernel.Mode) async throws {
        let channel = self.channel
        try await self.loop.executeInContext {
            let pipeline = channel.pipeline.syncOperations
            // Gone with the channel.
            guard let context = try? pipeline.context(handlerType: SessionKernel.self) else { return }
            try pipeline.handler(type: SessionKernel.self).set(mode, context)
        }
        await self.loop.run()
    }

    func isAlive() async throws -> Bool {
        let handler = self.handler
        return try await self.loop.executeInContext { handler.value?.handler != nil }
    }

    /// The device goes away.
    func hangUp() async throws {
        guard self.channel.isActive else { return }
        try? await self.channel.close().get()
        await self.loop.run()
    }
}

/// What the sessions of one server have in common, and what it was told.
struct Office {
    var store = InMemoryStore()
    var presence = Presence()
    var accounts = AccountList(nil)
    var policies = DevicePolicies()
    var secrets: (any AccountSecrets)?
    var notices: NoticeDesk?
    var unidentified = UnidentifiedPolicy.once
    var givenDevice: String?
}

/// Tells whether the session still lives.
struct WeakHandler {
    weak var handler: SessionHandler?
}
