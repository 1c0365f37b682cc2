package import Gateway
package import enum NIOCore.SocketAddress

/// From NIO's form of an address to ours.
package enum SocketEndpoint {
    /// Nil for a UNIX socket.
    package static func endpoint(_ socket: SocketAddress) -> Endpoint? {
        guard let text = socket.ipAddress, let address = IPAddress(text) else { return nil }
        return Endpoint(address: address, port: UInt16(clamping: socket.port ?? 0))
    }
}
