/// What the kernel knows of the machines on the same link: which hardware address answers for an IP address. It is how
/// a PC on the office network is known without any set-up.
///
/// IP addresses are 4 or 16 octets, hardware addresses 6. Nothing here needs privileges.
package struct NeighbourTable: Hashable, Sendable {
    package struct Neighbour: Hashable, Sendable {
        package let address: [UInt8]
        package let hardwareAddress: [UInt8]
        /// The index of the interface; link-local addresses mean something only together with it.
        package let interface: Int32
        /// It has said by IPv6 that it is a router (NTF_ROUTER).
        package let isRouter: Bool
    }

    package struct Gateway: Hashable, Sendable {
        package let address: [UInt8]
        package let interface: Int32

        package init(address: [UInt8], interface: Int32) {
            self.address = address
            self.interface = interface
        }
    }

    package private(set) var neighbours: [Neighbour] = []
    /// The routers of all routes.
    package private(set) var gateways: Set<Gateway> = []
    package private(set) var ownAddresses: Set<[UInt8]> = []
    package private(set) var ownHardwareAddresses: Set<[UInt8]> = []

    package init(_ messages: [Netlink.Message]) {
        for message in messages { self.take(message) }
    }

    /// The hardware addresses of routers, by the routes or by their own word: behind one of these is anybody.
    package var routerHardwareAddresses: Set<[UInt8]> {
        Set(
            self.neighbours.filter {
                $0.isRouter || self.gateways.contains(Gateway(address: $0.address, interface: $0.interface))
            }.map(\.hardwareAddress)
        )
    }

    /// The hardware address that tells the machine at `address` from all others. Nil if it is not a neighbour, if the
    /// address is our own, if it is a router's hardware address or ours, or if two interfaces disagree and
    /// `interface` does not say which is meant. An IPv4 address may come mapped into IPv6.
    package func hardwareAddress(of address: [UInt8], interface: Int32? = nil) -> [UInt8]? {
        let address = Self.unmapped(address)
        guard !self.ownAddresses.contains(address) else { return nil }
        let found = self.neighbours.filter { $0.address == address && (interface ?? $0.interface) == $0.interface }
        guard let first = found.first?.hardwareAddress, found.allSatisfy({ $0.hardwareAddress == first }) else {
            return nil
        }
        guard !self.ownHardwareAddresses.contains(first), !self.routerHardwareAddresses.contains(first) else {
            return nil
        }
        return first
    }

    private static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return address.count == 16 && address.starts(with: mapped) ? Array(address.suffix(4)) : address
    }

    private mutating func take(_ message: Netlink.Message) {
        switch message.kind {
        case .neighbour: self.takeNeighbour(message)
        case .route: self.takeRoute(message)
        case .address:
            for type in [Self.interfaceAddress, Self.interfaceLocal] {
                if let address = message.value(type), Self.isAddress(address) { self.ownAddresses.insert(address) }
            }
        case .link:
            if let address = message.value(Self.linkAddress), address.count == 6 {
                self.ownHardwareAddresses.insert(address)
            }
        }
    }

    /// `struct ndmsg`: the interface at 4, the state at 8, the flags at 10.
    private mutating func takeNeighbour(_ message: Netlink.Message) {
        guard let interface = Netlink.integer(Int32.self, in: message.fixed[...], at: 4),
            let state = Netlink.integer(UInt16.self, in: message.fixed[...], at: 8), state & Self.usable != 0,
            let address = message.value(Self.neighbourAddress), Self.isAddress(address),
            let hardware = message.value(Self.neighbourHardware), Self.isStation(hardware)
        else { return }
        let flags = message.fixed.dropFirst(10).first ?? 0
        self.neighbours.append(
            Neighbour(
                address: address,
                hardwareAddress: hardware,
                interface: interface,
                isRouter: flags & Self.routerFlag != 0
            )
        )
    }

    /// Default routes and others: a router to another office hides its PCs as well as the one to the world.
    private mutating func takeRoute(_ message: Netlink.Message) {
        if let interface = message.value(Self.routeInterface).flatMap({
            Netlink.integer(Int32.self, in: $0[...], at: 0)
        }) {
            self.takeGateway(message.attributes, interface: interface)
        }
        var hops = (message.value(Self.routeMultipath) ?? [])[...]
        while let length = Netlink.integer(UInt16.self, in: hops, at: 0).map({ Int($0) }),
            let interface = Netlink.integer(Int32.self, in: hops, at: 4), length >= 8, length <= hops.count
        {
            self.takeGateway(Netlink.attributes(hops.prefix(length).dropFirst(8)), interface: interface)
            hops = hops.dropFirst((length + 3) & ~3)
        }
    }

    private mutating func takeGateway(_ attributes: [Netlink.Attribute], interface: Int32) {
        for attribute in attributes {
            // RTA_VIA carries the address family in front: a router of IPv4 routes reached over IPv6.
            let address = attribute.type == Self.routeVia ? Array(attribute.value.dropFirst(2)) : attribute.value
            guard attribute.type == Self.routeGateway || attribute.type == Self.routeVia, Self.isAddress(address) else {
                continue
            }
            self.gateways.insert(Gateway(address: address, interface: interface))
        }
    }

    private static func isAddress(_ octets: [UInt8]) -> Bool { octets.count == 4 || octets.count == 16 }

    /// One machine's address, neither a group's nor all zero.
    private static func isStation(_ octets: [UInt8]) -> Bool {
        octets.count == 6 && octets.contains { $0 != 0 } && octets[0] & 1 == 0
    }

    /// NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE and NUD_PERMANENT: an answer was seen or set.
    private static let usable: UInt16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
    private static let routerFlag: UInt8 = 0x80
    private static let neighbourAddress: UInt16 = 1
    private static let neighbourHardware: UInt16 = 2
    private static let routeInterface: UInt16 = 4
    private static let routeGateway: UInt16 = 5
    private static let routeMultipath: UInt16 = 9
    private static let routeVia: UInt16 = 18
    private static let interfaceAddress: UInt16 = 1
    private static let interfaceLocal: UInt16 = 2
    private static let linkAddress: UInt16 = 1
}

extension Netlink.Message {
    /// The first attribute of this type.
    func value(_ type: UInt16) -> [UInt8]? { self.attributes.first { $0.type == type }?.value }
}
