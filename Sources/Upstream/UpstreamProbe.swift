package import Gateway
import IMAP
package import Linux
package import Logging
package import NIOCore
import NIOPosix
package import TLS

/// Tries a mail server as `leavecopy check` shows it. Reads, and only reads, through the same guard as everything else;
/// each question is answered in bounded time.
package struct UpstreamProbe: Sendable {
    private let dialler: Dialler
    private let group: any EventLoopGroup
    private let logger: Logger

    /// Throws when the trusted certificates cannot be read.
    package init(
        configuration: UpstreamConfiguration,
        group: any EventLoopGroup,
        logger: Logger
    ) throws(TLSError) {
        self.dialler = try Dialler(configuration: configuration)
        self.group = group
        self.logger = logger
    }

    /// Connects, with TLS where the configuration wants it, and reads what stands there before any login. Says
    /// STARTTLS, CAPABILITY and LOGOUT alone.
    package func reach() async -> Result<ReachedUpstream, UpstreamFailure> {
        let loop = self.group.next()
        let channel: any Channel
        do {
            channel = try await self.dialler.connect(on: loop).get()
        } catch {
            return .failure(.unavailable(reason: "no connection to the mail server: \(error)"))
        }
        return await withCheckedContinuation { continuation in
            loop.execute {
                let handler = ReachHandler(dialler: self.dialler) { continuation.resume(returning: $0) }
                handler.begin(on: channel)
            }
        }
    }

    /// Logs in on a connection of its own, EXAMINEs, and looks at UIDs, flags and quota. The flags of the newest messages
    /// are read before and after the newest one is.
    package func look(name: [UInt8], password: Secret) async -> Result<LookedMailbox, UpstreamFailure> {
        let loop = self.group.next()
        return await withCheckedContinuation { continuation in
            loop.execute {
                let account = AccountConnection(
                    dialler: self.dialler,
                    credentials: Credentials(name: name, password: password),
                    account: name,
                    notes: AccountNotes { 0 },
                    loop: loop,
                    logger: self.logger
                )
                let answer: (Result<LookedMailbox, UpstreamFailure>) -> Void = { result in
                    account.release { continuation.resume(returning: result) }
                }
                account.open { result in
                    switch result {
                    case .success: account.run(LookJob(answer: answer))
                    case .failure(let failure): answer(.failure(failure))
                    }
                }
            }
        }
    }

    /// Those of the host's POP3 ports that greet with `+OK`, or show a certificate that is not good. Nothing is sent to
    /// them.
    package func openPOP3Ports(plain: Int = 110, encrypted: Int = 995) async -> [Int] {
        await withTaskGroup(of: Int?.self) { tasks in
            tasks.addTask { await self.greets(on: plain, client: nil) ? plain : nil }
            tasks.addTask {
                guard let client = self.dialler.client ?? (try? .client(trust: .system)) else { return nil }
                return await self.greets(on: encrypted, client: client) ? encrypted : nil
            }
            var open: [Int] = []
            for await case let port? in tasks { open.append(port) }
            return open.sorted()
        }
    }

    private func greets(on port: Int, client: TLSContext?) async -> Bool {
        let loop = self.group.next()
        guard let channel = try? await self.dialler.connect(to: port, on: loop).get() else { return false }
        let host = self.dialler.configuration.host
        return await withCheckedContinuation { continuation in
            loop.execute {
                let listener = GreetingListener { continuation.resume(returning: $0) }
                do {
                    if let client {
                        try channel.pipeline.syncOperations.addHandler(TLSHandler(client: client, serverName: host))
                    }
                    try channel.pipeline.syncOperations.addHandler(listener)
                    if !channel.isActive { listener.end(false) }
                } catch {
                    listener.end(false)
                    channel.close(promise: nil)
                }
            }
        }
    }
}

/// Hears whether a POP3 server greets. Says nothing.
private final class GreetingListener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let patience = TimeAmount.seconds(5)

    private var answer: ((Bool) -> Void)?
    private var heard: [UInt8] = []
    private var timeout: Scheduled<Void>?

    init(answer: @escaping (Bool) -> Void) { self.answer = answer }

    func handlerAdded(context: ChannelHandlerContext) {
        self.timeout = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.end(false)
            context.close(promise: nil)
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.heard += self.unwrapInboundIn(data).readableBytesView.prefix(3)
        guard self.heard.count >= 3 else { return }
        self.end(self.heard.starts(with: "+OK".utf8))
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whoever speaks TLS on this port answers; whether we trust it is not the question.
        if case .certificate? = error as? TLSError { self.end(true) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.end(false) }

    func end(_ greets: Bool) {
        self.timeout?.cancel()
        let answer = self.answer
        self.answer = nil
        answer?(greets)
    }
}
