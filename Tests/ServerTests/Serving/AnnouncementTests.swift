import Foundation
import Gateway
import Linux
import Logging
import NIOCore
import NIOEmbedded
import Report
import Server
import Store
import TestSupport
import Testing

@Suite("What a server says of itself")
struct AnnouncementTests {
    @Test("systemd hears that it is ready after the start is on record, and that it stops")
    func notifies() async throws {
        let folder = try TemporaryFolder()
        let socket = try DatagramReceiver("\(folder.path)/notify")
        let world = try await ServerWorld(notifier: ServiceNotifier(socketName: "\(folder.path)/notify"))
        #expect(socket.next() == "READY=1\nSTATUS=serving on 127.0.0.1:\(world.ports[0])")
        #expect(try await world.records().map(\.action) == ["server-start"])
        try await world.stop()
        #expect(socket.next() == "STOPPING=1\nSTATUS=waiting for the sessions under way")
        #expect(try await world.records().map(\.action) == ["server-start", "server-stop"])
    }

    @Test("a start that cannot be put on record is no start")
    func needsRecord() async throws {
        let store = InMemoryStore()
        store.fail(with: .full)
        let announcer = ServerAnnouncer(
            recorder: store,
            notifier: ServiceNotifier(socketName: nil),
            now: { 1 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await #expect(throws: StoreFailure.full) { try await announcer.started(on: []) }
        store.fail(with: nil)
        try await announcer.stopped(reason: nil, loops: [])
        #expect(store.records.isEmpty)
    }

    @Test("a start is on record with the program's version and the digest of the configuration")
    func digest() async throws {
        let world = try StreamWorld()
        let announcer = ServerAnnouncer(
            recorder: world.store,
            notifier: ServiceNotifier(socketName: nil),
            now: { 1 },
            logger: world.log.logger,
            configuration: ConfigurationDigests(inForce: "ab12")
        )
        try await announcer.started(on: [])
        let record = try #require(try await world.store.record(1))
        let text = String(decoding: record.json, as: UTF8.self)
        #expect(text.contains("\"version\":\"\(Product.version)\""))
        #expect(text.contains("\"configuration\":{\"sha256\":\"ab12\"}"))
    }

    @Test("a line of the log stays one line, whatever stands in it")
    func logsOneLine() {
        var log = StandardErrorLog(level: .info, isJournal: true)
        log.metadata["session"] = "abc"
        let event = LogEvent(
            level: .warning,
            message: "no mailbox",
            metadata: ["reason": "a\r\n<0>b \u{1B}[2J\"", "account": "info\u{202E}"],
            source: "",
            file: "",
            function: "",
            line: 0
        )
        #expect(
            log.line(event, at: Date(timeIntervalSince1970: 0))
                == "<4>no mailbox account=info? reason=\"a??<0>b ?[2J'\" session=abc\n"
        )
        log = StandardErrorLog(level: .info, isJournal: false)
        #expect(
            log.line(event, at: Date(timeIntervalSince1970: 0)).hasPrefix("1970-01-01T00:00:00Z warning no mailbox ")
        )
    }

    @Test(
        "the settings for a mail program name the server, and the CA file on a line of its own",
        arguments: Language.allCases
    )
    func saysSettings(language: Language) throws {
        let everywhere = Listener.Settings(name: "pops", address: .v4(0), port: 1_995, isImplicitTLS: true)
        let printer = Listener.Settings(
            name: "printer",
            address: .v4(0),
            port: 2_110,
            isImplicitTLS: false,
            givenDevice: "scanner"
        )
        let message = StartMessage(
            listeners: [everywhere, .startTLS, printer],
            host: "gateway",
            domain: "pop.office.example",
            authorityPath: "/var/lib/leavecopy/ca.crt"
        )
        let text = message.text(in: language)
        let lines = text.split(separator: "\n")
        #expect(lines.contains("/var/lib/leavecopy/ca.crt"))
        #expect(lines.contains { $0.contains("gateway") && $0.contains("1995") && $0.contains("SSL/TLS") })
        #expect(lines.contains { $0.contains("127.0.0.1") && $0.contains("STLS") })
        #expect(text.contains("info@example.com#frontdesk"))
        #expect(text.contains("frontdesk.pop.office.example"))
        #expect(lines.filter { $0.contains("scanner") }.map { $0.contains("2110") } == [true])
    }
}

@Suite("The count of connections")
struct ConnectionsTests {
    @Test("holds the limit of an address and of all, and gives room back when a connection closes")
    func counts() throws {
        let connections = Connections(maximum: 3, ofOneAddress: 2)
        let (first, second) = (IPAddress.v4(1), IPAddress.v4(2))
        let channels = (0..<6).map { _ in EmbeddedChannel() }
        #expect(connections.admit(channels[0], from: first) == nil)
        #expect(connections.admit(channels[1], from: first) == nil)
        #expect(connections.admit(channels[2], from: first) == .address)
        #expect(connections.admit(channels[3], from: second) == nil)
        #expect(connections.admit(channels[4], from: second) == .total)
        #expect(connections.count == 3)
        try channels[0].close().wait()
        channels[0].embeddedEventLoop.run()
        #expect(connections.count == 2)
        #expect(connections.admit(channels[5], from: first) == nil)
        connections.closeAll()
        for channel in channels { channel.embeddedEventLoop.run() }
        #expect(connections.count == 0)
    }
}
