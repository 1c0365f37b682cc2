import Glibc

/// What stands in the kernel's queues of a connected TCP socket at this moment.
package struct SocketQueues: Hashable, Sendable {
    /// Octets that were written, and that the other side's TCP has not acknowledged yet (SIOCOUTQ).
    package let unacknowledged: Int
    /// Octets that have come, and were not read yet (SIOCINQ).
    package let unread: Int

    package init(of descriptor: Int32) throws(SystemError) {
        self.unacknowledged = try Self.ask(descriptor, UInt(TIOCOUTQ), "SIOCOUTQ")
        self.unread = try Self.ask(descriptor, UInt(FIONREAD), "SIOCINQ")
    }

    /// The names of `linux/sockios.h` are other names for these two.
    private static func ask(_ descriptor: Int32, _ request: UInt, _ name: String) throws(SystemError) -> Int {
        var count: Int32 = 0
        guard unsafe ioctl(descriptor, request, &count) == 0 else { throw SystemError(name) }
        return Int(count)
    }
}
