import Glibc

/// A file without a name, for octets that nobody is to find once the process has ended: the kernel takes it away then,
/// however it ends. Any thread may read and write; its owner sees to it that nobody reads what somebody writes.
package final class SpoolFile: Sendable {
    /// O_TMPFILE: a file that never has a name. The C macro is out of Swift's reach.
    private static let nameless: Int32 = 0o20000000 | O_DIRECTORY
    /// FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of fallocate(2); the Glibc module leaves the call out.
    private static let hole: Int32 = 0x1 | 0x2

    private let descriptor: Int32

    /// Makes one in `folder`, which only this user may read. Where the file system knows no nameless files, a named one is
    /// made and loses its name at once.
    package init(in folder: String) throws(SystemError) {
        let descriptor = unsafe open(folder, Self.nameless | O_RDWR | O_CLOEXEC | O_EXCL, 0o600)
        if descriptor >= 0 {
            self.descriptor = descriptor
            return
        }
        guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else { throw SystemError("open") }
        self.descriptor = try Self.unlinked(in: folder)
    }

    deinit { close(self.descriptor) }

    /// The other way: a new file for its owner alone, under a name that nobody can guess, for a moment.
    static func unlinked(in folder: String) throws(SystemError) -> Int32 {
        let name = "\(folder)/spool-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open") }
        guard unsafe unlink(name) == 0 else {
            let error = SystemError("unlink")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Writes all of `octets`, or throws; then any part of them may be there.
    package func write(_ octets: Span<UInt8>, at offset: Int) throws(SystemError) {
        var written = 0
        while written < octets.count {
            let count = unsafe octets.withUnsafeBufferPointer { buffer in
                unsafe pwrite(
                    self.descriptor,
                    buffer.baseAddress.map { unsafe $0 + written },
                    buffer.count - written,
                    off_t(offset + written)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("pwrite") }
            guard count > 0 else { throw SystemError(call: "pwrite", code: ENOSPC) }
            written += count
        }
    }

    /// Adds the `count` octets from `offset` to `span`, or throws; then any part of them may be added. There must be room.
    package func read(_ count: Int, from offset: Int, into span: inout OutputRawSpan) throws(SystemError) {
        var missing = count
        var place = offset
        while missing > 0 {
            let read = unsafe span.withUnsafeMutableBytes { buffer, initialized in
                let count = unsafe pread(
                    self.descriptor,
                    buffer.baseAddress.map { unsafe $0 + initialized },
                    min(missing, buffer.count - initialized),
                    off_t(place)
                )
                if count > 0 { initialized += count }
                return count
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw SystemError("pread") }
            // The file ends where nobody has written yet, or there was no room.
            guard read > 0 else { throw SystemError(call: "pread", code: EIO) }
            missing -= read
            place += read
        }
    }

    /// Gives the room of these octets back to the file system, where it can do that; they read as zeros afterwards.
    package func discard(_ range: Range<Int>) throws(SystemError) {
        guard !range.isEmpty else { return }
        typealias Fallocate = @convention(c) (CInt, CInt, off_t, off_t) -> CInt
        guard let symbol = unsafe dlsym(nil, "fallocate") else { throw SystemError(call: "fallocate", code: ENOSYS) }
        let (start, length) = (off_t(range.lowerBound), off_t(range.count))
        guard unsafe unsafeBitCast(symbol, to: Fallocate.self)(self.descriptor, Self.hole, start, length) == 0 else {
            throw SystemError("fallocate")
        }
    }

    /// Octets that the file takes on its disk.
    package func allocated() throws(SystemError) -> Int {
        var status = stat()
        guard unsafe fstat(self.descriptor, &status) == 0 else { throw SystemError("fstat") }
        return Int(clamping: status.st_blocks).multipliedReportingOverflow(by: 512).partialValue
    }
}
