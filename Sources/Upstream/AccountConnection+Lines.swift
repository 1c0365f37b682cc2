// The guard's lines: each answer takes those that left for it, and the rest goes on record by itself.
extension AccountConnection {
    /// The guard's lines that left since an answer took its own.
    func takeTranscript() -> [String] {
        self.collectLines()
        return self.citations.take()
    }

    /// The same, left for the answer to take.
    var lines: [String] {
        self.collectLines()
        return self.citations.fresh
    }

    /// What left until now is nobody's: it goes on record at the end, and so does `transcript`, which was taken for nothing.
    func setAside(_ transcript: [String] = []) {
        self.collectLines()
        self.citations.setAside(transcript)
        self.citeRest(left: self.hasGone)
    }

    /// The guard itself keeps no more than a few.
    func collectLines() {
        if let lines = self.connection?.takeTranscript() { self.citations.add(lines) }
    }

    func citeRest(left: Bool = false) {
        for lines in self.citations.takeRest(left: left) { self.records?.write(lines) }
    }

    private var hasGone: Bool { if case .released = self.line { self.whenGone == nil } else { false } }
}
