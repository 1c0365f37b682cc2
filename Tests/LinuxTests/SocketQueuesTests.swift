import Glibc
import Linux
import Testing

@Suite("The queues of a socket")
struct SocketQueuesTests {
    /// Two ends of a connection over loopback.
    private final class Pair {
        let near: Int32
        let far: Int32

        init() throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let near = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let connected = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(listener, address, size) == 0 && listen(listener, 1) == 0
                        && getsockname(listener, address, &size) == 0 && connect(near, address, size) == 0
                }
            }
            try #require(connected)
            self.near = near
            self.far = accept(listener, nil, nil)
            try #require(self.far >= 0)
        }

        deinit {
            close(self.near)
            close(self.far)
        }

        /// Writes until the kernel takes no more.
        func fill() -> Int {
            let octets = [UInt8](repeating: 0x78, count: 65_536)
            var total = 0
            while true {
                let count = send(self.near, octets, octets.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return total }
                total += count
            }
        }
    }

    @Test("say what has come and was not read, and what the other side has not acknowledged")
    func queues() throws {
        let pair = try Pair()
        #expect(try SocketQueues(of: pair.far).unread == 0)
        #expect(send(pair.near, "hello", 5, 0) == 5)
        #expect(try SocketQueues(of: pair.far).unread == 5)
        let total = pair.fill() + 5
        let (near, far) = (try SocketQueues(of: pair.near), try SocketQueues(of: pair.far))
        #expect(near.unacknowledged > 0 && near.unacknowledged + far.unread >= total)
    }

    @Test("are of a socket alone")
    func noSocket() throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(throws: SystemError(call: "SIOCOUTQ", code: ENOTTY)) { _ = try SocketQueues(of: file) }
        #expect(throws: SystemError(call: "SIOCOUTQ", code: EBADF)) { _ = try SocketQueues(of: -1) }
    }
}
