import Glibc
import Linux
import TestSupport
import Testing

@Suite("NeighbourTable")
struct NeighbourTableTests {
    private static let sequence: UInt32 = 7
    private static let pc: [UInt8] = [0x02, 0, 0, 0, 0, 0x10]
    private static let router: [UInt8] = [0x02, 0, 0, 0, 0, 0x01]

    private static func octets(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        return Self.octets(UInt16(value.count + 4)) + Self.octets(type) + value + padding
    }

    private static func message(
        _ type: UInt16,
        _ body: [UInt8],
        flags: UInt16 = 2,
        sequence: UInt32 = Self.sequence
    ) -> [UInt8] {
        Self.octets(UInt32(body.count + 16)) + Self.octets(type) + Self.octets(flags) + Self.octets(sequence)
            + Self.octets(UInt32(0)) + body
    }

    private static func neighbour(
        _ address: [UInt8],
        _ hardware: [UInt8],
        state: UInt16 = 2,
        interface: Int32 = 2,
        flags: UInt8 = 0
    ) -> [UInt8] {
        let fixed: [UInt8] = [2, 0, 0, 0] + Self.octets(interface) + Self.octets(state) + [flags, 1]
        return Self.message(28, fixed + Self.attribute(1, address) + Self.attribute(2, hardware))
    }

    private static func route(length: UInt8, _ attributes: [UInt8]) -> [UInt8] {
        Self.message(24, [2, length, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0] + attributes)
    }

    private static func table(_ datagrams: [UInt8]...) -> NeighbourTable {
        NeighbourTable(datagrams.flatMap { Netlink.parse($0, sequence: Self.sequence).messages })
    }

    @Test("a neighbour is known by its hardware address, mapped or not, in the states that mean an answer was seen")
    func states() {
        for (state, isKnown) in [
            (0x01, false), (0x02, true), (0x04, true), (0x08, true), (0x10, true), (0x20, false), (0x40, false),
            (0x80, true),
        ] as [(UInt16, Bool)] {
            let table = Self.table(Self.neighbour([10, 0, 0, 9], Self.pc, state: state))
            #expect(table.hardwareAddress(of: [10, 0, 0, 9]) == (isKnown ? Self.pc : nil), "state \(state)")
        }
        let table = Self.table(Self.neighbour([10, 0, 0, 9], Self.pc))
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 9]
        #expect(table.hardwareAddress(of: mapped) == Self.pc)
        #expect(table.hardwareAddress(of: [10, 0, 0, 8]) == nil)
        #expect(table.hardwareAddress(of: []) == nil)
    }

    @Test("a router's hardware address names nobody, by every way a route can name the router")
    func routers() {
        let interface = Self.attribute(4, Self.octets(Int32(2)))
        let gateway = Self.attribute(5, [10, 0, 0, 1])
        let hop = Self.octets(UInt16(8 + gateway.count)) + [0, 0] + Self.octets(Int32(2)) + gateway
        let routes = [
            Self.route(length: 0, interface + gateway), Self.route(length: 0, Self.attribute(9, hop)),
            Self.route(length: 0, interface + Self.attribute(18, Self.octets(UInt16(2)) + [10, 0, 0, 1])),
        ]
        let neighbours =
            Self.neighbour([10, 0, 0, 1], Self.router) + Self.neighbour([10, 0, 0, 77], Self.router)
            + Self.neighbour([10, 0, 0, 9], Self.pc)
        for route in routes {
            let table = Self.table(neighbours, route)
            #expect(table.gateways == [NeighbourTable.Gateway(address: [10, 0, 0, 1], interface: 2)])
            #expect(table.hardwareAddress(of: [10, 0, 0, 1]) == nil)
            #expect(table.hardwareAddress(of: [10, 0, 0, 77]) == nil, "proxied by the router")
            #expect(table.hardwareAddress(of: [10, 0, 0, 9]) == Self.pc)
        }
        let office = Self.table(neighbours, Self.route(length: 24, interface + gateway))
        #expect(office.hardwareAddress(of: [10, 0, 0, 77]) == nil, "the router to another office")
        let unrouted = Self.table(neighbours, Self.route(length: 24, interface))
        #expect(unrouted.hardwareAddress(of: [10, 0, 0, 1]) == Self.router, "nobody's router")
    }

    @Test("no router of several names anybody: two default routes, IPv6 routers, and one that only says that it is one")
    func manyRouters() {
        let linkLocal: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
        let silent: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [3]
        let machines: [UInt8] = (1...4).flatMap { number in
            Self.neighbour([10, 0, 0, number], [2, 0, 0, 0, 0, number], interface: number == 2 ? 3 : 2)
        }
        let routers =
            Self.neighbour(linkLocal, [2, 0, 0, 0, 0, 3])
            + Self.neighbour(silent, [2, 0, 0, 0, 0, 4], flags: 0x80)
        func route(_ gateway: [UInt8], _ interface: Int32) -> [UInt8] {
            Self.route(length: 0, Self.attribute(4, Self.octets(interface)) + Self.attribute(5, gateway))
        }
        let table = Self.table(
            machines + routers + Self.neighbour([10, 0, 0, 9], Self.pc),
            route([10, 0, 0, 1], 2) + route([10, 0, 0, 2], 3) + route(linkLocal, 2)
        )
        for number: UInt8 in 1...4 {
            #expect(table.hardwareAddress(of: [10, 0, 0, number]) == nil, "router \(number)")
        }
        #expect(table.hardwareAddress(of: [10, 0, 0, 9]) == Self.pc)
    }

    @Test("our own addresses name nobody")
    func own() {
        let link = Self.message(16, [UInt8](repeating: 0, count: 16) + Self.attribute(1, Self.pc))
        let address = Self.message(20, [2, 24, 0, 0, 2, 0, 0, 0] + Self.attribute(1, [10, 0, 0, 2]))
        let table = Self.table(Self.neighbour([10, 0, 0, 9], Self.pc), link)
        #expect(table.hardwareAddress(of: [10, 0, 0, 9]) == nil)
        #expect(table.ownHardwareAddresses == [Self.pc])
        #expect(Self.table(Self.neighbour([10, 0, 0, 2], Self.pc), address).hardwareAddress(of: [10, 0, 0, 2]) == nil)
    }

    @Test("two interfaces that disagree name nobody until it is said which is meant")
    func ambiguous() {
        let address = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
        let table = Self.table(
            Self.neighbour(address, Self.pc, interface: 2) + Self.neighbour(address, Self.router, interface: 3)
        )
        #expect(table.hardwareAddress(of: address) == nil)
        #expect(table.hardwareAddress(of: address, interface: 2) == Self.pc)
        #expect(table.hardwareAddress(of: address, interface: 3) == Self.router)
    }

    @Test(
        "what is no machine's hardware address is left out",
        arguments: [[], [0, 0, 0, 0, 0, 0], [1, 0, 0x5E, 0, 0, 1], [2, 0, 0, 0, 0], [2, 0, 0, 0, 0, 1, 2, 3]]
            as [[UInt8]]
    )
    func noStation(hardware: [UInt8]) {
        #expect(Self.table(Self.neighbour([10, 0, 0, 9], hardware)).neighbours.isEmpty)
    }

    @Test("a dump's end, its failure, its inconsistency and another's answer")
    func batches() {
        let done = Netlink.parse(Self.message(3, [0, 0, 0, 0]), sequence: Self.sequence)
        #expect(done.isLast && done.failure == nil)
        let failed = Netlink.parse(Self.message(2, Self.octets(Int32(-EPERM))), sequence: Self.sequence)
        #expect(failed.isLast && failed.failure == EPERM)
        #expect(Netlink.parse(Self.message(2, Self.octets(Int32.min)), sequence: Self.sequence).failure == .max)
        #expect(Netlink.parse(Self.message(3, [], flags: 0x12), sequence: Self.sequence).interrupted)
        #expect(Netlink.parse(Self.message(3, [], sequence: 8), sequence: Self.sequence) == Netlink.Batch())
    }

    @Test("a datagram cut short anywhere, or with any length in it, traps nothing")
    func cutShort() {
        let whole = Self.neighbour([10, 0, 0, 9], Self.pc) + Self.message(3, [])
        for count in 0...whole.count {
            let batch = Netlink.parse(Array(whole.prefix(count)), sequence: Self.sequence)
            #expect(NeighbourTable(batch.messages).neighbours.count <= 1)
        }
        for index in whole.indices {
            for octet in [0, 1, 3, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = octet
                _ = NeighbourTable(Netlink.parse(changed, sequence: Self.sequence).messages)
            }
        }
    }

    @Test("random datagrams trap nothing", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let kind = Netlink.Kind.allCases.randomElement(using: &generator) ?? .link
            let body = generator.octets(count: Int.random(in: 0...80, using: &generator), from: Array(0...24))
            let batch = Netlink.parse(Self.message(kind.rawValue, body), sequence: Self.sequence)
            #expect(batch.messages.count == (body.count < Self.fixedPart(kind) ? 0 : 1))
            _ = NeighbourTable(batch.messages)
            _ = Netlink.parse(generator.octets(count: 64), sequence: Self.sequence)
        }
    }

    private static func fixedPart(_ kind: Netlink.Kind) -> Int {
        switch kind {
        case .link: 16
        case .address: 8
        case .route, .neighbour: 12
        }
    }

    @Test("the kernel answers, without privileges, and knows our loopback address")
    func live() throws {
        #expect(try NeighbourTable.read().ownAddresses.contains([127, 0, 0, 1]))
    }
}
