import NIOCore
import NIOPosix
import Synchronization
import TLS

/// A POP3 service of three messages, with TLS from the first octet or without.
final class ScriptedPOP3Server: Sendable {
    let channel: any Channel
    let heard: Heard

    final class Heard: Sendable {
        private let state = Mutex<[String]>([])
        var lines: [String] { self.state.withLock { $0 } }
        func add(_ line: String) { self.state.withLock { $0.append(line) } }
    }

    /// `answers` by command replaces ours; nil closes the connection there.
    static func start(
        tls: TLSContext? = nil,
        answers: [String: String?] = [:]
    ) async throws -> ScriptedPOP3Server {
        let heard = Heard()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Speaker(heard: heard, answers: answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedPOP3Server(channel: channel, heard: heard)
    }

    private init(channel: any Channel, heard: Heard) {
        self.channel = channel
        self.heard = heard
    }

    var port: Int { self.channel.localAddress?.port ?? 0 }

    private final class Speaker: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let heard: Heard
        private let answers: [String: String?]
        private var pending = ""
        private var hasGreeted = false

        init(heard: Heard, answers: [String: String?]) {
            self.heard = heard
            self.answers = answers
        }

        func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { self.greet(context) } }
        func channelActive(context: ChannelHandlerContext) { self.greet(context) }

        private func greet(_ context: ChannelHandlerContext) {
            guard !self.hasGreeted else { return }
            self.hasGreeted = true
            self.say("+OK ready", context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.pending += String(buffer: self.unwrapInboundIn(data)).replacing("\r\n", with: "\n")
            while let end = self.pending.firstIndex(of: "\n") {
                let line = String(self.pending[..<end])
                self.pending = String(self.pending[self.pending.index(after: end)...])
                self.heard.add(line)
                self.answer(line, context)
            }
        }

        private func answer(_ line: String, _ context: ChannelHandlerContext) {
            if let special = self.answers[line] {
                guard let special else { return context.close(promise: nil) }
                return self.say(special, context)
            }
            switch line {
            case "CAPA": self.say("+OK\nUSER\nUIDL\nTOP\nPIPELINING\n.", context)
            case "STAT": self.say("+OK 3 60", context)
            case "LIST": self.say("+OK\n1 10\n2 20\n3 30\n.", context)
            case "UIDL": self.say("+OK\n1 a\n2 b\n3 c\n.", context)
            case "TOP 2 0": self.say("-ERR gone", context)
            case _ where line.hasPrefix("TOP "): self.say("+OK\nSubject: \(line)\n\n.", context)
            case _: self.say("+OK", context)
            }
        }

        private func say(_ text: String, _ context: ChannelHandlerContext) {
            let octets = ByteBuffer(string: text.replacing("\n", with: "\r\n") + "\r\n")
            context.writeAndFlush(self.wrapOutboundOut(octets), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
