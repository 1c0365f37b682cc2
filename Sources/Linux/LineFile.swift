import Glibc

/// A file that grows by whole lines, written by us alone and read by others meanwhile: a line that does not fit on the
/// disk, or that an end of the process has torn, is taken back.
package final class LineFile: Sendable {
    /// Octets from the end in which the last line is looked for: a record is never as long.
    private static let tail = 4 << 20

    private let descriptor: Int32

    /// Opens a regular file for appending. One that is new gets `mode`, whatever the process's mask is. A last line
    /// without its end is cut off.
    package init(path: String, mode: UInt32) throws(SystemError) {
        self.descriptor = try Self.open(path, mode)
        try self.cutTornLine()
    }

    deinit { close(self.descriptor) }

    private static func open(_ path: String, _ mode: UInt32) throws(SystemError) -> Int32 {
        let flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let new = unsafe Glibc.open(path, flags | O_CREAT | O_EXCL, mode)
        if new >= 0 {
            fchmod(new, mode)
            return new
        }
        guard errno == EEXIST else { throw SystemError("open") }
        let descriptor = unsafe Glibc.open(path, flags)
        guard descriptor >= 0 else { throw SystemError("open") }
        // A pipe would stop us when nobody reads it.
        guard let status = Self.status(of: descriptor), status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SystemError(call: "open", code: ESPIPE)
        }
        return descriptor
    }

    /// Whether `path` still names this file: whoever rotates logs gives it another name.
    package func isNamed(_ path: String) -> Bool {
        var named = stat()
        guard unsafe stat(path, &named) == 0, let own = Self.status(of: self.descriptor) else { return false }
        return named.st_ino == own.st_ino && named.st_dev == own.st_dev
    }

    /// Appends whole lines, each with its end, and gives how many of them are there; fewer when an error came between, which
    /// `error` says.
    package func append(_ lines: [[UInt8]]) -> (count: Int, error: SystemError?) {
        let octets = lines.flatMap(\.self)
        var written = 0
        while written < octets.count {
            let count = unsafe octets.withUnsafeBytes {
                unsafe write(self.descriptor, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (self.keepWholeLines(lines, written: written), SystemError("write")) }
            written += count
        }
        return (lines.count, nil)
    }

    /// How many lines are whole among the first `written` octets; what is there of the next one is cut off.
    private func keepWholeLines(_ lines: [[UInt8]], written: Int) -> Int {
        let error = errno
        var (whole, count) = (0, 0)
        for line in lines {
            guard whole + line.count <= written else { break }
            whole += line.count
            count += 1
        }
        if let status = Self.status(of: self.descriptor) {
            ftruncate(self.descriptor, status.st_size - (written - whole))
        }
        errno = error
        return count
    }

    /// Returns when what was appended is on the disk.
    package func sync() throws(SystemError) {
        guard fdatasync(self.descriptor) == 0 else { throw SystemError("fdatasync") }
    }

    /// The last line, without its end; nil for an empty file, or where it is too long to be one of ours.
    package func lastLine() throws(SystemError) -> [UInt8]? {
        let (octets, isWhole) = try self.end()
        guard octets.last == 0x0A else { return nil }
        let body = octets.dropLast()
        guard let start = body.lastIndex(of: 0x0A) else { return isWhole ? Array(body) : nil }
        return Array(body[(start + 1)...])
    }

    private func cutTornLine() throws(SystemError) {
        let (octets, isWhole) = try self.end()
        guard let last = octets.last, last != 0x0A, let status = Self.status(of: self.descriptor) else { return }
        guard let end = octets.lastIndex(of: 0x0A) else {
            // Not ours: what comes begins a line of its own.
            if isWhole, octets.first == UInt8(ascii: "{") {
                ftruncate(self.descriptor, 0)
            } else {
                _ = self.append([[0x0A]])
            }
            return
        }
        ftruncate(self.descriptor, status.st_size - (octets.endIndex - 1 - end))
    }

    /// The last octets of the file, and whether they are all of it.
    private func end() throws(SystemError) -> (octets: [UInt8], isWhole: Bool) {
        guard let status = Self.status(of: self.descriptor) else { throw SystemError("fstat") }
        let size = Int(clamping: status.st_size)
        let length = min(size, Self.tail)
        var octets = [UInt8](repeating: 0, count: length)
        let count = unsafe pread(self.descriptor, &octets, length, off_t(size - length))
        guard count >= 0 else { throw SystemError("pread") }
        return (Array(octets.prefix(count)), length == size)
    }

    private static func status(of descriptor: Int32) -> stat? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? status : nil
    }
}
