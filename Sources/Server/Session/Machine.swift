import struct Gateway.Arrival
import struct Gateway.HardwareAddress
import enum Gateway.IPAddress

/// Where a session comes from, as far as one machine can be told from another: by the MAC where both have one, else by
/// the address.
struct Machine: Hashable, Sendable, CustomStringConvertible {
    let address: IPAddress
    let hardware: HardwareAddress?

    init(address: IPAddress, hardware: HardwareAddress? = nil) {
        self.address = address
        self.hardware = hardware
    }

    init(_ arrival: Arrival) { self.init(address: arrival.source.address, hardware: arrival.neighbour) }

    var description: String { self.hardware.map { "\(self.address) (\($0))" } ?? "\(self.address)" }

    /// Certainly not the same one. A PC may speak IPv4 and IPv6 by turns, and change its address within its /64.
    func isOther(than other: Machine) -> Bool {
        if let own = self.hardware, let hardware = other.hardware { return own != hardware }
        switch (self.address, other.address) {
        case (.v4(let own), .v4(let address)): return own != address
        case (.v6(let own, low: _), .v6(let high, low: _)): return own != high
        case (.v4, .v6), (.v6, .v4): return false
        }
    }

    /// Taken for the same one.
    func isSame(as other: Machine) -> Bool {
        if let own = self.hardware, let hardware = other.hardware { return own == hardware }
        switch (self.address, other.address) {
        case (.v4(let own), .v4(let address)): return own == address
        case (.v6(let own, low: _), .v6(let high, low: _)): return own == high
        case (.v4, .v6), (.v6, .v4): return false
        }
    }
}

/// Two machines that go by the name of one device, and how that was noticed.
struct TwoMachines: Hashable, Sendable {
    enum Sign: Hashable, Sendable {
        case atOnce
        /// The first deletes what it takes, the second leaves a copy.
        case otherwise
    }

    let sign: Sign
    let first: Machine
    let second: Machine

    /// For the record.
    func sentence(about device: String) -> String {
        switch self.sign {
        case .atOnce: "\(device) is used from \(self.first) and from \(self.second) at once"
        case .otherwise:
            "\(device) deletes what it fetches from \(self.first), and leaves a copy from \(self.second), within a day"
        }
    }
}

/// The machines by which one device was used within a day, and how each of them behaves.
struct MachineHistory: Sendable {
    private struct Sighting {
        var machine: Machine
        var time: Int64
        var reads = false
        var deletes = false

        /// Some programs delete what a person deletes by hand: a machine that did so once does not only read.
        var onlyReads: Bool { self.reads && !self.deletes }
    }

    /// The one seen last comes last.
    private var sightings: [Sighting] = []
    private var told: Int64?

    /// `beside` is another machine that has a session of the device at the same time.
    mutating func note(
        _ deed: Presence.Deed,
        by machine: Machine,
        beside: Machine?,
        at time: Int64
    ) -> TwoMachines? {
        self.forget(at: time)
        var own = self.take(machine, at: time)
        switch deed {
        case .command: break
        case .reads: own.reads = true
        case .deletes: own.deletes = true
        }
        let found = beside.map { TwoMachines(sign: .atOnce, first: machine, second: $0) } ?? self.opposite(to: own)
        self.sightings.append(own)
        guard let found, self.told == nil else { return nil }
        self.told = time
        return found
    }

    func isOver(at time: Int64) -> Bool {
        let last = max(self.sightings.last?.time ?? .min, self.told ?? .min)
        return last < time - Presence.day
    }

    private mutating func forget(at time: Int64) {
        self.sightings.removeAll { $0.time < time - Presence.day }
        if let told = self.told, told < time - Presence.day { self.told = nil }
    }

    /// The sighting of this machine, out of the list, with room for it there.
    private mutating func take(_ machine: Machine, at time: Int64) -> Sighting {
        var own = Sighting(machine: machine, time: time)
        if let index = self.sightings.firstIndex(where: { $0.machine.isSame(as: machine) }) {
            own = self.sightings.remove(at: index)
            own.machine = machine
            own.time = time
        }
        self.sightings.removeFirst(max(0, self.sightings.count - Presence.maximumMachines + 1))
        return own
    }

    private func opposite(to own: Sighting) -> TwoMachines? {
        for other in self.sightings.reversed() where other.machine.isOther(than: own.machine) {
            if own.deletes, other.onlyReads {
                return TwoMachines(sign: .otherwise, first: own.machine, second: other.machine)
            }
            if own.onlyReads, other.deletes {
                return TwoMachines(sign: .otherwise, first: other.machine, second: own.machine)
            }
        }
        return nil
    }
}
