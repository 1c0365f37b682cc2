import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TLS
import TestSupport
import Testing

@Suite("a server of ours and openssl s_client")
struct OpenSSLClientTests {
    let certificates: TestCertificates

    init() throws {
        self.certificates = try TestCertificates.shared.get()
    }

    struct Sample: CustomTestStringConvertible, Sendable {
        var arguments: String
        var profile = TLSContext.Profile.modern
        var strictALPN = true
        var version: String?
        var chosen: String?
        var testDescription: String { "\(self.arguments) to \(self.profile), strict \(self.strictALPN)" }
    }

    @Test(
        "who gets in, with what, and who does not (T-075, T-078)",
        arguments: [
            Sample(arguments: "-tls1_3", version: "TLSv1.3"),
            Sample(arguments: "-tls1_2", version: "TLSv1.2"),
            Sample(arguments: "-tls1 -cipher DEFAULT:@SECLEVEL=0"),
            Sample(arguments: "-tls1_1 -cipher DEFAULT:@SECLEVEL=0"),
            Sample(arguments: "-tls1 -cipher DEFAULT:@SECLEVEL=0", profile: .legacy, version: "TLSv1"),
            Sample(arguments: "-tls1_3", profile: .legacy, version: "TLSv1.3"),
            Sample(arguments: "-alpn pop3", version: "TLSv1.3", chosen: "pop3"),
            Sample(arguments: "-alpn h2,pop3", version: "TLSv1.3", chosen: "pop3"),
            Sample(arguments: "-alpn h2,http/1.1"),
            Sample(arguments: "-alpn h2,http/1.1", strictALPN: false, version: "TLSv1.3"),
            Sample(arguments: "-noservername", version: "TLSv1.3"),
        ]
    )
    func matrix(sample: Sample) throws {
        let context = try self.certificates.server(profile: sample.profile, strictALPN: sample.strictALPN)
        let server = try SingleServer(context: context)
        let output = try server.openssl(sample.arguments, input: "QUIT\n")
        #expect(server.log.session?.version == sample.version, "\(output)")
        #expect(server.log.session?.applicationProtocol == sample.chosen)
        #expect(output.contains("+OK ready") == (sample.version != nil))
        if sample.arguments.contains("-alpn"), sample.version == nil {
            let reason = "the client does not offer the protocol pop3 but h2, http/1.1"
            #expect(server.log.errors == [.handshake(reason: reason)])
        }
    }

    @Test(
        "each client gets the certificate it can check",
        arguments: [("RSA+SHA256", "RSA"), ("ECDSA+SHA256", "ECDSA")]
    )
    func bothLeaves(algorithms: String, expected: String) throws {
        let server = try SingleServer(context: self.certificates.server())
        _ = try server.openssl("-tls1_2 -sigalgs \(algorithms)", input: "QUIT\n")
        #expect(server.log.session?.cipher.contains("ECDHE-\(expected)") == true)
    }

    @Test("a client's renegotiation is refused (T-077)")
    func renegotiation() throws {
        // A greeting that crosses the attempt would be what s_client stumbles over.
        let server = try SingleServer(context: self.certificates.server(), greets: false)
        let output = try server.openssl("-tls1_2", input: "R\n", quiet: false)
        #expect(output.contains("no renegotiation"))
    }

    @Test("STLS on a live channel, with a server name")
    func startTLS() throws {
        let server = try SingleServer(context: self.certificates.server(), upgrades: true)
        let name = TestCertificates.serverName
        let output = try server.openssl("-starttls pop3 -servername \(name.uppercased())", input: "QUIT\n")
        #expect(server.log.session?.serverName == name)
        #expect(output.contains("+OK bye"))
    }

    @Test("certificates that do not fit are errors a person understands")
    func badCertificates() throws {
        let good = self.certificates.p256
        let none = CertificateSource(chainPEM: Array("hello".utf8), keyPEM: good.keyPEM, name: "a.pem")
        let mismatch = CertificateSource(
            chainPEM: good.chainPEM,
            keyPEM: self.certificates.rsa2048.keyPEM,
            name: "b.pem"
        )
        let noKey = CertificateSource(chainPEM: good.chainPEM, keyPEM: good.chainPEM, name: "c.pem")
        for (sources, path) in [
            ([none], "a.pem"), ([mismatch], "b.pem"), ([noKey], "c.pem"), ([good, good], "p256.pem"),
        ] {
            do {
                _ = try TLSContext.server(certificates: sources, profile: .modern, strictALPN: true)
                Issue.record("\(path) was taken")
            } catch {
                guard case .configuration(path: path, _) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }
}

/// What a server learnt of its connection.
private final class ServerLog: Sendable {
    private let state = Mutex<(session: TLSSession?, errors: [TLSError])>((nil, []))

    var session: TLSSession? { self.state.withLock { $0.session } }
    var errors: [TLSError] { self.state.withLock { $0.errors } }
    func note(_ session: TLSSession) { self.state.withLock { $0.session = session } }
    func note(_ error: TLSError) { self.state.withLock { $0.errors.append(error) } }
}

/// A server on a free port of loopback that greets, answers QUIT, and in clear STLS and CAPA.
private final class SingleServer {
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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        let words =
            ["20", "openssl", "s_client", "-connect", "127.0.0.1:\(port)"]
            + arguments.split(separator: " ").map(String.init)
        process.arguments = words + (quiet ? ["-quiet"] : [])
        let stdin = Pipe()
        let output = Pipe()
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
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
