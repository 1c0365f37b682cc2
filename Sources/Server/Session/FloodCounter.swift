import NIOConcurrencyHelpers

package import enum Gateway.IPAddress

/// Keeps a flood of refusals from one source from filling the record: ten a second are written one by one, what is
/// above is counted, and each second that had more gets one record with the count (DESIGN promise 3).
package final class FloodCounter: Sendable {
    package enum Verdict: Hashable, Sendable {
        case write
        /// Counted. `isFirst`: whoever hears this writes the record for this second when it is over, with `take`.
        case count(isFirst: Bool)
    }

    /// Refusals of one source and second that get records of their own.
    package static let recordsPerSecond = 10
    /// Sources remembered at one time; beyond, seconds that are over are forgotten first.
    fileprivate static let maximumSources = 10_000

    fileprivate struct Second {
        var second: Int64
        var refusals = 0
        var uncounted = 0
    }

    fileprivate struct Table {
        var sources: [IPAddress: Second] = [:]
        var lastSweep: Int64 = 0
        /// All that find no place are counted together.
        var others = Second(second: 0)
        /// What writes the records of seconds that are not over.
        var owed: [IPAddress: @Sendable () -> Void] = [:]
    }

    private let table = NIOLockedValueBox(Table())

    package init() {}

    /// `time` in microseconds.
    package func refusal(from source: IPAddress, at time: Int64) -> Verdict {
        let second = time / 1_000_000
        return self.table.withLockedValue { table in
            let source = Self.counted(source)
            table.makeRoom(for: source, second: second)
            return table.hasRoom(for: source)
                ? table.sources[source, default: Second(second: second)].refusal(in: second)
                : table.others.refusal(in: second)
        }
    }

    /// How many refusals of `source` were counted since the last `take`.
    package func take(_ source: IPAddress) -> Int {
        self.table.withLockedValue { table in
            let source = Self.counted(source)
            table.owed[source] = nil
            if let count = table.sources[source]?.uncounted, count > 0 {
                table.sources[source]?.uncounted = 0
                return count
            }
            defer { table.others.uncounted = 0 }
            return table.others.uncounted
        }
    }

    /// `record` will write the record of a second of this source, at its end or at `settle`.
    func owe(_ source: IPAddress, _ record: @escaping @Sendable () -> Void) {
        self.table.withLockedValue { $0.owed[Self.counted(source)] = record }
    }

    /// Has everything written that was counted and is not on record yet: the server stops.
    package func settle() {
        let owed = self.table.withLockedValue { table in
            defer { table.owed = [:] }
            return table.owed
        }
        for record in owed.values { record() }
    }

    /// One machine has a whole /64 of IPv6 addresses to send from.
    private static func counted(_ source: IPAddress) -> IPAddress {
        switch source {
        case .v4: source
        case .v6(let high, low: _): .v6(high: high, low: 0)
        }
    }
}

extension FloodCounter.Second {
    fileprivate mutating func refusal(in second: Int64) -> FloodCounter.Verdict {
        if self.second != second {
            self.second = second
            self.refusals = 0
        }
        self.refusals += 1
        guard self.refusals > FloodCounter.recordsPerSecond else { return .write }
        self.uncounted += 1
        return .count(isFirst: self.uncounted == 1)
    }
}

extension FloodCounter.Table {
    fileprivate func hasRoom(for source: IPAddress) -> Bool {
        self.sources[source] != nil || self.sources.count < FloodCounter.maximumSources
    }

    /// Forgets seconds that are over, once a second at most.
    fileprivate mutating func makeRoom(for source: IPAddress, second: Int64) {
        guard !self.hasRoom(for: source), self.lastSweep != second else { return }
        self.lastSweep = second
        self.sources = self.sources.filter { $0.value.uncounted > 0 || $0.value.second >= second }
    }
}
