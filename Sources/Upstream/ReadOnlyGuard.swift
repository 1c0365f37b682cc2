package import NIOCore

/// The last handler before TLS: hands on only what `ReadOnlyFilter` lets pass. At the first octet that it does not know
/// the connection is closed, nothing of that write has left, and the operator hears of it.
package final class ReadOnlyGuard: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    package struct Refused: Error, Hashable {
        package let reason: String
    }

    private var filter = ReadOnlyFilter()
    /// Called once, with words of ours.
    private let alarm: (String) -> Void

    package init(alarm: @escaping (String) -> Void) { self.alarm = alarm }

    /// The lines that have left since the last call, secrets cut out.
    package func takeTranscript() -> [String] { self.filter.takeTranscript() }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.filter.heard(self.unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
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
            context.fireErrorCaught(Refused(reason: reason))
            context.close(promise: nil)
        }
    }
}
