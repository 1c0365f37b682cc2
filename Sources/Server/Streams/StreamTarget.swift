import Store

/// Where a stream of the record goes. It is used from one queue of its own, where it may wait for a moment.
protocol StreamTarget: Sendable {
    /// For the log; and what was written there is remembered under this name.
    var name: String { get }
    /// Records a second that are taken without loss; nil for as many as come.
    var pace: Int? { get }
    /// Whether what `sync` says is believed a second later only: another machine has it, but who reads it there may die.
    var confirmsLate: Bool { get }
    /// The last line that is there, without its end. Nil where there is none, or nobody can look.
    func lastLine() -> [UInt8]?
    /// Writes records in this order.
    func write(_ records: [StoredRecord]) -> StreamOutcome
    /// Returns when no power cut takes back what was taken, as far as that is in our hands; else says why not.
    func sync() -> String?
    /// A new file may stand under the old name.
    func reopen()
}

extension StreamTarget {
    var pace: Int? { nil }
    var confirmsLate: Bool { false }
    func lastLine() -> [UInt8]? { nil }
    func sync() -> String? { nil }
    func reopen() {}
}

/// How far a write came.
struct StreamOutcome: Hashable, Sendable {
    /// So many records, from the first on, are there.
    let taken: Int
    /// Why not all of them; nil when they are.
    var trouble: String?
    /// What was taken before may not be there either, from where `sync` last succeeded.
    var isCut = false
}

/// How many records a second the journal and syslog are given: systemd throws away what is above 10,000 in 30 seconds of
/// one service, without a word to it.
enum JournalPace {
    static let records = 250
}
