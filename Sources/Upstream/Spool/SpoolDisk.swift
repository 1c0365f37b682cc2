import NIOCore
import NIOPosix
import Synchronization

package import class Linux.SpoolFile
package import struct Linux.SystemError

/// Why octets of a body cannot be had from the spool.
package enum SpoolError: Error, Hashable, Sendable {
    case disk(SystemError)
    /// Whoever fetched it gave up, or more or fewer octets came than were announced.
    case abandoned
    /// The process is about to end.
    case ended
}

/// The part of the spool that lies on a disk. After the first failure it takes nothing more: what lies there already can
/// still be read where the disk lets it.
final class SpoolDisk: Sendable {
    private struct State {
        var extents: SpoolExtents
        var hasFailed = false
    }

    let length: Int
    let threads: NIOThreadPool
    private let file: SpoolFile
    private let state: Mutex<State>
    private let warn: @Sendable (String) -> Void

    /// Nil, and told, where the file cannot be made; nil for no octets.
    init?(octets: Int, folder: String, threads: NIOThreadPool, warn: @escaping @Sendable (String) -> Void) {
        let extents = SpoolExtents(length: octets)
        guard extents.length > 0 else { return nil }
        do throws(SystemError) {
            self.file = try SpoolFile(in: folder)
        } catch {
            warn("the spool has no disk, and goes on in memory: \(error)")
            return nil
        }
        self.length = extents.length
        self.threads = threads
        self.state = Mutex(State(extents: extents))
        self.warn = warn
    }

    /// Octets that are taken, those that only a reader still holds included.
    var used: Int { self.state.withLock { $0.extents.used } }

    var works: Bool { self.state.withLock { !$0.hasFailed } }

    func room(for octets: Int) -> SpoolExtent? {
        self.state.withLock { state in
            guard !state.hasFailed, let range = state.extents.allocate(octets) else { return nil }
            return SpoolExtent(range, on: self)
        }
    }

    /// Takes an extent back. Its room goes back to the file system first, unless another body is to have it at once.
    func free(_ range: Range<Int>, isWanted: Bool) {
        guard !isWanted else { return self.state.withLock { $0.extents.free(range) } }
        self.threads.submit { state in
            // Where the file system knows no holes, the room is kept for other bodies.
            if state == .active { try? self.file.discard(range) }
            self.state.withLock { $0.extents.free(range) }
        }
    }

    /// Blocks: only on a thread of `threads`.
    func write(_ pieces: [ByteBuffer], at offset: Int) throws(SpoolError) {
        var place = offset
        do throws(SystemError) {
            for piece in pieces {
                try self.file.write(piece.readableBytesUInt8Span, at: place)
                place += piece.readableBytes
            }
        } catch {
            throw self.failed(error)
        }
    }

    /// Blocks: only on a thread of `threads`.
    func read(_ count: Int, from offset: Int) throws(SpoolError) -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        do throws(SystemError) {
            for start in stride(from: 0, to: count, by: SpoolPieces.longest) {
                let length = min(SpoolPieces.longest, count - start)
                var piece = ByteBufferAllocator().buffer(capacity: length)
                try piece.writeWithOutputRawSpan(minimumWritableBytes: length) {
                    (span: inout OutputRawSpan) throws(SystemError) in
                    try self.file.read(length, from: offset + start, into: &span)
                }
                pieces.append(piece)
            }
        } catch {
            throw self.failed(error)
        }
        return pieces
    }

    private func failed(_ error: SystemError) -> SpoolError {
        let isFirst = self.state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        if isFirst { self.warn("the spool's disk failed, and it goes on in memory: \(error)") }
        return .disk(error)
    }
}

/// Room on the spool's disk, until the last who holds it lets go.
final class SpoolExtent: Sendable {
    let disk: SpoolDisk
    let range: Range<Int>
    private let isWanted = Atomic(false)

    fileprivate init(_ range: Range<Int>, on disk: SpoolDisk) {
        self.range = range
        self.disk = disk
    }

    deinit { self.disk.free(self.range, isWanted: self.isWanted.load(ordering: .relaxed)) }

    /// Its room is wanted for another body.
    func makeWay() { self.isWanted.store(true, ordering: .relaxed) }
}
