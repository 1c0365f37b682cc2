import Glibc

/// The room left on the file system of a folder.
package enum FreeSpace {
    /// Octets that this user may still write there.
    package static func octets(at path: String) throws(SystemError) -> UInt64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw SystemError("statvfs") }
        let (octets, overflowed) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflowed ? .max : octets
    }
}
