import Synchronization

import struct Gateway.DeviceID
import struct Gateway.Identifier

/// Which devices have a session now, and from which machines each came within a day: in memory, for all sessions of a
/// server. It keeps a second session of a device out where that is wanted, and notices when two PCs go by one name.
package final class Presence: Sendable {
    /// A machine is forgotten when it was not seen for so long; and a device is spoken of once in this time. Microseconds.
    static let day: Int64 = 86_400_000_000
    /// Machines that are remembered of one device: those seen last.
    static let maximumMachines = 4
    /// Devices whose machines are remembered; beyond, new ones are not looked at until others are forgotten.
    static let maximumDevices = 20_000
    /// How often room is looked for when there is none, at most.
    private static let sweep: Int64 = 60_000_000

    fileprivate struct Session {
        let number: UInt64
        let machine: Machine
    }

    private struct State {
        var sessions: [DeviceID: [Session]] = [:]
        var sessionsBegun: UInt64 = 0
        var histories: [DeviceID: MachineHistory] = [:]
        var lastSweep = Int64.min
    }

    private let state = Mutex(State())

    package init() {}

    /// How many devices have a session, and of how many the machines are remembered.
    package var count: (present: Int, remembered: Int) {
        self.state.withLock { ($0.sessions.count, $0.histories.count) }
    }

    /// A session's place, until it leaves. Nil when the device has one already and may have no second one.
    func enter(_ device: DeviceID, by identifier: Identifier, from machine: Machine, isSingle: Bool) -> Place? {
        self.state.withLock { state in
            let others = state.sessions[device] ?? []
            guard !isSingle || others.isEmpty else { return nil }
            state.sessionsBegun += 1
            let session = Session(number: state.sessionsBegun, machine: machine)
            state.sessions[device] = others + [session]
            return Place(presence: self, device: device, identifier: identifier, session: session)
        }
    }

    private func leave(_ device: DeviceID, _ session: Session) {
        self.state.withLock { state in
            state.sessions[device]?.removeAll { $0.number == session.number }
            if state.sessions[device]?.isEmpty == true { state.sessions[device] = nil }
        }
    }

    /// What a session does is held against what is known of the other machines of its device.
    private func note(_ deed: Deed, _ device: DeviceID, _ session: Session, at time: Int64) -> TwoMachines? {
        self.state.withLock { state in
            // Only an older session that goes on tells that both were there at once: one that was left behind, since its PC
            // got another address, is silent.
            let newer = state.sessions[device]?.last {
                $0.number > session.number && $0.machine.isOther(than: session.machine)
            }
            guard newer != nil || deed.tells else { return nil }
            guard state.histories[device] != nil || Self.hasRoom(&state, at: time) else { return nil }
            return state.histories[device, default: MachineHistory()]
                .note(deed, by: session.machine, beside: newer?.machine, at: time)
        }
    }

    private static func hasRoom(_ state: inout State, at time: Int64) -> Bool {
        if state.histories.count >= Self.maximumDevices, time - self.sweep >= state.lastSweep {
            state.lastSweep = time
            state.histories = state.histories.filter { !$0.value.isOver(at: time) }
        }
        return state.histories.count < Self.maximumDevices
    }
}

extension Presence {
    /// What a session does that tells one machine from another.
    enum Deed: Hashable, Sendable {
        /// A command: it is there.
        case command
        /// It took messages, and left a copy of each.
        case reads
        /// What it deleted is kept, and it had taken some of that before.
        case deletes

        fileprivate var tells: Bool { self != .command }
    }

    /// A session's place among those of its device. It is given back once, by `leave` or with the last reference.
    final class Place: Sendable {
        private let presence: Presence
        private let device: DeviceID
        private let identifier: Identifier
        private let session: Session

        fileprivate init(presence: Presence, device: DeviceID, identifier: Identifier, session: Session) {
            self.presence = presence
            self.device = device
            self.identifier = identifier
            self.session = session
        }

        deinit { self.leave() }

        func leave() { self.presence.leave(self.device, self.session) }

        /// What an operator should hear about it, once a device and day. Microseconds since 1970. A device known by its MAC or
        /// its address is that machine, and never two.
        func note(_ deed: Deed, at time: Int64) -> TwoMachines? {
            switch self.identifier.kind {
            case .neighbour, .address: nil
            case .credential, .certificate, .name, .tag:
                self.presence.note(deed, self.device, self.session, at: time)
            }
        }
    }
}
