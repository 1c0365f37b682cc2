/// Hands pieces from one task to another, one at a time: whoever makes them waits until the one before was taken, so that a
/// slow browser slows the reading of the store, and memory stays small.
actor Handoff {
    /// Nobody takes any more.
    struct Abandoned: Error {}

    private var piece: [UInt8]?
    private var isFinished = false
    private var isAbandoned = false
    private var giver: CheckedContinuation<Void, Never>?
    private var taker: CheckedContinuation<Void, Never>?

    /// One giver at a time. Returns when the piece was taken.
    func give(_ piece: [UInt8]) async throws {
        guard !self.isAbandoned else { throw Abandoned() }
        self.piece = piece
        Self.wake(&self.taker)
        await withCheckedContinuation { self.giver = $0 }
        guard !self.isAbandoned else { throw Abandoned() }
    }

    /// No more will come.
    func finish() {
        self.isFinished = true
        Self.wake(&self.taker)
    }

    /// One taker at a time; nil at the end.
    func take() async -> [UInt8]? {
        if self.piece == nil, !self.isFinished { await withCheckedContinuation { self.taker = $0 } }
        defer { self.piece = nil }
        Self.wake(&self.giver)
        return self.piece
    }

    /// The giver hears it at its next piece, or now.
    func abandon() {
        self.isAbandoned = true
        Self.wake(&self.giver)
    }

    private static func wake(_ sleeper: inout CheckedContinuation<Void, Never>?) {
        sleeper?.resume()
        sleeper = nil
    }
}
