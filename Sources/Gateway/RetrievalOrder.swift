/// In which order a device retrieves, as far as its last retrievals show it: so that the messages it will ask for next can
/// be fetched while it drains the present one, and those it knows already are not.
///
/// One that goes through the maildrop message by message, up or down, is read ahead of, the further the longer it does.
/// Whoever begins with the first message of a maildrop is taken for one that wants them all. Anything else ends it.
struct RetrievalOrder: Hashable, Sendable {
    /// Messages that are read ahead at most.
    static let most = 256
    private static let first = 16
    /// Each retrieval in order reads so many times as far ahead as the one before.
    private static let growth = 4

    private enum Step: Int {
        case up = 1
        case down = -1
    }

    private var last = 0
    private var step = Step.up
    /// Messages that are likely to follow.
    private var count = 0

    /// Takes note of a retrieval. Gives the message-numbers that are likely to follow, the next first.
    mutating func retrieved(_ number: Int, of lastNumber: Int) -> [Int] {
        defer { self.last = number }
        switch number {
        // TOP and then RETR of the same message says nothing new.
        case self.last: break
        case self.last + 1 where self.last > 0 || number == 1: self.goesOn(.up)
        case self.last - 1: self.goesOn(.down)
        default: self.count = 0
        }
        switch self.step {
        case .up:
            let end = min(number + self.count, lastNumber)
            return end > number ? Array((number + 1)...end) : []
        case .down:
            let end = max(number - self.count, 1)
            return end < number ? (end..<number).reversed() : []
        }
    }

    private mutating func goesOn(_ step: Step) {
        self.count = step == self.step && self.count > 0 ? min(self.count * Self.growth, Self.most) : Self.first
        self.step = step
    }
}
