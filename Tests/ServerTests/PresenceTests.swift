import Gateway
import Testing

@testable import Server

@Suite("Which machines go by one name")
struct PresenceTests {
    private static let pc = DeviceID(1)
    private static let hour = Presence.day / 24
    private static let tag = Identifier(kind: .tag, value: "pc1")

    private let presence = Presence()

    private static func machine(_ address: String, mac: UInt8? = nil) throws -> Machine {
        Machine(
            address: try #require(IPAddress(address)),
            hardware: mac.flatMap { HardwareAddress([2, 0, 0, 0, 0, $0]) }
        )
    }

    private func enter(
        _ machine: Machine,
        _ device: DeviceID = Self.pc,
        by identifier: Identifier = Self.tag
    ) throws -> Presence.Place {
        try #require(self.presence.enter(device, by: identifier, from: machine, isSingle: false))
    }

    /// A whole session.
    private func session(
        _ machine: Machine,
        _ deed: Presence.Deed,
        at time: Int64,
        by identifier: Identifier = Self.tag
    ) throws -> TwoMachines? {
        let place = try self.enter(machine, by: identifier)
        defer { place.leave() }
        return place.note(deed, at: time)
    }

    private static let pairs: [(String, UInt8?, String, UInt8?, Bool)] = [
        ("192.0.2.7", nil, "192.0.2.7", nil, false), ("192.0.2.7", nil, "192.0.2.8", nil, true),
        ("192.0.2.7", 1, "192.0.2.8", 1, false), ("192.0.2.7", 1, "192.0.2.7", 2, true),
        ("192.0.2.7", 1, "192.0.2.8", nil, true), ("192.0.2.7", 1, "192.0.2.7", nil, false),
        ("192.0.2.7", nil, "2001:db8::7", nil, false), ("2001:db8::7", nil, "2001:db8::8", nil, false),
        ("2001:db8::7", nil, "2001:db8:0:1::7", nil, true), ("2001:db8::7", 1, "192.0.2.7", 2, true),
    ]

    @Test("two that are there at once are told of, once the older session goes on", arguments: Self.pairs)
    func atOnce(pair: (String, UInt8?, String, UInt8?, Bool)) throws {
        let (one, other) = try (Self.machine(pair.0, mac: pair.1), Self.machine(pair.2, mac: pair.3))
        let first = try self.enter(one)
        #expect(first.note(.command, at: 0) == nil)
        let second = try self.enter(other)
        #expect(second.note(.reads, at: 1) == nil)
        let found = first.note(.command, at: 2)
        #expect(found == (pair.4 ? TwoMachines(sign: .atOnce, first: one, second: other) : nil))
        #expect(first.note(.command, at: Presence.day) == nil, "told already")
        #expect((first.note(.command, at: Presence.day + 3) != nil) == pair.4, "and again the next day")
    }

    @Test("a session that was left behind, when its PC got another address, tells nothing")
    func leftBehind() throws {
        let old = try self.enter(Self.machine("192.0.2.7"))
        #expect(old.note(.reads, at: 0) == nil)
        let new = try self.enter(Self.machine("192.0.2.8"))
        #expect(new.note(.command, at: 1) == nil)
        #expect(new.note(.reads, at: 2) == nil)
        old.leave()
        #expect(self.presence.count.present == 1)
    }

    @Test(
        "two that behave otherwise within a day are told of",
        arguments: [
            ([.deletes, .reads], 1, true), ([.reads, .deletes], 1, true), ([.deletes, .reads], 23, true),
            ([.deletes, .reads], 25, false), ([.deletes, .deletes], 1, false), ([.reads, .reads], 1, false),
            ([.deletes, .command], 1, false), ([.command, .deletes], 1, false),
        ] as [([Presence.Deed], Int64, Bool)]
    )
    func otherwise(deeds: [Presence.Deed], hours: Int64, isTold: Bool) throws {
        let (one, other) = try (Self.machine("192.0.2.7"), Self.machine("192.0.2.8"))
        #expect(try self.session(one, deeds[0], at: 0) == nil)
        let found = try self.session(other, deeds[1], at: hours * Self.hour)
        let (deleter, reader) = deeds[0] == .deletes ? (one, other) : (other, one)
        #expect(found == (isTold ? TwoMachines(sign: .otherwise, first: deleter, second: reader) : nil))
    }

    @Test("a PC with a new address is the same PC: by its MAC, or since it behaves as before")
    func newAddress() throws {
        for number in 1...9 as ClosedRange<Int64> {
            let deed: Presence.Deed = number % 3 == 0 ? .reads : .deletes
            #expect(try self.session(Self.machine("192.0.2.\(number)", mac: 1), deed, at: number) == nil)
        }
        let other = Presence()
        for number in 1...9 as ClosedRange<Int64> {
            let machine = try Self.machine("192.0.2.\(number)")
            let place = try #require(other.enter(Self.pc, by: Self.tag, from: machine, isSingle: false))
            #expect(place.note(.deletes, at: number) == nil)
            #expect(place.note(.reads, at: number) == nil, "a person deletes some by hand")
        }
    }

    @Test("what is known by its MAC or its address is never two", arguments: IdentifierKind.allCases)
    func kinds(kind: IdentifierKind) throws {
        let identifier = Identifier(kind: kind, value: "x")
        #expect(try self.session(Self.machine("192.0.2.7"), .deletes, at: 0, by: identifier) == nil)
        let found = try self.session(Self.machine("192.0.2.8"), .reads, at: 1, by: identifier)
        #expect((found == nil) == [.neighbour, .address].contains(kind))
    }

    @Test("a second session is kept out where one is the rule, until the first one's place is given back, once")
    func single() throws {
        let machine = try Self.machine("192.0.2.7")
        func enter() -> Presence.Place? {
            self.presence.enter(Self.pc, by: Self.tag, from: machine, isSingle: true)
        }
        let first = try #require(enter())
        #expect(enter() == nil)
        _ = try self.enter(machine, DeviceID(2))
        first.leave()
        var second = enter()
        first.leave()
        #expect(second != nil && enter() == nil, "a place given back twice is not another's")
        second = nil
        #expect(enter() != nil, "the last reference gives it back")
    }

    @Test("of each device a few machines are remembered, and of no device for longer than a day")
    func bounded() throws {
        for number in 0..<Presence.maximumDevices {
            let place = try self.enter(Self.machine("192.0.2.7"), DeviceID(Int64(number)))
            _ = place.note(.reads, at: 0)
        }
        let late = try self.enter(Self.machine("192.0.2.7"), DeviceID(-1))
        #expect(late.note(.deletes, at: 1) == nil)
        #expect(self.presence.count == (1, Presence.maximumDevices))
        _ = late.note(.deletes, at: Presence.day + 1)
        #expect(self.presence.count == (1, 1))
        var history = MachineHistory()
        for number in 1...5 as ClosedRange<Int64> {
            let deed: Presence.Deed = number == 1 ? .reads : .command
            _ = history.note(deed, by: try Self.machine("192.0.2.\(number)"), beside: nil, at: number)
        }
        let deleter = try Self.machine("192.0.2.9")
        #expect(
            history.note(.deletes, by: deleter, beside: nil, at: 6) == nil,
            "the reader is the fifth, and forgotten"
        )
    }
}
