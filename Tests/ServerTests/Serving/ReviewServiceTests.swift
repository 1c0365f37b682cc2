import Foundation
import Logging
import NIOCore
import NIOPosix
import Store
import TLS
import Testing

@testable import Server

@Suite("The review page of a server")
struct ReviewServiceTests {
    private struct World {
        let folder: TemporaryFolder
        let port: Int
        let authority: PrivateAuthority
        let service: ReviewService
        let places: AsyncStream<String>
    }

    /// A page behind TLS on a port that was free just now.
    private static func world() async throws -> World {
        let folder = try TemporaryFolder()
        let port = try await Self.freePort()
        let text = """
            state: \(folder.path)
            upstream: {url: "imaps://mail.example.com"}
            review: {listen: "127.0.0.1:\(port)", tls: true}
            """
        let file = try folder.write(Array(text.utf8), to: "leavecopy.yaml")
        let surroundings = Surroundings(variables: [:], isRoot: false, hostName: "gateway", files: .system)
        let configuration = try Configuration.load(ServeOptions(config: file), in: surroundings)
        let listeners = configuration.listenersWithTLS
        let names = PrivateAuthority.names(of: listeners, hostName: "gateway", domains: [])
        let authority = PrivateAuthority(folder: folder.path, names: names)
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let certificates = try Certificates(listeners: listeners, authority: authority, now: now, logger: logger)
        let store = try SQLiteStore.open(folder: folder.path, role: .server, node: "test") { now() * 1_000_000 }
        let (places, continuation) = AsyncStream<String>.makeStream()
        let service = try ReviewService(
            configuration,
            store: store,
            hostName: "gateway",
            certificates: certificates,
            connections: Connections(maximum: 1, ofOneAddress: 1),
            logger: logger,
            say: { continuation.yield($0) }
        )
        return World(
            folder: folder,
            port: port,
            authority: authority,
            service: try #require(service),
            places: places
        )
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close().get()
        return try #require(port)
    }

    /// The lines of the answer to a GET, to the empty one.
    private static func head(_ client: DeviceClient, _ address: String, host: String) async -> [String] {
        for line in ["GET \(address) HTTP/1.1", "Host: \(host)", "Connection: close", ""] { client.say(line) }
        var lines: [String] = []
        while let line = await client.line(), !line.isEmpty { lines.append(line.lowercased()) }
        return lines
    }

    @Test("is https by a certificate of our own, with cookies for https alone; and nothing without TLS")
    func overTLS() async throws {
        let world = try await Self.world()
        let service = world.service
        let running = Task { try await service.run() }
        var said = world.places.makeAsyncIterator()
        let sentence = try #require(await said.next())
        #expect(sentence.contains("https://127.0.0.1:\(world.port)/"))
        let trust = try TLSContext.client(trust: .file(world.authority.certificatePath))
        let browser = try await DeviceClient.connect(world.port, tls: trust, serverName: "gateway")
        let head = await Self.head(browser, "/login", host: "gateway:\(world.port)")
        #expect(head.first == "http/1.1 200 ok")
        let cookies = head.filter { $0.hasPrefix("set-cookie: ") }
        #expect(!cookies.isEmpty && cookies.allSatisfy { $0.contains("__host-") && $0.hasSuffix("; secure") })
        let plain = try await DeviceClient.connect(world.port, tls: nil)
        #expect(await Self.head(plain, "/login", host: "gateway:\(world.port)").first?.hasPrefix("http/") != true)
        let stranger = try await DeviceClient.connect(world.port, tls: trust, serverName: "gateway")
        #expect(await Self.head(stranger, "/login", host: "evil.example").first?.contains(" 200 ") == false)
        running.cancel()
        try await running.value
    }
}
