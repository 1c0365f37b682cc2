package import NIOCore
import NIOPosix
import Synchronization

/// A body that goes to the spool's disk while it comes, and can be read there meanwhile. Any thread may use it, one at a
/// time. Dropped without `finish`, it is abandoned.
///
/// Octets wait in memory until the disk has taken them: at most `maximumPending` of them, and the piece that goes beyond,
/// where the caller stops reading its channel while `isFull`.
package final class SpoolWriter: Sendable {
    package enum Event: Hashable, Sendable {
        /// So many octets can be read, counted from the first.
        case written(Int)
        /// It was full, and is not any more.
        case drained
        /// All is written, and in the spool.
        case whole
        /// What has been written can still be read; no more comes.
        case failed(SpoolError)
    }

    static let maximumPending = 1_048_576

    fileprivate enum Phase {
        case open
        /// `finish` was said; the rest is being written.
        case ending
        case over(Event)
    }

    fileprivate struct Observer {
        let loop: any EventLoop
        let told: @Sendable (Event) -> Void
    }

    fileprivate struct State {
        var phase = Phase.open
        var pending: [ByteBuffer] = []
        /// Octets given that are not on the disk.
        var waiting = 0
        var given = 0
        var isWriting = false
        var wasFull = false
        var observers: [Observer] = []

        /// In the order in which they happen, since nothing else does meanwhile.
        func tell(_ event: Event) {
            for observer in self.observers { observer.loop.execute { observer.told(event) } }
        }

        /// Gives what is to be let go of, for when nothing is locked any more: that may call back.
        mutating func end(_ event: Event) -> [Observer] {
            self.phase = .over(event)
            self.pending = []
            self.waiting = 0
            self.tell(event)
            defer { self.observers = [] }
            return self.observers
        }
    }

    fileprivate enum Step {
        case write([ByteBuffer])
        case complete
        case rest
    }

    /// For readers: what `written` tells is there.
    package let body: SpooledBody
    private let key: BodySpool.Key
    private let length: Int
    private let extent: SpoolExtent
    private let progress = SpoolProgress(written: 0)
    private let spool: BodySpool
    private let state = Mutex(State())

    init(_ key: BodySpool.Key, length: Int, _ extent: SpoolExtent, for spool: BodySpool) {
        self.key = key
        self.length = length
        self.extent = extent
        self.spool = spool
        self.body = SpooledBody(extent, octets: UInt64(clamping: length), self.progress)
    }

    deinit { self.end(.abandoned) }

    /// Octets that can be read.
    package var written: Int { self.progress.now.written }

    /// Whoever gives pieces should wait for `drained`.
    package var isFull: Bool { self.state.withLock { $0.wasFull } }

    /// Tells, on `loop`, where it stands now, and what happens from now on. `whole` or `failed` is the last.
    package func observe(on loop: any EventLoop, _ told: @escaping @Sendable (Event) -> Void) {
        self.state.withLock { state in
            let written = self.progress.now.written
            if written > 0 { loop.execute { told(.written(written)) } }
            switch state.phase {
            case .open, .ending: state.observers.append(Observer(loop: loop, told: told))
            case .over(let event): loop.execute { told(event) }
            }
        }
    }

    /// The next octets; after the end they are let fall. More than were announced are none of this body's: it fails.
    package func write(_ piece: ByteBuffer) {
        let (begins, isTooLong) = self.state.withLock { state -> (Bool, Bool) in
            guard case .open = state.phase, piece.readableBytes > 0 else { return (false, false) }
            guard piece.readableBytes <= self.length - state.given else { return (false, true) }
            state.pending.append(piece)
            state.given += piece.readableBytes
            state.waiting += piece.readableBytes
            if state.waiting >= Self.maximumPending { state.wasFull = true }
            defer { state.isWriting = true }
            return (!state.isWriting, false)
        }
        if isTooLong { return self.end(.abandoned) }
        guard begins else { return }
        self.extent.disk.threads.submit { work in
            if work == .active { self.drain() } else { self.end(.ended) }
        }
    }

    /// All has come. Where it is as much as was announced, it is in the spool once it is written.
    package func finish() {
        let step = self.state.withLock { state -> Step in
            guard case .open = state.phase else { return .rest }
            state.phase = .ending
            return state.isWriting ? .rest : .complete
        }
        if case .complete = step { self.complete() }
    }

    /// No more comes.
    package func abandon() { self.end(.abandoned) }

    /// Blocks.
    private func drain() {
        while true {
            switch self.state.withLock({ $0.next() }) {
            case .rest: return
            case .complete: return self.complete()
            case .write(let pieces):
                let count = SpoolPieces.readable(pieces)
                do throws(SpoolError) {
                    let place = self.extent.range.lowerBound + self.progress.now.written
                    try self.extent.disk.write(pieces, at: place)
                } catch {
                    return self.end(error)
                }
                self.advance(by: count)
            }
        }
    }

    private func advance(by count: Int) {
        self.state.withLock { state in
            self.progress.advance(by: count)
            guard !state.isOver else { return }
            state.tell(.written(self.progress.now.written))
            state.waiting -= count
            guard state.wasFull, state.waiting <= Self.maximumPending / 2 else { return }
            state.wasFull = false
            state.tell(.drained)
        }
    }

    private func complete() {
        guard self.written == self.length else { return self.end(.abandoned) }
        // In the spool first: whoever is told looks there.
        self.spool.take(self.key, self.body)
        _ = self.state.withLock { state -> [Observer] in state.isOver ? [] : state.end(.whole) }
    }

    private func end(_ error: SpoolError) {
        _ = self.state.withLock { state -> [Observer] in
            guard !state.isOver else { return [] }
            self.progress.fail(error)
            return state.end(.failed(error))
        }
    }
}

extension SpoolWriter.State {
    fileprivate var isOver: Bool {
        if case .over = self.phase { true } else { false }
    }

    /// What is to be done by the one who writes.
    fileprivate mutating func next() -> SpoolWriter.Step {
        guard !self.isOver, !self.pending.isEmpty else {
            self.isWriting = false
            if case .ending = self.phase { return .complete }
            return .rest
        }
        defer { self.pending = [] }
        return .write(self.pending)
    }
}
