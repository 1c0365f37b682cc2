import Gateway
import IMAP
import LibCrypto
import NIOCore
import TLS

/// Reads what a mail server says before a login: greeting, TLS, capabilities. Answers once, and closes.
final class ReachHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case greeting
        case startingTLS
        case securing
        case capabilities
        case over
    }

    /// Octets that may come in all.
    private static let budget = 65_536
    private static let patience = TimeAmount.seconds(30)

    private let dialler: Dialler
    private let answer: (Result<ReachedUpstream, UpstreamFailure>) -> Void
    private var phase = Phase.greeting
    private var tls: TLSHandler?
    private var encryption: ReachedUpstream.Encryption?
    private var capabilities: [String] = []
    private var unread: [UInt8] = []
    private var heard = 0
    private var timeout: Scheduled<Void>?

    init(dialler: Dialler, answer: @escaping (Result<ReachedUpstream, UpstreamFailure>) -> Void) {
        self.dialler = dialler
        self.answer = answer
    }

    /// Puts TLS, the guard and itself in place.
    func begin(on channel: any Channel) {
        do {
            let pipeline = channel.pipeline.syncOperations
            if self.dialler.configuration.protection == .implicitTLS {
                try pipeline.addHandler(try self.makeTLS())
            }
            try pipeline.addHandlers([ReadOnlyGuard { _ in }, self])
            if !channel.isActive { self.fail("the mail server closed the connection") }
        } catch {
            self.fail("TLS: \(error)")
            channel.close(promise: nil)
        }
    }

    private func makeTLS() throws -> TLSHandler {
        guard let client = self.dialler.client else {
            throw TLSError.configuration(path: nil, reason: "TLS is not set up")
        }
        let handler = try TLSHandler(client: client, serverName: self.dialler.configuration.host)
        self.tls = handler
        return handler
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.fail("the mail server did not answer in time")
            context.close(promise: nil)
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let octets = self.unwrapInboundIn(data).readableBytesView
        self.heard += octets.count
        self.unread += octets
        if case .securing = self.phase { self.fail("the mail server spoke before TLS") }
        while let end = self.unread.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Self.printable(self.unread[..<end])
            self.unread.removeFirst(end + 1)
            self.take(line, context)
        }
        if self.heard > Self.budget { self.fail("the mail server said too much") }
        if case .over = self.phase { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .established(let session)? = event as? TLSEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.encryption = ReachedUpstream.Encryption(
            version: session.version,
            cipher: session.cipher,
            certificate: self.tls?.peerCertificatePEM.flatMap { try? CertificateInfo(pem: $0) }.map { info in
                ReachedUpstream.Certificate(
                    names: info.names,
                    issuer: info.issuer,
                    notAfter: info.notAfter,
                    fingerprint: info.fingerprint
                )
            }
        )
        if case .securing = self.phase { self.askCapabilities(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail("\(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.fail("the mail server closed the connection") }

    private func take(_ line: String, _ context: ChannelHandlerContext) {
        let words = line.uppercased().split(separator: " ")
        switch self.phase {
        case .greeting:
            guard words.starts(with: ["*", "OK"]) else { return self.fail("the mail server's greeting is not OK") }
            guard self.dialler.configuration.protection == .startTLS else { return self.askCapabilities(context) }
            self.phase = .startingTLS
            self.send("P1 STARTTLS", context)
        case .startingTLS:
            guard words.first == "P1" else { return }
            self.startTLS(isOK: words.starts(with: ["P1", "OK"]), context)
        case .capabilities:
            if words.starts(with: ["*", "CAPABILITY"]) { self.capabilities = words.dropFirst(2).map(String.init) }
            guard words.first == "P2" else { return }
            self.send("P3 LOGOUT", context)
            self.end(.success(ReachedUpstream(encryption: self.encryption, capabilities: self.capabilities)))
        case .securing, .over: break
        }
    }

    private func startTLS(isOK: Bool, _ context: ChannelHandlerContext) {
        guard isOK else { return self.end(.failure(.misconfigured(reason: "the mail server refuses STARTTLS"))) }
        guard self.unread.isEmpty else { return self.fail("the mail server spoke before TLS") }
        self.phase = .securing
        do {
            try context.pipeline.syncOperations.addHandler(try self.makeTLS(), position: .first)
        } catch {
            self.fail("TLS: \(error)")
        }
    }

    private func askCapabilities(_ context: ChannelHandlerContext) {
        self.phase = .capabilities
        self.send("P2 CAPABILITY", context)
    }

    private func send(_ line: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "\(line)\r\n")), promise: nil)
    }

    private func fail(_ reason: String) { self.end(.failure(.unavailable(reason: reason))) }

    private func end(_ result: Result<ReachedUpstream, UpstreamFailure>) {
        if case .over = self.phase { return }
        self.phase = .over
        self.timeout?.cancel()
        self.answer(result)
    }

    private static func printable(_ octets: ArraySlice<UInt8>) -> String {
        let line = octets.last == 13 ? octets.dropLast() : octets
        return String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
