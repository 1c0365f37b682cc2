import Glibc

/// A file that holds room on its disk and says nothing.
package enum ReservedFile {
    /// Makes it whole or not at all, for its owner alone. One that is there already is replaced.
    package static func make(at path: String, octets: UInt64) throws(SystemError) {
        let new = "\(path).new"
        let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open") }
        let error = posix_fallocate(descriptor, 0, off_t(clamping: octets))
        close(descriptor)
        guard error == 0 else {
            unsafe unlink(new)
            throw SystemError(call: "posix_fallocate", code: error)
        }
        guard unsafe rename(new, path) == 0 else {
            let error = SystemError("rename")
            unsafe unlink(new)
            throw error
        }
    }

    package static func remove(at path: String) throws(SystemError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }

    package static func exists(at path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
