import Gateway
import NIOCore
import Synchronization

/// Which mailboxes are open, by the credential that opened them, and until when that is taken for good. Logins that come
/// while the same credential is being verified wait for its outcome.
final class OpenMailboxes: Sendable {
    typealias Handle = NIOLoopBound<SharedMailbox>
    typealias Waiter = @Sendable (Result<Handle, UpstreamFailure>) -> Void

    enum Entrance {
        case open(Handle)
        /// The waiter is called once.
        case wait
        /// Log in, and say `leave`.
        case verify
    }

    private struct Place {
        var handle: Handle?
        /// Of what `handle` holds, which only its own loop may look at.
        var identity: ObjectIdentifier?
        var verifiedUntil: Int64 = .min
        /// Not nil while a login is under way.
        var waiters: [Waiter]?
    }

    private let places = Mutex<[CredentialGate.Ticket: Place]>([:])

    /// `isShared`: whether a credential is taken for good without a login at all.
    func enter(
        _ ticket: CredentialGate.Ticket,
        isShared: Bool,
        at now: Int64,
        waiter: @escaping Waiter
    ) -> Entrance {
        guard isShared else { return .verify }
        return self.places.withLock { places in
            var place = places[ticket] ?? Place()
            if let handle = place.handle, place.verifiedUntil > now { return .open(handle) }
            if place.waiters != nil {
                place.waiters?.append(waiter)
                places[ticket] = place
                return .wait
            }
            place.waiters = []
            places[ticket] = place
            return .verify
        }
    }

    /// A login has ended.
    func leave(
        _ ticket: CredentialGate.Ticket,
        _ result: Result<Handle, UpstreamFailure>,
        verifiedUntil: Int64 = .min
    ) {
        let waiters = self.places.withLock { places -> [Waiter] in
            guard var place = places[ticket] else { return [] }
            defer { places[ticket] = place.handle == nil ? nil : place }
            let waiters = place.waiters ?? []
            place.waiters = nil
            if case .success = result { place.verifiedUntil = max(place.verifiedUntil, verifiedUntil) }
            return waiters
        }
        for waiter in waiters { waiter(result) }
    }

    /// On the loop of `handle`.
    func put(_ handle: Handle, of ticket: CredentialGate.Ticket) {
        let identity = ObjectIdentifier(handle.value)
        self.places.withLock { places in
            places[ticket, default: Place()].handle = handle
            places[ticket]?.identity = identity
        }
    }

    func find(_ ticket: CredentialGate.Ticket) -> Handle? { self.places.withLock { $0[ticket]?.handle } }

    /// Where the mailbox of this credential lives, so that another connection joins it there.
    func loop(of ticket: CredentialGate.Ticket) -> (any EventLoop)? { self.find(ticket)?.eventLoop }

    /// The mail server refuses the credential: nobody gets in by it without asking.
    func expire(_ ticket: CredentialGate.Ticket) {
        let handle = self.places.withLock { places in
            places[ticket]?.verifiedUntil = .min
            return places[ticket]?.handle
        }
        handle?.eventLoop.execute { handle?.value.expire() }
    }

    /// It has closed. Another may have taken its place.
    func forget(_ ticket: CredentialGate.Ticket, _ mailbox: SharedMailbox) {
        let identity = ObjectIdentifier(mailbox)
        self.places.withLock { places in
            guard places[ticket]?.identity == identity else { return }
            places[ticket]?.handle = nil
            places[ticket]?.identity = nil
            if places[ticket]?.waiters == nil { places[ticket] = nil }
        }
    }

    var all: [Handle] { self.places.withLock { $0.values.compactMap(\.handle) } }
}
