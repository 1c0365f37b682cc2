import Foundation
import NIOCore
import NIOPosix
import TLS
import TestSupport
import Testing

@Suite("a client of ours and openssl s_server")
struct OpenSSLServerTests {
    @Test("a session is resumed, and its ticket used once", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) throws {
        let certificates = try TestCertificates.shared.get()
        let server = try OpenSSLServer(certificates.p256, version)
        let context = try certificates.client()
        for round in 0..<3 {
            let session = try server.talk(context)
            #expect(session.resumed == (round > 0), "\(version), round \(round)")
        }
    }
}

/// `openssl s_server`, which sends back each line turned round.
private final class OpenSSLServer {
    private let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "s_server-\(UUID().uuidString)")
    private let output = Pipe()
    private var port = 0

    init(_ certificate: CertificateSource, _ version: String) throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let (chain, key) = (self.folder.appending(path: "chain.pem"), self.folder.appending(path: "key.pem"))
        try Data(certificate.chainPEM).write(to: chain)
        try Data(certificate.keyPEM).write(to: key)
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = [
            "openssl", "s_server", "-naccept", "3", "-accept", "127.0.0.1:0", "-cert", chain.path, "-key", key.path,
            version,
            "-rev",
        ]
        self.process.standardOutput = self.output
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        // It says `ACCEPT 127.0.0.1:PORT`.
        var said = ""
        while !said.hasSuffix("\n") || !said.contains("ACCEPT") {
            let more = self.output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "s_server has ended: \(said)")
            said += String(decoding: more, as: UTF8.self)
        }
        let line = try #require(said.split(separator: "\n").first { $0.contains("ACCEPT") })
        self.port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    deinit {
        // It has inherited a mask of signals, under which it would not hear to end.
        kill(self.process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Sends a line, waits for it to come back, and gives what was agreed.
    func talk(_ context: TLSContext) throws -> TLSSession {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answered = loop.makePromise(of: TLSSession.self)
        let channel = try ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try TLSHandler(client: context, serverName: TestCertificates.serverName)
                    try channel.pipeline.syncOperations.addHandlers([tls, Talker(answered)])
                }
            }
            .connect(host: "127.0.0.1", port: self.port).wait()
        defer { try? channel.close().wait() }
        return try answered.futureResult.wait()
    }
}

private final class Talker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let answered: EventLoopPromise<TLSSession>
    private var session: TLSSession?

    init(_ answered: EventLoopPromise<TLSSession>) { self.answered = answered }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .established(let session)? = event as? TLSEvent else { return }
        self.session = session
        context.writeAndFlush(NIOAny(ByteBuffer(string: "hello\n")), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard String(buffer: self.unwrapInboundIn(data)).contains("olleh"), let session = self.session else { return }
        self.answered.succeed(session)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.answered.fail(error) }

    func channelInactive(context: ChannelHandlerContext) { self.answered.fail(ChannelError.eof) }
}
