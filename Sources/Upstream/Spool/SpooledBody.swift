package import NIOCore
import NIOPosix
import Synchronization

/// The octets of one message. Whoever holds it can read it: what takes it out of the spool meanwhile takes no octets away,
/// and these count against the spool's bounds until the last reader lets go of it.
package final class SpooledBody: Sendable {
    private enum Place {
        case memory([ByteBuffer], SpoolMemory, counted: Int)
        case disk(SpoolExtent, SpoolProgress)
    }

    /// As announced by the mail server. All of them have come, unless this is the body of a `SpoolWriter`.
    package let octets: UInt64
    private let place: Place

    /// - Parameter counted: octets of `memory`, taken before.
    init(_ pieces: [ByteBuffer], octets: UInt64, memory: SpoolMemory, counted: Int) {
        self.octets = octets
        self.place = .memory(pieces, memory, counted: counted)
    }

    init(_ extent: SpoolExtent, octets: UInt64, _ progress: SpoolProgress) {
        self.octets = octets
        self.place = .disk(extent, progress)
    }

    deinit {
        switch self.place {
        case .memory(_, let memory, let counted): memory.give(counted)
        case .disk: break
        }
    }

    /// All of it, where it lies in memory. Whoever uses them holds the body as long, since it is what counts.
    package var pieces: [ByteBuffer]? {
        switch self.place {
        case .memory(let pieces, _, _): pieces
        case .disk: nil
        }
    }

    /// Its octets from `offset`, at most `atMost` of them, and none where nothing is there yet. Fails where the disk fails,
    /// and where what is asked for will never come.
    package func read(from offset: Int, atMost: Int, on loop: any EventLoop) -> EventLoopFuture<[ByteBuffer]> {
        guard offset >= 0, atMost > 0 else { return loop.makeSucceededFuture([]) }
        switch self.place {
        case .memory(let pieces, _, _):
            return loop.makeSucceededFuture(Self.part(of: pieces, from: offset, atMost: atMost))
        case .disk(let extent, let progress):
            let (written, failure) = progress.now
            guard written > offset else {
                guard let failure else { return loop.makeSucceededFuture([]) }
                return loop.makeFailedFuture(failure)
            }
            let count = min(atMost, written - offset)
            return extent.disk.threads.runIfActive(eventLoop: loop) {
                do throws(SpoolError) {
                    return try extent.disk.read(count, from: extent.range.lowerBound + offset)
                } catch {
                    progress.fail(error)
                    throw error
                }
            }
        }
    }

    /// It could not be read, or its writer gave up: nobody else should try.
    var isBroken: Bool {
        switch self.place {
        case .memory: false
        case .disk(_, let progress): progress.now.failure != nil
        }
    }

    /// It was taken out of the spool for another.
    func makeWay() {
        switch self.place {
        case .memory: break
        case .disk(let extent, _): extent.makeWay()
        }
    }

    private static func part(of pieces: [ByteBuffer], from offset: Int, atMost: Int) -> [ByteBuffer] {
        var part: [ByteBuffer] = []
        var (skipped, missing) = (offset, atMost)
        for piece in pieces where missing > 0 {
            guard skipped < piece.readableBytes else {
                skipped -= piece.readableBytes
                continue
            }
            let count = min(missing, piece.readableBytes - skipped)
            if let slice = piece.getSlice(at: piece.readerIndex + skipped, length: count) { part.append(slice) }
            missing -= count
            skipped = 0
        }
        return part
    }
}

/// How much of a body is on the disk.
final class SpoolProgress: Sendable {
    private let state: Mutex<(written: Int, failure: SpoolError?)>

    init(written: Int) { self.state = Mutex((written, nil)) }

    /// Where there is a failure, nothing will come behind what is written.
    var now: (written: Int, failure: SpoolError?) { self.state.withLock { $0 } }

    func advance(by count: Int) { self.state.withLock { $0.written += count } }

    /// The first failure stays.
    func fail(_ error: SpoolError) { self.state.withLock { $0.failure = $0.failure ?? error } }
}
