import Glibc

/// Sends datagrams to a socket of this machine, named by a path or, with `@` in front, by an abstract name: systemd, its
/// journal, syslog. Whoever listens may go and come again between two of them.
package final class DatagramSocket: Sendable {
    private let descriptor: Int32
    private let address: sockaddr_un
    private let length: socklen_t

    /// `milliseconds` is how long `send` waits for a receiver that does not keep up. Nothing is connected yet.
    package init(name: String, milliseconds: Int32 = 1_000) throws(SystemError) {
        var address = sockaddr_un()
        self.length = try Self.fill(&address, with: name)
        self.address = address
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        self.descriptor = descriptor
        // Where these fail, long datagrams are refused and a slow receiver is waited for.
        Self.set(SO_SNDBUF, 8 << 20, on: descriptor)
        Self.set(
            SO_SNDTIMEO,
            timeval(tv_sec: Int(milliseconds / 1_000), tv_usec: Int(milliseconds % 1_000) * 1_000),
            on: descriptor
        )
    }

    deinit { close(self.descriptor) }

    /// Throws with `EMSGSIZE` what is longer than the system takes, with `EAGAIN` when the time is over.
    package func send(_ octets: [UInt8]) throws(SystemError) {
        let sent = unsafe withUnsafePointer(to: self.address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(
                    self.descriptor,
                    octets,
                    octets.count,
                    Int32(clamping: MSG_NOSIGNAL),
                    generic,
                    self.length
                )
            }
        }
        guard sent == octets.count else { throw SystemError("sendto") }
    }

    private static func set<Value>(_ option: Int32, _ value: Value, on descriptor: Int32) {
        unsafe withUnsafePointer(to: value) { pointer in
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, pointer, socklen_t(MemoryLayout<Value>.size))
        }
    }

    private static func fill(_ address: inout sockaddr_un, with name: String) throws(SystemError) -> socklen_t {
        var octets = Array(name.utf8)
        if octets.first == UInt8(ascii: "@") { octets[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            guard octets.count < path.count else { return false }
            unsafe path.copyBytes(from: octets)
            return true
        }
        guard fits else { throw SystemError(call: "sendto", code: ENAMETOOLONG) }
        let isAbstract = octets.first == 0
        return socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (isAbstract ? 0 : 1))
    }
}
