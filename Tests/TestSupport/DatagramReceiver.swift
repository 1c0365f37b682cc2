import Glibc

/// Someone who listens for datagrams at a path of this machine.
package final class DatagramReceiver: Sendable {
    package struct Failure: Error {
        let path: String
    }

    private let descriptor: Int32

    package init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(path.utf8)
        guard octets.count < 108 else { throw Failure(path: path) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Failure(path: path) }
    }

    deinit { close(self.descriptor) }

    /// What was sent next; nil when nothing was.
    package func next() -> String? {
        var octets = [UInt8](repeating: 0, count: 1 << 20)
        let count = recv(self.descriptor, &octets, octets.count, Int32(clamping: MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: octets.prefix(count), as: UTF8.self)
    }
}
