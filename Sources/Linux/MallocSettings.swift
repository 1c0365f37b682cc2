import Glibc

/// What we ask of the allocator. By default glibc gives the top of the heap back to the kernel and takes it again around
/// every buffer, which was a third of the processor time of a drain.
package enum MallocSettings {
    private typealias Mallopt = @convention(c) (CInt, CInt) -> CInt
    private typealias MallocTrim = @convention(c) (CInt) -> CInt

    /// Parameters of mallopt(3), from malloc.h, which the Glibc module leaves out.
    private static let trimThreshold: CInt = -1
    private static let topPad: CInt = -2
    private static let mmapThreshold: CInt = -3

    /// Raises the thresholds: trim at 64 MiB, 1 MiB of pad, mmap from 32 MiB. Call first thing in `main`, before any
    /// thread. False if the C library has no such call (it is not glibc) or refuses.
    @discardableResult
    package static func raiseThresholds() -> Bool {
        guard let symbol = unsafe dlsym(nil, "mallopt") else { return false }
        let mallopt = unsafe unsafeBitCast(symbol, to: Mallopt.self)
        let settings: [(CInt, CInt)] = [
            (self.trimThreshold, 64 << 20), (self.topPad, 1 << 20), (self.mmapThreshold, 32 << 20),
        ]
        return settings.map { mallopt($0.0, $0.1) }.allSatisfy { $0 == 1 }
    }

    /// Gives free memory back, after many sessions have ended. Takes milliseconds: not on an event loop. True if
    /// something was given back.
    @discardableResult
    package static func trim() -> Bool {
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return false }
        return unsafe unsafeBitCast(symbol, to: MallocTrim.self)(0) == 1
    }
}
