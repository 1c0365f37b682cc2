import Glibc

/// A connection to a service on another machine, for one who writes, and may wait a while for each call.
package final class NetworkSocket: Sendable {
    package enum Kind: Hashable, Sendable { case stream, datagrams }

    private let descriptor: Int32

    /// Looks the name up and connects to the first of its addresses that takes us, each within `milliseconds`.
    package init(host: String, port: UInt16, kind: Kind, milliseconds: Int32) throws(SystemError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(kind == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = unsafe found else {
            throw SystemError(call: "getaddrinfo", code: status == EAI_SYSTEM ? errno : EHOSTUNREACH)
        }
        defer { unsafe freeaddrinfo(first) }
        var error = SystemError(call: "connect", code: EHOSTUNREACH)
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let address = unsafe next {
            do throws(SystemError) {
                self.descriptor = try unsafe Self.connect(address, milliseconds)
                return
            } catch let failure {
                error = failure
            }
            unsafe next = address.pointee.ai_next
        }
        throw error
    }

    deinit { close(self.descriptor) }

    private static func connect(
        _ address: UnsafeMutablePointer<addrinfo>,
        _ milliseconds: Int32
    ) throws(SystemError) -> Int32 {
        let info = unsafe address.pointee
        let descriptor = unsafe socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        let time = timeval(tv_sec: Int(milliseconds / 1_000), tv_usec: Int(milliseconds % 1_000) * 1_000)
        self.set(SOL_SOCKET, SO_SNDTIMEO, time, on: descriptor)
        if unsafe info.ai_socktype == Int32(SOCK_STREAM.rawValue) {
            // A machine that has gone is found out, and not written to for a quarter of an hour.
            self.set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, UInt32(30_000), on: descriptor)
            self.set(SOL_SOCKET, SO_KEEPALIVE, Int32(1), on: descriptor)
        }
        guard unsafe Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
            // How a time that is over shows here.
            let error = errno == EINPROGRESS ? SystemError(call: "connect", code: ETIMEDOUT) : SystemError("connect")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func set<Value>(_ level: Int32, _ option: Int32, _ value: Value, on descriptor: Int32) {
        unsafe withUnsafePointer(to: value) { pointer in
            _ = unsafe setsockopt(descriptor, level, option, pointer, socklen_t(MemoryLayout<Value>.size))
        }
    }

    /// Sends all of it. After an error nobody knows how much came there.
    package func send(_ octets: [UInt8]) throws(SystemError) {
        var rest = octets[...]
        while !rest.isEmpty {
            let piece = Array(rest)
            let count = unsafe Glibc.send(self.descriptor, piece, piece.count, Int32(clamping: MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until the other machine has all that was sent, at most for so long; whether it has. Throws where the connection
    /// has broken.
    package func isAcknowledged(milliseconds: Int32) throws(SystemError) -> Bool {
        let step: Int32 = 10
        var waited: Int32 = 0
        while try SocketQueues(of: self.descriptor).unacknowledged > 0 {
            guard waited < milliseconds else { return false }
            waited += step
            usleep(UInt32(step) * 1_000)
        }
        // The other side does not speak: what there is to read is its end.
        var octet: UInt8 = 0
        let count = unsafe recv(self.descriptor, &octet, 1, Int32(clamping: MSG_DONTWAIT | MSG_PEEK))
        guard count != 0, count > 0 || errno == EAGAIN else { throw SystemError(call: "recv", code: ECONNRESET) }
        return true
    }
}
