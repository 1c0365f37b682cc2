import NIOCore
import POP3

/// A connection that gets no session: says why, where it can be said in clear, and closes.
final class TurnAwayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reply: Response?

    init(saying reply: Response?) { self.reply = reply }

    func channelActive(context: ChannelHandlerContext) {
        if let reply = self.reply {
            var buffer = context.channel.allocator.buffer(capacity: 64)
            reply.write(into: &buffer)
            context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
