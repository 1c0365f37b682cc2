import NIOCore
import Synchronization

/// Counts the octets of bodies in memory, those that only a reader still holds included.
final class SpoolMemory: Sendable {
    /// What a body costs beside its octets: its key, its place in the list, and the objects.
    static let overhead = 384

    let bound: Int
    private let octets = Mutex(0)

    init(bound: Int) { self.bound = max(0, bound) }

    var used: Int { self.octets.withLock { $0 } }

    /// False where there is no room; then nothing was taken.
    func take(_ count: Int) -> Bool {
        self.octets.withLock { octets in
            guard count <= self.bound - octets else { return false }
            octets += count
            return true
        }
    }

    func give(_ count: Int) { self.octets.withLock { $0 -= count } }
}

/// How pieces are kept in memory: what counts is what they hold, not what can be read of them. A slice holds the whole
/// buffer of the read that it came with, and a buffer has a power of two of octets.
enum SpoolPieces {
    static let longest = 65_536
    private static let shortest = 1_024

    /// The same octets, at most a quarter beyond them held.
    static func fitted(_ pieces: [ByteBuffer]) -> [ByteBuffer] {
        let octets = Self.readable(pieces)
        guard Self.held(pieces) > octets + octets / 4 else { return pieces.filter { $0.readableBytes > 0 } }
        var fitted: [ByteBuffer] = []
        var rest = pieces[...]
        var source = ByteBuffer()
        for length in Self.lengths(octets) {
            var buffer = ByteBufferAllocator().buffer(capacity: length)
            while buffer.readableBytes < length {
                if source.readableBytes == 0 {
                    guard let next = rest.popFirst() else { break }
                    source = next
                }
                let count = min(source.readableBytes, length - buffer.readableBytes)
                if var slice = source.readSlice(length: count) { buffer.writeBuffer(&slice) }
            }
            fitted.append(buffer)
        }
        return fitted
    }

    static func readable(_ pieces: [ByteBuffer]) -> Int { pieces.reduce(0) { $0 + $1.readableBytes } }

    /// Two slices of one buffer count twice: that errs on the safe side.
    static func held(_ pieces: [ByteBuffer]) -> Int { pieces.reduce(0) { $0 + $1.storageCapacity } }

    /// Cuts a length so that a power of two above each part is not far from it.
    static func lengths(_ octets: Int) -> [Int] {
        var lengths: [Int] = []
        var rest = octets
        while rest > 0 {
            let whole = min(Self.longest, 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount))
            let wasteOfOne = rest < Self.longest ? 2 * whole - rest : .max
            let length = rest <= Self.shortest || rest == whole || wasteOfOne <= rest / 4 ? rest : whole
            lengths.append(length)
            rest -= length
        }
        return lengths
    }
}
