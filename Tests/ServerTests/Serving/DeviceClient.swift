import NIOCore
import NIOPosix
import TLS

/// A device in a test: says lines, hears lines.
final class DeviceClient: Sendable {
    struct Refused: Error {}

    private let channel: any Channel
    private let lines: AsyncStream<String>

    private init(channel: any Channel, lines: AsyncStream<String>) {
        self.channel = channel
        self.lines = lines
    }

    /// `serverName` is what it dials, for the certificate and for SNI.
    static func connect(
        _ port: Int,
        tls: TLSContext?,
        serverName: String = "localhost",
        autoRead: Bool = true
    ) async throws -> DeviceClient {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            // Small, so that a device that does not read is felt soon.
            .channelOption(.socketOption(.so_rcvbuf), value: 65_536)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try TLSHandler(client: tls, serverName: serverName)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(LineCollector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return DeviceClient(channel: channel, lines: lines)
    }

    /// The next line without its CRLF; nil when the connection has ended.
    func line() async -> String? {
        var iterator = self.lines.makeAsyncIterator()
        return await iterator.next()
    }

    /// The lines to the final dot, which is left out; nil when the connection ended before it.
    func lines() async -> [String]? {
        var result: [String] = []
        while let line = await self.line() {
            if line == "." { return result }
            result.append(line)
        }
        return nil
    }

    func say(_ line: String) {
        self.channel.writeAndFlush(ByteBuffer(string: line + "\r\n"), promise: nil)
    }

    /// Says a command and gives the first line of the answer.
    func ask(_ line: String) async -> String? {
        self.say(line)
        return await self.line()
    }

    /// Greeting, USER and PASS.
    func login(_ name: String) async throws {
        for answer in [await self.line(), await self.ask("USER \(name)"), await self.ask("PASS secret")] {
            guard answer?.hasPrefix("+OK") == true else { throw Refused() }
        }
    }

    func startTLS(_ context: TLSContext, serverName: String = "localhost") async throws {
        try await self.channel.eventLoop.submit { [channel = self.channel] in
            let handler = try TLSHandler(client: context, serverName: serverName)
            try channel.pipeline.syncOperations.addHandler(handler, position: .first)
        }.get()
    }

    func setReading(_ isOn: Bool) async throws { try await self.channel.setOption(.autoRead, value: isOn).get() }
    func readOnce() { self.channel.read() }

    func close() async { try? await self.channel.close().get() }
}

private final class LineCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: AsyncStream<String>.Continuation
    private var held = ByteBuffer()

    init(_ lines: AsyncStream<String>.Continuation) { self.lines = lines }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.held.writeImmutableBuffer(self.unwrapInboundIn(data))
        while let end = self.held.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = self.held.readBytes(length: end + 1 - self.held.readerIndex) ?? []
            self.lines.yield(String(decoding: line.dropLast(2), as: UTF8.self))
        }
    }

    func channelInactive(context: ChannelHandlerContext) { self.lines.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
