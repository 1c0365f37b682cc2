import Glibc

package import struct Gateway.Endpoint
package import enum NIOCore.SocketAddress

/// From NIO's form of an address to ours.
package enum SocketEndpoint {
    /// Nil for a UNIX socket.
    package static func endpoint(_ socket: SocketAddress) -> Endpoint? {
        switch socket {
        case .v4(let address):
            return Endpoint(
                address: .v4(UInt32(bigEndian: address.address.sin_addr.s_addr)),
                port: UInt16(bigEndian: address.address.sin_port)
            )
        case .v6(let address):
            let words = address.address.sin6_addr.__in6_u.__u6_addr32
            let high = UInt64(UInt32(bigEndian: words.0)) << 32 | UInt64(UInt32(bigEndian: words.1))
            let low = UInt64(UInt32(bigEndian: words.2)) << 32 | UInt64(UInt32(bigEndian: words.3))
            let port = UInt16(bigEndian: address.address.sin6_port)
            if high == 0, low >> 32 == 0xFFFF {
                return Endpoint(address: .v4(UInt32(truncatingIfNeeded: low)), port: port)
            }
            return Endpoint(address: .v6(high: high, low: low), port: port)
        case .unixDomainSocket:
            return nil
        }
    }
}
