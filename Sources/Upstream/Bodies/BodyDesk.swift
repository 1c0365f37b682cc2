import Gateway
import IMAP
import NIOCore

/// Gives sessions the bodies they ask for: from the spool, from a fetch under way, or by a fetch of its own, together with
/// what the session is likely to ask for next.
final class BodyDesk {
    /// Octets that are read ahead of one session at most.
    static let aheadOctets: UInt64 = 1_048_576

    private let surroundings: SharedMailbox.Surroundings
    private let loop: any EventLoop
    /// Gives a job to a connection.
    var run: (any UpstreamJob) -> Void = { _ in }
    private var underway: [BodySpool.Key: SharedBody] = [:]
    let presence: PresenceDesk

    init(_ surroundings: SharedMailbox.Surroundings, loop: any EventLoop) {
        self.surroundings = surroundings
        self.loop = loop
        self.presence = PresenceDesk(loop: loop)
    }

    /// What the session's own listing says of the bodies it asks for.
    struct Reading {
        let lines: LeaseLines
        let validity: UIDValidity?
        /// Nil before the listing: nothing is kept or shared.
        let mailbox: MailboxID?
        /// As listed; nil where it is not known.
        let size: (UID) -> UInt32?
        let ahead: LookAhead
    }

    /// What a session is likely to ask for was looked through: while that is retrieved in order, from what is there, it needs no
    /// second look before a part of it is used.
    final class LookAhead {
        private var retrievals = 0

        /// Whether this retrieval, of what was there, needs no look.
        func spares() -> Bool {
            guard self.retrievals > 0 else { return false }
            self.retrievals -= 1
            return true
        }

        func looked(through count: Int) { self.retrievals = count / 4 }
    }

    func read(_ request: BodyRequest, _ reading: Reading, into reader: BodyReader) {
        guard let spool = self.surroundings.spool, let key = self.key(request.uid, request.section, reading) else {
            let body = self.body(request.uid, request.section, nil, reading)
            body.add(reader)
            return self.fetch([body], request.section, reading)
        }
        var bodies: [SharedBody] = []
        if let body = spool.find(key) {
            self.presence.confirm(request.uid, reading.lines, run: self.run) { isThere in
                guard !isThere else { return reader.take(body) }
                spool.forget(key)
                reader.fail(.messageGone)
            }
        } else if let body = self.underway[key], body.isShared {
            body.add(reader)
        } else {
            let body = self.body(request.uid, request.section, key, reading)
            body.add(reader)
            bodies = [body]
        }
        bodies += self.ahead(of: request, reading, spool, isAlone: bodies.isEmpty)
        if !bodies.isEmpty { self.fetch(bodies, request.section, reading) }
    }

    private func key(_ uid: UID, _ section: Section, _ reading: Reading) -> BodySpool.Key? {
        guard let validity = reading.validity, let mailbox = reading.mailbox else { return nil }
        return BodySpool.Key(
            account: self.surroundings.accountID,
            mailbox: mailbox,
            validity: validity,
            uid: uid,
            section: section
        )
    }

    private func body(_ uid: UID, _ section: Section, _ key: BodySpool.Key?, _ reading: Reading) -> SharedBody {
        let body = SharedBody(
            uid: uid,
            section: section,
            key: key,
            listedSize: reading.size(uid),
            spool: self.surroundings.spool
        )
        body.whenOver = { [weak self, weak body] in
            guard let self, let key, self.underway[key] === body else { return }
            self.underway[key] = nil
        }
        body.whenAlone = { [weak self] readers in
            for reader in readers {
                guard let self else { return reader.fail(.unavailable(reason: "the mailbox was closed")) }
                let own = self.body(uid, section, nil, reading)
                own.add(reader)
                self.fetch([own], section, reading)
            }
        }
        if let key { self.underway[key] = body }
        return body
    }

    private func fetch(_ bodies: [SharedBody], _ section: Section, _ reading: Reading) {
        self.run(FetchJob(bodies, section, reading.validity, reading.lines))
    }

    /// What is not there yet of the messages that are likely to follow, as much of it as fits. A command of its own (`isAlone`)
    /// is worth it only for half of them.
    private func ahead(
        of request: BodyRequest,
        _ reading: Reading,
        _ spool: BodySpool,
        isAlone: Bool
    ) -> [SharedBody] {
        if isAlone, reading.ahead.spares() { return [] }
        var octets: UInt64 = 0
        var wanted: [(UID, BodySpool.Key)] = []
        var considered = 0
        for uid in request.ahead {
            guard let size = reading.size(uid), UInt64(size) <= SharedBody.heldOctets else { break }
            octets &+= UInt64(self.octets(of: size, request.section))
            guard octets <= Self.aheadOctets, let key = self.key(uid, request.section, reading) else { break }
            considered += 1
            if spool.find(key) == nil, self.underway[key] == nil { wanted.append((uid, key)) }
        }
        reading.ahead.looked(through: considered)
        guard !isAlone || wanted.count * 2 >= considered else { return [] }
        let room = max(0, ClientStateMachine.bodiesOfOneCommand([request.uid] + wanted.map(\.0)) - 1)
        return wanted.prefix(room).map { self.body($0.0, request.section, $0.1, reading) }
    }

    private func octets(of size: UInt32, _ section: Section) -> UInt32 {
        if case .octets(_, let length) = section { min(size, length) } else { size }
    }
}
