import Gateway
import NIOCore
import POP3

/// What goes to the device: short replies are gathered to one write, pieces of a message go as they are.
struct SessionOutput {
    private var gathered = ByteBuffer()
    private var gatheredBody = false
    /// Octets of replies and pieces since the last flush.
    private(set) var unflushed = 0
    /// Writes that the kernel has not taken yet.
    var unwritten = 0
    /// A write that held part of a message failed: no mark of this session may be committed.
    var bodyFailed = false
    /// When something was written, the device had sent more that was not read yet, and not all of that was read since.
    var wasOvertaken = false
    /// `drained` is due once `unwritten` is 0.
    var drainIsAwaited = false
    /// `writable` is due once the channel can take more.
    var writableIsAwaited = false

    mutating func reply(_ response: Response) {
        let before = self.gathered.readableBytes
        response.write(into: &self.gathered)
        self.unflushed += self.gathered.readableBytes - before
    }

    /// Pieces up to this size are copied together, larger ones are written by themselves.
    private static let smallPiece = 4_096

    /// Nil when the piece was gathered; else what must be written now, in this order.
    mutating func piece(_ piece: ByteBuffer) -> [Write]? {
        self.gatheredBody = true
        self.unflushed += piece.readableBytes
        guard piece.readableBytes > Self.smallPiece else {
            self.gathered.writeImmutableBuffer(piece)
            return nil
        }
        return [self.take(), Write(octets: piece, holdsBody: true)].compactMap(\.self)
    }

    /// What was gathered.
    mutating func take() -> Write? {
        guard self.gathered.readableBytes > 0 else { return nil }
        defer {
            self.gathered = ByteBuffer()
            self.gatheredBody = false
        }
        return Write(octets: self.gathered, holdsBody: self.gatheredBody)
    }

    mutating func flushed() { self.unflushed = 0 }

    struct Write {
        let octets: ByteBuffer
        let holdsBody: Bool
    }
}

extension SessionHandler {
    func write(_ write: SessionOutput.Write) {
        guard let context = self.context, !self.isGone else {
            if write.holdsBody { self.output.bodyFailed = true }
            return
        }
        self.output.unwritten += 1
        context.write(self.wrapOutboundOut(write.octets)).assumeIsolated().whenComplete { result in
            self.output.unwritten -= 1
            switch result {
            case .success: self.deviceMadeProgress()
            case .failure: if write.holdsBody { self.output.bodyFailed = true }
            }
            self.drainedIfAwaited()
            self.closeIfWritten()
        }
    }

    /// Sends what was gathered.
    func flush() {
        if let write = self.output.take() { self.write(write) }
        guard self.output.unflushed > 0 else { return }
        self.output.flushed()
        guard !self.isGone else { return }
        self.lookForCrossing()
        self.context?.flush()
    }

    /// A few octets of commands can ask for megabytes of lists, and only what was flushed makes the channel unwritable:
    /// TLS holds back the rest.
    func flushIfMuch() {
        if self.output.unflushed >= Self.maximumUnflushed { self.flush() }
    }

    private static let maximumUnflushed = 16_384

    func awaitDrained() {
        self.output.drainIsAwaited = true
        self.flush()
        self.drainedIfAwaited()
    }

    private func drainedIfAwaited() {
        guard self.output.drainIsAwaited, self.output.unwritten == 0, !self.output.bodyFailed else { return }
        self.output.drainIsAwaited = false
        self.perform(self.machine.drained())
        self.drive()
    }

    /// The device's channel has room again: the body goes on, or the list does.
    func deviceCanTakeMore() {
        if self.body?.owesDemand == true {
            self.body?.owesDemand = false
            self.body?.source.more()
        }
        if self.output.writableIsAwaited {
            self.output.writableIsAwaited = false
            self.perform(self.machine.writable())
        }
    }
}
