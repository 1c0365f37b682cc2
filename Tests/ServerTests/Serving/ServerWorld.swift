import Foundation
import Gateway
import IMAP
import Linux
import Logging
import NIOCore
import NIOPosix
import Server
import Store
import TLS
import TestSupport
import Upstream

/// A server as `serve` makes it, in this process: real sockets on free ports, a real store in a folder of its own, and
/// a scripted mail server behind.
final class ServerWorld: Sendable {
    let folder: TemporaryFolder
    let mailServer: ScriptedMailServer
    let store: SQLiteStore
    let connections: Connections
    let ports: [Int]
    private let running: Task<Void, any Error>

    /// `listeners` are asked for with port 0; `ports` has what they got, in their order.
    init(
        _ listeners: [Listener.Settings] = [.implicit],
        mail: ScriptedMailServer.Settings = .init(),
        maximum: Int = 100,
        ofOneAddress: Int = 100,
        grace: TimeAmount = .seconds(10),
        policies: DevicePolicies = DevicePolicies(),
        tls: TLSContext? = nil,
        loginCacheSeconds: Int = 300,
        notifier: ServiceNotifier = ServiceNotifier(socketName: nil)
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = MultiThreadedEventLoopGroup.singleton
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        let folder = try TemporaryFolder()
        let mailServer = try await ScriptedMailServer.start(mail)
        let store = try SQLiteStore.open(folder: folder.path, role: .server, node: "test", now: now)
        let connections = Connections(maximum: maximum, ofOneAddress: ofOneAddress)
        let environment = try SessionEnvironment(
            mailboxes: Self.mailboxes(
                mailServer.port,
                loginCacheSeconds: loginCacheSeconds,
                store,
                group,
                logger
            ),
            store: store,
            recorder: store,
            policies: policies,
            unidentified: .once,
            now: now,
            refusalDelay: { 0 },
            floods: FloodCounter(),
            logger: logger
        )
        let tls = try tls ?? TestCertificates.shared.get().server()
        let made = listeners.map {
            Listener($0, environment: environment, connections: connections, tls: { tls }, neighbour: { _ in nil })
        }
        let announcer = ServerAnnouncer(recorder: store, notifier: notifier, now: now, logger: logger)
        let (started, continuation) = AsyncStream<[Int]>.makeStream()
        let server = DeviceServer(
            group: group,
            listeners: made,
            connections: connections,
            grace: grace,
            started: { addresses in
                try await announcer.started(on: addresses)
                continuation.yield(addresses.compactMap(\.port))
            },
            stopping: { announcer.stopping() }
        )
        self.running = Task {
            defer { continuation.finish() }
            try await server.run()
            await environment.mailboxes.quiesce()
            try await announcer.stopped(reason: nil, loops: Array(group.makeIterator()))
        }
        self.folder = folder
        self.mailServer = mailServer
        self.store = store
        self.connections = connections
        var ports: [Int] = []
        for await some in started {
            ports = some
            break
        }
        self.ports = ports
    }

    private static func mailboxes(
        _ port: Int,
        loginCacheSeconds: Int,
        _ store: SQLiteStore,
        _ group: any EventLoopGroup,
        _ logger: Logger
    ) throws -> MailboxDirectory {
        var configuration = try UpstreamConfiguration(
            name: "main",
            host: "127.0.0.1",
            port: port,
            protection: .plainLoopback
        )
        configuration.loginCacheSeconds = loginCacheSeconds
        return try MailboxDirectory(
            configuration: configuration,
            store: store,
            records: UpstreamRecords(recorder: store, now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }),
            group: group,
            logger: logger,
            seconds: { Int64(clamping: DispatchTime.now().uptimeNanoseconds / 1_000_000_000) }
        )
    }

    /// Begins a graceful stop, and does not wait for it.
    func beginStop() { self.running.cancel() }

    /// Waits for a stop that was begun. Throws what ended the server.
    func stopped() async throws { try await self.running.value }

    /// Stops everything; throws when a command went upstream that must never.
    func stop() async throws {
        self.beginStop()
        try await self.stopped()
        try await self.mailServer.stop()
    }

    /// A device on the listener of this index, with its greeting read.
    func connect(_ listener: Int = 0, tls: Bool = true, autoRead: Bool = true) async throws -> DeviceClient {
        let context = tls ? try TestCertificates.shared.get().client() : nil
        return try await DeviceClient.connect(self.ports[listener], tls: context, autoRead: autoRead)
    }

    /// The record so far, oldest first.
    func records() async throws -> [StoredRecord] {
        try await self.store.page(RecordFilter(), limit: .max).records.reversed()
    }
}

extension Listener.Settings {
    static let implicit = Listener.Settings(
        name: "pops",
        address: .v4(0x7F00_0001),
        port: 0,
        isImplicitTLS: true
    )
    static let startTLS = Listener.Settings(name: "pop", address: .v4(0x7F00_0001), port: 0, isImplicitTLS: false)

    /// Everybody may log in without TLS.
    static func plain(allowedFrom: [Network] = []) -> Listener.Settings {
        Listener.Settings(
            name: "plain",
            address: .v4(0x7F00_0001),
            port: 0,
            isImplicitTLS: false,
            allowedFrom: allowedFrom,
            plaintextFrom: [Network("127.0.0.0/8")].compactMap(\.self)
        )
    }
}

/// A folder that goes with its test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("leavecopy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.path = url.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    func mode(of file: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(self.path)/\(file)")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    func octets(of file: String) -> Data? { FileManager.default.contents(atPath: "\(self.path)/\(file)") }

    func write(_ octets: [UInt8], to file: String) throws -> String {
        let path = "\(self.path)/\(file)"
        try Data(octets).write(to: URL(fileURLWithPath: path))
        return path
    }
}
