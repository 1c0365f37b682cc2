internal import COpenSSL
internal import LibCrypto
internal import NIOCore
internal import Synchronization

/// The keys that seal a server's session tickets: a fresh set every `lifetime`, and the set before it still opens what it
/// sealed. After two lifetimes a set opens nothing any more.
final class TicketKeys: Sendable {
    static let lifetime: TimeAmount = .hours(6)
    static let nameLength = 16

    struct KeySet {
        let name: [UInt8]
        let cipherKey: [UInt8]
        let macKey: [UInt8]
        let madeAt: NIODeadline

        init(at now: NIODeadline) {
            self.name = Random.octets(TicketKeys.nameLength)
            self.cipherKey = Random.octets(32)
            self.macKey = Random.octets(32)
            self.madeAt = now
        }
    }

    private struct State {
        var current: KeySet
        var previous: KeySet?

        mutating func rotate(at now: NIODeadline) {
            if let previous = self.previous, now - previous.madeAt >= TicketKeys.lifetime * 2 { self.previous = nil }
            let age = now - self.current.madeAt
            guard age >= TicketKeys.lifetime else { return }
            self.previous = age < TicketKeys.lifetime * 2 ? self.current : nil
            self.current = KeySet(at: now)
        }
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> NIODeadline

    init(now: @escaping @Sendable () -> NIODeadline) {
        self.state = Mutex(State(current: KeySet(at: now()), previous: nil))
        self.now = now
    }

    /// The keys that new tickets are sealed with.
    func sealing() -> KeySet {
        let now = self.now()
        return self.state.withLock { state in
            state.rotate(at: now)
            return state.current
        }
    }

    /// The keys by which a ticket of this name was sealed, if they still hold.
    func opening(_ name: [UInt8]) -> KeySet? {
        let now = self.now()
        return self.state.withLock { state in
            state.rotate(at: now)
            return [state.current, state.previous].compactMap { $0 }.first { $0.name == name }
        }
    }
}
