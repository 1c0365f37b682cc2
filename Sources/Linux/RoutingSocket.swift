import Glibc

extension NeighbourTable {
    /// Asks the kernel. Four dumps, each well below a millisecond on an office network.
    package static func read() throws(SystemError) -> NeighbourTable {
        let socket = try RoutingSocket()
        var messages: [Netlink.Message] = []
        for kind in Netlink.Kind.allCases { messages += try socket.dump(kind) }
        return NeighbourTable(messages)
    }
}

/// A socket to the kernel's routing tables, for dumps alone.
private final class RoutingSocket {
    private static let longestDatagram = 65_536
    /// More than any real table; a dump beyond it is an error, not a growing heap.
    private static let mostMessages = 1_000_000
    private static let route: Int32 = 0

    private let descriptor: Int32
    private var sequence: UInt32 = 0

    init() throws(SystemError) {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_NETLINK, type, Self.route)
        guard descriptor >= 0 else { throw SystemError("socket") }
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size) == 0 else {
            throw SystemError("setsockopt")
        }
    }

    deinit { close(self.descriptor) }

    /// All messages of one kind. A dump that the kernel calls inconsistent is asked for again, twice at most.
    func dump(_ kind: Netlink.Kind) throws(SystemError) -> [Netlink.Message] {
        for _ in 0..<2 {
            let (messages, interrupted) = try self.dumpOnce(kind)
            if !interrupted { return messages }
        }
        return try self.dumpOnce(kind).messages
    }

    private func dumpOnce(_ kind: Netlink.Kind) throws(SystemError) -> (messages: [Netlink.Message], interrupted: Bool)
    {
        self.sequence &+= 1
        let request = Netlink.dumpRequest(kind, sequence: self.sequence)
        guard unsafe send(self.descriptor, request, request.count, 0) == request.count else {
            throw SystemError("send")
        }
        var messages: [Netlink.Message] = []
        var interrupted = false
        while true {
            let batch = Netlink.parse(try self.receive(), sequence: self.sequence)
            if let failure = batch.failure { throw SystemError(call: "netlink", code: failure) }
            messages += batch.messages
            interrupted = interrupted || batch.interrupted
            if batch.isLast { return (messages, interrupted) }
            guard messages.count <= Self.mostMessages else { throw SystemError(call: "netlink", code: EMSGSIZE) }
        }
    }

    private func receive() throws(SystemError) -> [UInt8] {
        var datagram = [UInt8](repeating: 0, count: Self.longestDatagram)
        while true {
            let count = unsafe recv(self.descriptor, &datagram, datagram.count, Int32(clamping: MSG_TRUNC))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("recv") }
            guard count <= datagram.count else { throw SystemError(call: "recv", code: EMSGSIZE) }
            return Array(datagram.prefix(count))
        }
    }
}
