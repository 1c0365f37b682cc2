package import NIOCore

/// Reads what is about to leave, and lets only what it knows pass. Each protocol has a parser of its own, which shares no
/// line with the client whose octets it judges.
package protocol OutboundFilter {
    init()
    /// Judges what is to be written, in any cut.
    mutating func check(_ octets: some Sequence<UInt8>) -> FilterVerdict
    /// Hears what the other side sends.
    mutating func heard(_ octets: some Sequence<UInt8>)
    /// What has left since the last call, a line each, secrets cut out.
    mutating func takeTranscript() -> [String]
}

package enum FilterVerdict: Hashable, Sendable {
    /// These octets may leave now; the rest is held until its line is whole.
    case pass([UInt8])
    /// Nothing may leave any more. The words are ours.
    case refuse(String)
}

/// A guard has closed the connection.
package struct GuardRefusal: Error, Hashable {
    package let reason: String
}

/// Towards the mail server.
package typealias ReadOnlyGuard = OutboundGuard<ReadOnlyFilter>
/// Towards a provider's own POP3 service.
package typealias POP3Guard = OutboundGuard<POP3Filter>

/// The last handler before TLS: hands on only what its filter lets pass. At the first octet that it does not know the
/// connection is closed, nothing of that write has left, and the operator hears of it.
package final class OutboundGuard<Filter: OutboundFilter>: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private var filter = Filter()
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
            promise?.fail(GuardRefusal(reason: reason))
            context.fireErrorCaught(GuardRefusal(reason: reason))
            context.close(promise: nil)
        }
    }
}
