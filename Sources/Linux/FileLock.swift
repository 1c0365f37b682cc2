import Glibc

/// An exclusive lock on a file, so that one server uses a state folder. The kernel lets go of it when the process ends,
/// however it ends; the file stays, with the process id of its last holder.
package final class FileLock: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// Another process has it; its id, if it could be read.
        case held(by: Int32?)
        case system(SystemError)
    }

    private let descriptor: Int32

    /// Takes the lock at once or fails.
    package init(path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(SystemError("open")) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = SystemError("flock")
            defer { close(descriptor) }
            guard error.code == EWOULDBLOCK else { throw .system(error) }
            throw .held(by: Self.holder(descriptor))
        }
        let line = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, unsafe pwrite(descriptor, line, line.count, 0) == line.count else {
            let error = SystemError("pwrite")
            close(descriptor)
            throw .system(error)
        }
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var octets = [UInt8](repeating: 0, count: 32)
        let count = unsafe pread(descriptor, &octets, octets.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: octets.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
