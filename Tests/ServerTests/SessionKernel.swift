import NIOCore
import NIOEmbedded
import Synchronization

/// Stands where the socket would: takes what is flushed as a kernel does, or holds it back, or fails it.
final class SessionKernel: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Mode {
        case takes, holds, fails
        /// Takes all that was flushed, once it is more than the watermark.
        case fills
    }

    /// What the test reads from any thread.
    struct Seen {
        var octets: [UInt8] = []
        /// Written, and not taken.
        var held = 0
        var most = 0
        var reads = 0
        var isClosed = false
    }

    static let watermark = 65_536

    let seen: SeenBox
    private let channel: NIOAsyncTestingChannel
    private var mode = Mode.takes
    private var pending: [(octets: ByteBuffer, promise: EventLoopPromise<Void>?)] = []

    init(_ channel: NIOAsyncTestingChannel, seen: SeenBox) {
        self.channel = channel
        self.seen = seen
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let octets = self.unwrapOutboundIn(data)
        if self.mode == .fails {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.pending.append((octets, promise))
        let held = self.seen.change { seen in
            seen.held += octets.readableBytes
            seen.most = max(seen.most, seen.held)
            return seen.held
        }
        if held > Self.watermark, self.channel.isWritable {
            self.channel.isWritable = false
            context.fireChannelWritabilityChanged()
        }
    }

    func flush(context: ChannelHandlerContext) {
        switch self.mode {
        case .takes: self.take(context)
        case .fills where !self.channel.isWritable: self.take(context)
        case .fills, .holds, .fails: break
        }
    }

    /// What was written is taken, and the channel has room: said at once, in the middle of the flush, as NIO does.
    private func take(_ context: ChannelHandlerContext) {
        let pending = self.pending
        self.pending = []
        for (octets, promise) in pending {
            self.seen.change { seen in
                seen.octets += octets.readableBytesView
                seen.held -= octets.readableBytes
            }
            promise?.succeed()
        }
        guard !self.channel.isWritable, self.pending.isEmpty else { return }
        self.channel.isWritable = true
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) { self.seen.change { $0.reads += 1 } }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        self.seen.change { $0.isClosed = true }
        self.failPending()
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.failPending()
        context.fireChannelInactive()
    }

    private func failPending() {
        let pending = self.pending
        self.pending = []
        self.mode = .fails
        for (_, promise) in pending { promise?.fail(ChannelError.ioOnClosedChannel) }
    }

    func set(_ mode: Mode, _ context: ChannelHandlerContext) {
        self.mode = mode
        if mode == .takes { self.take(context) }
    }
}

final class SeenBox: Sendable {
    private let seen = Mutex(SessionKernel.Seen())

    @discardableResult
    func change<Result: Sendable>(_ body: (inout SessionKernel.Seen) -> Result) -> Result {
        self.seen.withLock { seen in body(&seen) }
    }

    var text: String { String(decoding: self.change { $0.octets }, as: UTF8.self) }
    var lines: [String] { self.text.split(separator: "\r\n").map(String.init) }
    var isClosed: Bool { self.change { $0.isClosed } }
}
