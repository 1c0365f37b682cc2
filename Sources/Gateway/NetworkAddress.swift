/// An IPv4 or IPv6 address as a value. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)
}

/// An address and a TCP port.
package struct Endpoint: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}

/// A MAC address, printed as `aa:bb:cc:dd:ee:ff`.
package struct HardwareAddress: Hashable, Sendable {
    package let octets: [UInt8]

    /// Nil unless there are six octets that are not all zero.
    package init?(_ octets: [UInt8]) {
        guard octets.count == 6, octets.contains(where: { $0 != 0 }) else { return nil }
        self.octets = octets
    }
}
