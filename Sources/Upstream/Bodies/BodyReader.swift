import Gateway
import IMAP
import NIOCore

/// A session's side of one body: hands its pieces out as they are asked for, from a fetch under way or from the spool, or all
/// at once where it is short. The sink hears `came`, or `began`, pieces, and `ended`; or `failed`, once; after `cancel`
/// nothing.
final class BodyReader {
    private enum Source {
        /// Not known yet where it comes from.
        case awaited
        case fetch(SharedBody)
        case spooled(SpooledBody)
        case over
    }

    /// Octets that are handed out at a time from what is there already.
    private static let portion = 131_072

    /// What went upstream for this session and is in none of its records yet.
    private let lines: LeaseLines
    private let sink: @Sendable (BodyEvent) -> Void
    private let loop: any EventLoop
    private var source = Source.awaited
    /// What is still being written to the disk that this reads.
    private weak var fetch: SharedBody?
    private var hasBegun = false
    private var demand = 0
    /// The next piece of a fetch, or the next octet of what is spooled.
    private var place = 0
    private var isReading = false
    private var hasHeard = false

    init(_ lines: LeaseLines, loop: any EventLoop, sink: @escaping @Sendable (BodyEvent) -> Void) {
        self.lines = lines
        self.loop = loop
        self.sink = sink
    }

    var isOver: Bool { if case .over = self.source { true } else { false } }

    // MARK: - Where it comes from

    func take(_ body: SpooledBody) {
        guard !self.isOver else { return }
        if case .fetch(let fetch) = self.source { self.fetch = fetch }
        self.source = .spooled(body)
        if body.octets <= SharedBody.collectedOctets {
            self.collect(body, [], 0)
        } else {
            self.begin(octets: body.octets)
        }
    }

    /// Reads what is short to its end.
    private func collect(_ body: SpooledBody, _ pieces: [ByteBuffer], _ octets: Int) {
        if let pieces = body.pieces { return self.come(octets: body.octets, pieces) }
        guard UInt64(clamping: octets) < body.octets else { return self.come(octets: body.octets, pieces) }
        body.read(from: octets, atMost: Self.portion, on: self.loop).assumeIsolated().whenComplete { result in
            guard !self.isOver else { return }
            switch result {
            // Unlike what is long, it is read only once it is there whole.
            case .success(let more) where more.isEmpty: self.failToRead("it is cut")
            case .success(let more):
                self.collect(body, pieces + more, more.reduce(octets) { $0 + $1.readableBytes })
            case .failure(let error): self.failToRead("\(error)")
            }
        }
    }

    private func failToRead(_ reason: String) {
        self.fail(.unavailable(reason: "the spool could not be read: \(reason)"))
    }

    func take(_ body: SharedBody) {
        guard !self.isOver else { return }
        self.source = .fetch(body)
    }

    /// All of what is short.
    func come(octets: UInt64, _ pieces: [ByteBuffer]) {
        guard !self.isOver else { return }
        self.source = .over
        self.sink(.came(octets: octets, pieces, transcript: self.lines.takeOrCached()))
    }

    /// What is fetched can be handed out.
    func begin(octets: UInt64) {
        guard !self.hasBegun, !self.isOver else { return }
        self.hasBegun = true
        self.sink(.began(octets: octets))
    }

    /// More has come, or the end.
    func goOn() {
        self.hasHeard = true
        self.handOut()
    }

    func fail(_ failure: UpstreamFailure) {
        guard !self.isOver else { return }
        self.source = .over
        self.sink(.failed(failure, transcript: self.lines.take()))
    }

    // MARK: - Demand

    func more() {
        self.demand += 1
        self.handOut()
    }

    func cancel() {
        guard !self.isOver else { return }
        let source = self.source
        self.source = .over
        if case .fetch(let body) = source { body.leave(self) } else { self.fetch?.leave(self) }
    }

    private func handOut() {
        guard self.demand > 0, self.hasBegun else { return }
        switch self.source {
        case .awaited, .over: break
        case .fetch(let body): self.handOut(of: body)
        case .spooled(let body): self.handOut(of: body)
        }
    }

    private func handOut(of body: SharedBody) {
        let pieces = body.pieces(from: &self.place)
        if !pieces.isEmpty { return self.give(pieces) }
        if body.isWhole { return self.end() }
        body.wantMore()
    }

    private func handOut(of body: SpooledBody) {
        guard !self.isReading else { return }
        if let pieces = body.pieces {
            guard self.place < pieces.count else { return self.end() }
            return self.give(self.portion(of: pieces))
        }
        guard UInt64(clamping: self.place) < body.octets else { return self.end() }
        self.isReading = true
        self.hasHeard = false
        body.read(from: self.place, atMost: Self.portion, on: self.loop).assumeIsolated().whenComplete { result in
            self.isReading = false
            guard !self.isOver else { return }
            switch result {
            // More is on its way: `goOn` is called when it is there, or was meanwhile.
            case .success(let pieces) where pieces.isEmpty: if self.hasHeard { self.handOut() }
            case .success(let pieces):
                self.place += pieces.reduce(0) { $0 + $1.readableBytes }
                self.give(pieces)
                self.handOut()
            case .failure(let error): self.failToRead("\(error)")
            }
        }
    }

    private func portion(of pieces: [ByteBuffer]) -> [ByteBuffer] {
        var taken: [ByteBuffer] = []
        var octets = 0
        while self.place < pieces.count, octets < Self.portion {
            octets += pieces[self.place].readableBytes
            taken.append(pieces[self.place])
            self.place += 1
        }
        return taken
    }

    private func give(_ pieces: [ByteBuffer]) {
        self.demand -= 1
        self.sink(.pieces(pieces))
    }

    private func end() {
        self.source = .over
        self.sink(.ended(transcript: self.lines.takeOrCached()))
    }
}

/// The guard's lines that left for a session's bodies, until one of its records cites them.
final class LeaseLines {
    private var lines: [String] = []
    private let write: ([String]) -> Void
    private(set) var isReleased = false

    /// `write` puts on record what no record of the session cites.
    init(write: @escaping ([String]) -> Void) { self.write = write }

    func add(_ lines: [String]) {
        self.lines += lines
        if self.isReleased || self.lines.count > Citations.limit { self.flush() }
    }

    /// The session has ended.
    func release() {
        self.isReleased = true
        self.flush()
    }

    private func flush() {
        let lines = self.take()
        if !lines.isEmpty { self.write(lines) }
    }

    func take() -> [String] {
        defer { self.lines = [] }
        return self.lines
    }

    /// What served a body: lines, or what was there already.
    func takeOrCached() -> [String] { self.lines.isEmpty ? Citations.cached : self.take() }
}
