import Gateway
import IMAP
import NIOCore

/// A body on its way from the mail server, and who takes it: one download, however many sessions wait for it.
///
/// What is short is gathered and handed out at once, so that its failure can still be said. What is a little longer
/// is held whole while it is handed out. What is long goes to the spool's disk at the speed of the mail server, and slow
/// devices drain it from there; where there is none, it goes piece by piece to one session, and the mail server's channel is
/// read only as far as that takes them.
final class SharedBody {
    private enum Phase {
        case waiting
        case gathering
        case holding
        case spooling(SpoolWriter)
        case streaming
        case whole
        case over
    }

    /// Octets up to which a body is gathered before anybody hears of it.
    static let collectedOctets: UInt64 = 65_536
    /// Octets up to which a body is held in memory while it is handed out.
    static let heldOctets: UInt64 = 262_144

    let uid: UID
    let section: Section
    /// Where it is kept for others; nil where it is not.
    let key: BodySpool.Key?
    /// As listed; an empty answer for a message that has a size is no message (I-42).
    let listedSize: UInt32?
    private let spool: BodySpool?
    private var phase = Phase.waiting
    private(set) var readers: [BodyReader] = []
    private(set) var announced: UInt64 = 0
    private var received: UInt64 = 0
    private var pieces: [ByteBuffer] = []
    /// Pieces before the first of `pieces`, that streaming has let go.
    private var dropped = 0
    private weak var account: AccountConnection?
    private weak var connection: UpstreamConnection?
    /// The last octet has come, and may not be on the disk yet.
    private var isCompleted = false
    /// Called once when nothing comes of it any more; with what can be read of it by others meanwhile.
    var whenOver: () -> Void = {}

    init(uid: UID, section: Section, key: BodySpool.Key?, listedSize: UInt32?, spool: BodySpool?) {
        self.uid = uid
        self.section = section
        self.key = key
        self.listedSize = listedSize
        self.spool = key == nil ? nil : spool
    }

    /// Whether one more session can take part.
    var isShared: Bool {
        switch self.phase {
        case .waiting, .gathering, .holding, .whole: self.key != nil
        case .spooling, .streaming, .over: false
        }
    }

    var isWhole: Bool { if case .whole = self.phase { true } else { false } }
    var hasBegun: Bool { if case .waiting = self.phase { false } else { true } }
    var isOver: Bool { if case .over = self.phase { true } else { false } }

    func add(_ reader: BodyReader) {
        self.readers.append(reader)
        reader.take(self)
        switch self.phase {
        case .holding, .whole: reader.begin(octets: self.announced)
        case .waiting, .gathering, .spooling, .streaming, .over: break
        }
    }

    /// A session does not want it any more. What is left of a long body is not worth reading: the connection is dropped for
    /// it.
    func leave(_ reader: BodyReader) {
        self.readers.removeAll { $0 === reader }
        guard self.readers.isEmpty else { return }
        switch self.phase {
        case .streaming: self.giveUp()
        case .spooling
        where !self.isCompleted && self.announced - min(self.received, self.announced) > Self.worthReading:
            self.giveUp()
        case .whole:
            self.phase = .over
            self.whenOver()
        case .waiting, .gathering, .holding, .spooling, .over: break
        }
    }

    /// Octets that are read to their end although nobody waits: fewer than another login costs.
    static let worthReading: UInt64 = 1_048_576

    private func giveUp() {
        self.end()
        self.account?.drop(reason: "a fetch was cancelled")
    }

    private func end() {
        if case .spooling(let writer) = self.phase { writer.abandon() }
        self.phase = .over
        self.pieces = []
        self.readers = []
        self.whenOver()
    }

    // MARK: - What comes

    /// The literal begins. False when it is longer than what is fetched at all.
    func begin(octets: UInt64, on account: AccountConnection, _ connection: UpstreamConnection) -> Bool {
        self.account = account
        self.connection = connection
        self.announced = octets
        guard octets <= account.dialler.configuration.longestMessage else { return false }
        if octets <= Self.collectedOctets {
            self.phase = .gathering
            return true
        }
        if octets <= Self.heldOctets {
            self.phase = .holding
        } else if let key = self.key, let writer = self.spool?.begin(key, octets: octets) {
            self.spoolTo(writer)
        } else {
            self.phase = .streaming
            connection.readsFreely = false
            self.letOthersGo()
        }
        for reader in self.readers { reader.begin(octets: octets) }
        return true
    }

    private func spoolTo(_ writer: SpoolWriter) {
        self.phase = .spooling(writer)
        for reader in self.readers { reader.take(writer.body) }
        guard let loop = self.account?.loop else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        writer.observe(on: loop) { bound.value.hear($0) }
    }

    /// What the disk says of the body that goes there.
    private func hear(_ event: SpoolWriter.Event) {
        switch event {
        case .written: for reader in self.readers { reader.goOn() }
        case .drained: self.connection?.readsFreely = true
        case .whole:
            for reader in self.readers { reader.goOn() }
            self.end()
        case .failed(let error):
            // What is left of the literal is read past.
            self.connection?.readsFreely = true
            self.fail(.unavailable(reason: "the spool failed: \(error)"))
        }
    }

    /// Only one session is streamed to: the others have it fetched again.
    private func letOthersGo() {
        let others = self.readers.dropFirst()
        self.readers.removeLast(others.count)
        self.whenAlone(Array(others))
    }
    /// Takes the sessions that this fetch cannot serve.
    var whenAlone: ([BodyReader]) -> Void = { _ in }

    func receive(_ piece: ByteBuffer) {
        self.received &+= UInt64(piece.readableBytes)
        switch self.phase {
        case .gathering, .holding, .streaming: self.pieces.append(piece)
        case .spooling(let writer):
            writer.write(piece)
            // The disk is slower than the mail server.
            if writer.isFull, !self.isCompleted { self.connection?.readsFreely = false }
        case .waiting, .whole, .over: break
        }
    }

    func readCompleted() {
        switch self.phase {
        case .holding, .streaming: for reader in self.readers { reader.goOn() }
        case .waiting, .gathering, .spooling, .whole, .over: break
        }
    }

    /// Whether what came can be no message: nothing, where the listing has a size.
    var isEmptyAnswer: Bool {
        self.received == 0 && self.section == .whole && (self.listedSize ?? 0) > 1
    }

    /// All has come. What follows it on the connection is no more for those who take this one: it is read freely again.
    func complete() {
        self.connection?.readsFreely = true
        switch self.phase {
        case .gathering:
            self.keep()
            let (readers, pieces) = (self.readers, self.pieces)
            self.end()
            for reader in readers { reader.come(octets: self.announced, pieces) }
        case .holding, .streaming:
            self.keep()
            self.phase = .whole
            let readers = self.readers
            if readers.isEmpty { return self.end() }
            for reader in readers {
                reader.begin(octets: self.announced)
                reader.goOn()
            }
            self.whenOver()
        case .spooling(let writer):
            self.isCompleted = true
            self.connection = nil
            writer.finish()
        case .waiting, .whole, .over: break
        }
    }

    private func keep() {
        guard let key = self.key, let spool = self.spool, self.dropped == 0 else { return }
        spool.keep(key, self.pieces, octets: self.announced)
    }

    func fail(_ failure: UpstreamFailure) {
        if case .whole = self.phase { return }
        let readers = self.readers
        self.end()
        for reader in readers { reader.fail(failure) }
    }

    /// Nothing of it has come, and it will be asked for again.
    func startOver() { if !self.isOver { self.phase = .waiting } }

    // MARK: - What is handed out

    /// What there is from `place` on, which moves.
    func pieces(from place: inout Int) -> [ByteBuffer] {
        let start = max(0, place - self.dropped)
        guard start < self.pieces.count else { return [] }
        let taken = Array(self.pieces[start...])
        place = self.dropped + self.pieces.count
        if case .streaming = self.phase { self.forget() }
        return taken
    }

    private func forget() {
        self.dropped += self.pieces.count
        self.pieces = []
    }

    func wantMore() { if case .streaming = self.phase { self.connection?.readOn() } }
}
