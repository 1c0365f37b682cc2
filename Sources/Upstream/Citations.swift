/// The guard's lines of one lease, until a record cites them: none may be lost.
struct Citations {
    /// The most that one record cites. Lines that nobody cites are not kept any longer than until there are so many.
    static let limit = 256
    /// In place of lines, where none went upstream for an answer.
    static let cached = ["cache"]

    /// What has left since an answer took its lines.
    private(set) var fresh: [String] = []
    /// What belongs to no answer: a connection that was made again, one that was kept alive, LOGOUT.
    private var rest: [String] = []

    mutating func add(_ lines: [String]) { self.fresh += lines }

    /// The lines of the answer that is about to be given.
    mutating func take() -> [String] {
        defer { self.fresh = [] }
        return self.fresh
    }

    /// What has left is nobody's, nor is `transcript`, which left before it.
    mutating func setAside(_ transcript: [String] = []) {
        self.rest += transcript + self.fresh
        self.fresh = []
    }

    /// What must go on record now, and `left`: all there is; none while it can wait.
    mutating func takeRest(left: Bool) -> [[String]] {
        if left { self.setAside() }
        var portions: [[String]] = []
        while self.rest.count >= Self.limit || (left && !self.rest.isEmpty) {
            portions.append(Array(self.rest.prefix(Self.limit)))
            self.rest.removeFirst(min(Self.limit, self.rest.count))
        }
        return portions
    }
}
