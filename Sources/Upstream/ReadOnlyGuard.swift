import NIOCore

/// The last handler before TLS: hands on only what `ReadOnlyFilter` lets pass. At the first octet that it does not know
/// the connection is closed, nothing of that write has left, and the operator hears of it.
final class ReadOnlyGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Refused: Error, Hashable {
        let reason: String
    }

    private var filter = ReadOnlyFilter()
    /// Called once, with words of ours.
    private let alarm: (String) -> Void

    init(alarm: @escaping (String) -> Void) { self.alarm = alarm }

    /// The lines that have left since the last call, secrets cut out.
    func takeTranscript() -> [String] { self.filter.takeTranscript() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.filter.heard(self.unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.filter.check(self.unwrapOutboundIn(data).readableBytesView) {
        case .pass(let octets):
            guard !octets.isEmpty else {
                promise?.succeed()
                return
            }
            context.write(self.wrapOutboundOut(ByteBuffer(bytes: octets)), promise: promise)
        case .refuse(let reason):
            if reason != "closed" { self.alarm(reason) }
            promise?.fail(Refused(reason: reason))
            context.close(promise: nil)
        }
    }
}
