package import NIOCore

/// Plaintext that waits to be sealed, with the promises of those who wrote it.
struct WaitingWrites {
    private(set) var octets = 0
    private var writes: [(plaintext: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
    var flushRequested = false

    mutating func append(_ plaintext: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.octets += plaintext.readableBytes
        self.writes.append((plaintext, promise))
    }

    mutating func takeAll() -> [(plaintext: ByteBuffer, promise: EventLoopPromise<Void>?)] {
        defer { self = WaitingWrites() }
        return self.writes
    }

    mutating func fail(_ error: any Error) {
        for write in self.takeAll() { write.promise?.fail(error) }
    }
}

extension TLSHandler {
    /// The most plaintext one record holds (RFC 8446 §5.1).
    private static let recordSize = 16_384
    /// From here on a writer that never flushes is sealed all the same, so that the channel's writability knows of it.
    private static let gatherLimit = 4 * recordSize

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plaintext = self.unwrapOutboundIn(data)
        switch self.state {
        case .idle, .handshaking:
            guard self.waiting.octets + plaintext.readableBytes <= Self.maximumWaiting else {
                promise?.fail(TLSError.handshake(reason: "too much was written before its end"))
                return
            }
            self.waiting.append(plaintext, promise: promise)
        case .open:
            self.waiting.append(plaintext, promise: promise)
            if self.waiting.octets >= Self.gatherLimit { self.sealWaiting(context: context, flush: false) }
        case .closing, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        switch self.state {
        case .idle, .handshaking:
            self.waiting.flushRequested = true
        case .open:
            self.sealWaiting(context: context, flush: true)
        case .closing, .closed:
            context.flush()
        }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (self.state, mode) {
        case (.open, .output):
            self.state = .closing
            self.waiting.fail(ChannelError.outputClosed)
            self.connection.sendCloseNotify()
            self.sendOutbound(context: context, flush: true)
            context.close(mode: .output, promise: promise)
        case (.open, .all):
            self.state = .closing
            self.waiting.fail(ChannelError.ioOnClosedChannel)
            self.connection.sendCloseNotify()
            self.closeWhenSent(context: context, promise: promise)
        case (.idle, .all), (.handshaking, .all), (.closing, .all), (.closed, .all):
            self.state = .closed
            self.waiting.fail(ChannelError.ioOnClosedChannel)
            context.close(mode: mode, promise: promise)
        case (_, .input), (_, .output):
            context.close(mode: mode, promise: promise)
        }
    }

    /// A close at once would throw away what the socket has not taken yet.
    private func closeWhenSent(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: Self.closeTimeout) {
            bound.value.close(mode: .all, promise: nil)
        }
        sent.futureResult.whenComplete { _ in
            timeout.cancel()
            bound.value.close(mode: .all, promise: promise)
        }
        self.sendOutbound(context: context, flush: false, promise: sent)
        context.flush()
    }

    /// Seals all that waits. Small writes are joined: a record costs 29 octets and the work of one, whatever it holds.
    func sealWaiting(context: ChannelHandlerContext, flush: Bool) {
        let writes = self.waiting.takeAll()
        guard !writes.isEmpty else {
            if flush { context.flush() }
            return
        }
        var promises = writes.compactMap(\.promise)
        do {
            var gathered = ByteBuffer()
            for write in writes {
                if gathered.readableBytes == 0, write.plaintext.readableBytes >= Self.recordSize {
                    try self.connection.write(write.plaintext)
                    continue
                }
                gathered.writeImmutableBuffer(write.plaintext)
                guard gathered.readableBytes >= Self.recordSize else { continue }
                try self.connection.write(gathered)
                gathered.clear()
            }
            try self.connection.write(gathered)
        } catch {
            for promise in promises { promise.fail(error) }
            self.abandon(error, context: context)
            return
        }
        let last = promises.popLast()
        if let last, !promises.isEmpty {
            last.futureResult.whenComplete { [promises] result in
                for promise in promises { promise.completeWith(result) }
            }
        }
        self.sendOutbound(context: context, flush: flush, promise: last)
    }

    private func abandon(_ error: TLSError, context: ChannelHandlerContext) {
        self.state = .closed
        context.fireErrorCaught(error)
        context.close(mode: .all, promise: nil)
    }
}
