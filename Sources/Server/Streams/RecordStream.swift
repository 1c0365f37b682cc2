import Foundation
import Logging
import Store
import Synchronization

/// One stream of the record: what is new is written to its target, in order, and how far that came is kept after it. So
/// nothing is lost while the target or this server is away; what was written in the last second before a kill or a power
/// cut may be written twice.
final class RecordStream: Sendable {
    /// A target that is away is tried again after 1, 2, 4 … seconds, at most these.
    private static let longestPause = 30
    /// How often the position is kept, at most.
    private static let keepInterval = Duration.seconds(1)

    private struct Place {
        var position: Int64
        var kept: Int64
        /// What `sync` said is there, when the position was looked at last.
        var synced: Int64
        var keptAt = ContinuousClock.now
        var isAway = false
    }

    private struct Away: Error {}

    private let target: any StreamTarget
    private let store: SQLiteStore
    private let logger: Logger
    private let queue: DispatchQueue
    private let place = Mutex(Place(position: 0, kept: 0, synced: 0))

    init(_ target: any StreamTarget, store: SQLiteStore, logger: Logger) {
        self.target = target
        self.store = store
        var logger = logger
        logger[metadataKey: "stream"] = "\(target.name)"
        self.logger = logger
        self.queue = DispatchQueue(label: "stream \(target.name)")
    }

    func reopen() { self.target.reopen() }

    /// Follows the record until `sizes` ends, or the task is cancelled.
    func run(_ sizes: AsyncStream<Int64>) async {
        var pause = 0
        for await size in sizes {
            while !Task.isCancelled {
                do {
                    try await self.begin()
                    try await self.catchUp(to: size)
                    pause = 0
                    break
                } catch {
                    pause = min(max(1, pause * 2), Self.longestPause)
                    try? await Task.sleep(for: .seconds(pause))
                }
            }
            await self.keepPlace(isLast: false)
        }
        await self.keepPlace(isLast: true)
    }

    /// Finds out where to go on, once. What stands in the target says it best; else it is what was kept.
    private func begin() async throws {
        guard self.place.withLock({ $0.position == 0 }) else { return }
        let kept = try await self.store.position(of: self.target.name) ?? 0
        var position = kept
        let last = await self.onQueue { $0.lastLine() }
        if let last, let number = Self.number(of: last), number > kept,
            let record = try await self.store.record(number), record.line == last
        {
            position = number
        }
        self.place.withLock { $0 = Place(position: position, kept: kept, synced: kept) }
    }

    /// What `event.sequence` says.
    private static func number(of line: [UInt8]) -> Int64? {
        let root = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any]
        return ((root?["event"] as? [String: Any])?["sequence"] as? NSNumber)?.int64Value
    }

    private func catchUp(to size: Int64) async throws {
        let position = self.place.withLock { $0.position }
        if position > size {
            // Another state was put in the place of this one: what comes now is new.
            self.logger.warning("the record is shorter than what the stream has", metadata: ["size": "\(size)"])
            self.place.withLock { $0.position = size }
        }
        guard position < size else { return }
        try await self.store.forEach(RecordFilter(), size: size, after: position) { try await self.give($0) }
    }

    private func give(_ records: [StoredRecord]) async throws {
        var rest = records[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let begun = ContinuousClock.now
            let portion = Array(rest.prefix(self.target.pace ?? rest.count))
            let outcome = await self.onQueue { $0.write(portion) }
            self.note(portion, outcome)
            guard outcome.trouble == nil else { throw Away() }
            await self.keepPlace(isLast: false)
            rest = rest.dropFirst(portion.count)
            if self.target.pace != nil, !rest.isEmpty {
                try await Task.sleep(until: begun + .seconds(1), clock: .continuous)
            }
        }
    }

    /// Moves on, and tells an operator once that the target is away, and once that it is there again.
    private func note(_ portion: [StoredRecord], _ outcome: StreamOutcome) {
        let (gap, change) = self.place.withLock { place -> (ClosedRange<Int64>?, Bool) in
            var gap: ClosedRange<Int64>?
            if outcome.taken > 0, let first = portion.first?.sequence, first - 1 > place.position {
                gap = place.position + 1...first - 1
            }
            if let last = portion.prefix(outcome.taken).last { place.position = last.sequence }
            if outcome.isCut {
                place.position = place.kept
                place.synced = place.kept
            }
            defer { place.isAway = outcome.trouble != nil }
            return (gap, place.isAway != (outcome.trouble != nil))
        }
        if let gap {
            self.logger.warning(
                "records were dropped before the stream had them",
                metadata: ["from": "\(gap.lowerBound)", "to": "\(gap.upperBound)"]
            )
        }
        guard change else { return }
        if let trouble = outcome.trouble {
            self.logger.error("a stream of the record is held up", metadata: ["reason": "\(trouble)"])
        } else {
            self.logger.notice("a stream of the record goes on")
        }
    }

    private func keepPlace(isLast: Bool) async {
        let due = self.place.withLock { place -> Int64? in
            let isDue = isLast || place.keptAt.duration(to: .now) >= Self.keepInterval
            return isDue && place.position != place.kept ? place.position : nil
        }
        guard let position = due else { return }
        let trouble = await self.onQueue { $0.sync() }
        let safe = self.place.withLock { place -> Int64 in
            let before = place.synced
            if trouble == nil { place.synced = position }
            place.keptAt = .now
            return self.target.confirmsLate ? before : place.synced
        }
        if let trouble, !self.target.confirmsLate {
            self.logger.error("a stream of the record is not on its disk", metadata: ["reason": "\(trouble)"])
        }
        guard safe != self.place.withLock({ $0.kept }) else { return }
        // A stop that does not wait for the rest still keeps what is done. Where the store cannot (a full disk), the next
        // try may.
        let (store, name) = (self.store, self.target.name)
        let keeping = Task { try await store.keep(position: safe, of: name) }
        guard case .success = await keeping.result else { return }
        self.place.withLock { $0.kept = safe }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (any StreamTarget) -> Value) async -> Value {
        let target = self.target
        return await withCheckedContinuation { continuation in
            self.queue.async { continuation.resume(returning: body(target)) }
        }
    }
}
