import Foundation
import Linux
import Logging
import NIOCore
import NIOPosix
import POP3
import TLS
import TestSupport
import Testing
import Upstream

@Suite("A provider's own POP3 service")
struct ProviderServiceTests {
    private static func service(
        _ server: ScriptedPOP3Server,
        port: Int? = nil,
        isImplicitTLS: Bool = false,
        trust: TLSContext.Trust = .system
    ) throws -> ProviderService {
        try ProviderService(
            ProviderConfiguration(
                host: "127.0.0.1",
                port: port ?? server.port,
                isImplicitTLS: isImplicitTLS,
                trust: trust
            ),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func open(_ service: ProviderService) async throws -> ProviderMaildrop {
        try await service.open(name: Array("u1".utf8), password: Secret(Array("pw".utf8)))
    }

    /// What keeps the service from being listed; nil when nothing does.
    private static func failure(_ service: ProviderService) async -> ServiceFailure? {
        do {
            _ = try await Self.open(service)
            return nil
        } catch {
            return error as? ServiceFailure
        }
    }

    private static func failure(of maildrop: ProviderMaildrop) async -> ServiceFailure? {
        do {
            _ = try await maildrop.headers(of: maildrop.listing.messages.map(\.number))
            return nil
        } catch {
            return error
        }
    }

    @Test("is listed, asked for headers, and left; nothing else is said to it")
    func conversation() async throws {
        let server = try await ScriptedPOP3Server.start()
        let maildrop = try await Self.open(Self.service(server))
        #expect(maildrop.listing.messages.map(\.text) == ["a", "b", "c"])
        let numbers = maildrop.listing.messages.map(\.number)
        for _ in 1...2 {
            let headers = try await maildrop.headers(of: numbers)
            #expect(headers.count == 2)
            #expect(headers[numbers[2]] == Array("Subject: TOP 3 0\r\n\r\n".utf8))
        }
        let said = await maildrop.leave()
        let listing = ["STAT", "LIST", "UIDL"]
        let tops = ["TOP 1 0", "TOP 2 0", "TOP 3 0"]
        #expect(said == ["CAPA", "USER •••", "PASS •••", "CAPA"] + listing + tops + tops + ["QUIT"])
        #expect(await Self.failure(of: maildrop) == .disconnected)
        try await server.channel.close()
        #expect(server.heard.lines.starts(with: ["CAPA", "USER u1", "PASS pw", "CAPA"]))
    }

    @Test(
        "says why it cannot be had",
        arguments: [
            (["PASS pw": "-ERR [AUTH] no"], ServiceFailure.credentials),
            (["UIDL": nil], .disconnected),
            (["CAPA": "+OK\nEXPIRE 0\n."], .deletesWhatIsRead),
        ] as [([String: String?], ServiceFailure)]
    )
    func failures(answers: [String: String?], failure: ServiceFailure) async throws {
        let server = try await ScriptedPOP3Server.start(answers: answers)
        let service = try Self.service(server)
        #expect(await Self.failure(service) == failure)
        try await server.channel.close()
    }

    @Test("a connection that is lost among headers fails the call")
    func lost() async throws {
        let server = try await ScriptedPOP3Server.start(answers: ["TOP 3 0": nil])
        let maildrop = try await Self.open(Self.service(server))
        #expect(await Self.failure(of: maildrop) == .disconnected)
        try await server.channel.close()
    }

    @Test("TLS is verified before a name is sent")
    func encrypted() async throws {
        let certificates = try TestCertificates.shared.get()
        let server = try await ScriptedPOP3Server.start(tls: try certificates.server())
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString).pem")
        try Data(certificates.authorityPEM).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let trusting = try Self.service(server, isImplicitTLS: true, trust: .file(file.path))
        #expect(try await Self.open(trusting).listing.messages.count == 3)
        let heard = server.heard.lines.count
        let distrusting = try Self.service(server, isImplicitTLS: true)
        guard case .unavailable(let reason)? = await Self.failure(distrusting) else {
            Issue.record("an unknown CA was trusted")
            return
        }
        #expect(reason.hasPrefix("TLS: "))
        #expect(server.heard.lines.count == heard)
        try await server.channel.close()
    }

    @Test("nobody listens")
    func away() async throws {
        let server = try await ScriptedPOP3Server.start()
        // The local port of a connection: nobody listens there, and nobody else is given it meanwhile.
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: server.port).get()
        let service = try Self.service(server, port: #require(client.localAddress?.port))
        guard case .unavailable(let reason)? = await Self.failure(service) else {
            Issue.record("a service that is away was listed")
            return
        }
        #expect(reason.hasPrefix("no connection"))
        try await client.close()
        try await server.channel.close()
    }
}
