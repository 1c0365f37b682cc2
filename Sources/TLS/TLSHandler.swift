package import NIOCore

/// libssl between the socket and the handlers behind it. Can be added to a live pipeline (STLS, STARTTLS).
///
/// Behind it stands plaintext, before it ciphertext. What is written waits until a flush and is then sealed in records of up to
/// 16 kB; what is written before the handshake ends waits for its end. `close` sends close_notify and closes when that has
/// left, or after `closeTimeout`. How long a handshake may take is its owner's business.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// How much plaintext may wait for the end of the handshake, whose length the peer decides.
    package static let maximumWaiting = 256 * 1024
    /// How much a peer may send without any plaintext in it: tickets and key updates are small (T-077).
    package static let maximumSilence = 64 * 1024
    /// How long a close waits for a peer that takes nothing.
    package static let closeTimeout = TimeAmount.seconds(5)

    enum State {
        case idle
        case handshaking
        case open
        /// close_notify is sent, or the handshake was given up: nothing more goes out.
        case closing
        case closed
    }

    let connection: TLSConnection
    var state = State.idle
    var waiting = WaitingWrites()
    /// The handlers behind wait for plaintext that has not come yet.
    var readRequested = false
    /// The peer's side ended, by close_notify or for good.
    var inputEnded = false
    private var silence = 0

    package init(server context: TLSContext) {
        self.connection = TLSConnection(server: context)
    }

    /// `serverName` is checked against the certificate; a host name or an IP address.
    package init(client context: TLSContext, serverName: String) throws(TLSError) {
        self.connection = try TLSConnection(client: context, serverName: serverName)
    }

    /// The peer's certificate in PEM, once established; nil at a server.
    package var peerCertificatePEM: [UInt8]? { self.connection.peerCertificatePEM }

    package func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        // A read that was asked for before we came is answered with what comes after the handshake.
        self.readRequested = true
        self.start(context: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.state = .closed
        self.waiting.fail(ChannelError.ioOnClosedChannel)
    }

    package func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        self.start(context: context)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.inputEnded else { return }
        let ciphertext = self.unwrapInboundIn(data)
        switch self.state {
        case .handshaking, .open:
            self.silence += ciphertext.readableBytes
            self.connection.receive(ciphertext)
            self.advance(context: context)
        case .idle, .closing, .closed:
            break
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        switch self.state {
        case .handshaking:
            context.read()
        case .open where self.readRequested && !self.inputEnded:
            // Ciphertext came, plaintext did not: without another read a channel that does not read by itself would stall.
            context.read()
        case .idle, .open, .closing, .closed:
            break
        }
    }

    package func read(context: ChannelHandlerContext) {
        self.readRequested = true
        context.read()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.endInput(context: context)
        self.state = .closed
        self.waiting.fail(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            // After close_notify this was said already.
            guard !self.inputEnded else { return }
            self.endInput(context: context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: The handshake and what arrives

    private func start(context: ChannelHandlerContext) {
        guard case .idle = self.state else { return }
        self.state = .handshaking
        self.advance(context: context)
        if case .handshaking = self.state { context.read() }
    }

    private func advance(context: ChannelHandlerContext) {
        do {
            if case .handshaking = self.state {
                let progress = try self.connection.handshake()
                self.sendOutbound(context: context, flush: true)
                guard progress == .done else { return }
                self.established(context: context)
            }
            try self.deliver(context: context)
        } catch {
            self.fail(error, context: context)
        }
    }

    private func established(context: ChannelHandlerContext) {
        self.state = .open
        self.silence = 0
        context.fireUserInboundEventTriggered(TLSEvent.established(self.connection.session))
        // A flush that came in the handshake is made up for, else the first command would hang.
        if self.waiting.flushRequested { self.sealWaiting(context: context, flush: true) }
    }

    private func deliver(context: ChannelHandlerContext) throws(TLSError) {
        while case .open = self.state, !self.inputEnded {
            let result = try self.connection.read()
            switch result {
            case .plaintext(let plaintext):
                self.silence = 0
                self.readRequested = false
                context.fireChannelRead(self.wrapInboundOut(plaintext))
            case .needsInput:
                // What libssl answered by itself: a key update, an alert.
                self.sendOutbound(context: context, flush: true)
                guard self.silence <= Self.maximumSilence else {
                    throw .protocolViolation(reason: "much was sent that holds no data")
                }
                return
            case .ended:
                self.closeNotifyArrived(context: context)
            }
        }
    }

    private func closeNotifyArrived(context: ChannelHandlerContext) {
        self.inputEnded = true
        context.fireUserInboundEventTriggered(TLSEvent.closeNotify)
        let options = context.channel.syncOptions
        if (try? options?.getOption(ChannelOptions.allowRemoteHalfClosure)) == true {
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            self.close(context: context, mode: .all, promise: nil)
        }
    }

    /// No more ciphertext will come: tells an end in due form from a cut.
    private func endInput(context: ChannelHandlerContext) {
        guard !self.inputEnded else { return }
        self.connection.inputEnded = true
        switch self.state {
        case .handshaking, .open:
            self.advance(context: context)
        case .idle, .closing, .closed:
            break
        }
        self.inputEnded = true
    }

    private func fail(_ error: TLSError, context: ChannelHandlerContext) {
        self.state = .closed
        self.inputEnded = true
        // The alert that says why.
        self.sendOutbound(context: context, flush: true)
        self.waiting.fail(error)
        context.fireErrorCaught(error)
        context.close(mode: .all, promise: nil)
    }

    func sendOutbound(context: ChannelHandlerContext, flush: Bool, promise: EventLoopPromise<Void>? = nil) {
        if let ciphertext = self.connection.takeOutbound() {
            context.write(self.wrapOutboundOut(ciphertext), promise: promise)
            if flush { context.flush() }
        } else {
            promise?.succeed()
        }
    }
}
