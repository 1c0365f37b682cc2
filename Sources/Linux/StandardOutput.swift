import Glibc

/// Standard output, written without ever waiting long for who reads it.
package enum StandardOutput {
    /// What a pipe takes at once when it says that it takes something (pipe(7), PIPE_BUF).
    private static let portion = 4_096

    /// Writes as much of `octets` as is taken within `milliseconds` from one portion to the next, and gives how much that
    /// was. Throws when nobody reads any more.
    package static func write(_ octets: ArraySlice<UInt8>, milliseconds: Int32) throws(SystemError) -> Int {
        var written = 0
        while written < octets.count {
            var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            let ready = unsafe poll(&request, 1, milliseconds)
            if ready < 0, errno == EINTR { continue }
            guard ready >= 0 else { throw SystemError("poll") }
            guard ready > 0 else { return written }
            let portion = Array(octets.dropFirst(written).prefix(self.portion))
            let count = unsafe Glibc.write(STDOUT_FILENO, portion, portion.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw SystemError("write") }
            written += count
        }
        return written
    }
}
