import Foundation
import Testing

/// Random histories of a mailbox and its devices on a real store with real sessions, against a plain model: a device
/// never loses sight of a message it did not delete, never sees again one it deleted unless it was restored, its
/// unique-ids never change but for what was restored and are never two messages', and nothing else ever changes.
///
/// `LEAVECOPY_HISTORIES` and `LEAVECOPY_HISTORY_STEPS` make it try more and longer histories, `LEAVECOPY_HISTORY_SEED`
/// others.
@Suite("Histories", .timeLimit(.minutes(30)))
struct HistoryTests {
    private static let seeds: Range<UInt64> = {
        let first = UInt64(Self.number("LEAVECOPY_HISTORY_SEED") ?? 0)
        return first..<first + UInt64(max(1, Self.number("LEAVECOPY_HISTORIES") ?? 10))
    }()
    private static let length = Self.number("LEAVECOPY_HISTORY_STEPS") ?? 150

    private static func number(_ name: String) -> UInt32? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt32($0) }
    }

    @Test("each device sees what it must, whatever happens", arguments: Self.seeds)
    func history(seed: UInt64) async {
        let steps = HistoryStep.history(seed: seed, length: Int(Self.length))
        guard let failure = await Self.failure(of: steps) else { return }
        let shortest = await Self.shortened(Array(steps.prefix(failure.steps)))
        let reason = await Self.failure(of: shortest)?.reason ?? failure.reason
        let list = shortest.map { "\($0)" }.joined(separator: "\n")
        Issue.record("seed \(seed): \(reason), after\n\(list)")
    }

    /// What the model had to say against this history, and after how many steps; nil for nothing.
    private static func failure(of steps: [HistoryStep]) async -> (reason: String, steps: Int)? {
        var taken = 0
        do {
            let world = try await HistoryWorld()
            for step in steps {
                taken += 1
                try await world.take(step)
            }
            return nil
        } catch {
            return ("\(error)", taken)
        }
    }

    /// Leaves out what the failure does not need: halves first, single steps last, as far as some seconds go.
    private static func shortened(_ steps: [HistoryStep]) async -> [HistoryStep] {
        var steps = steps
        var length = steps.count / 2
        let end = ContinuousClock.now + .seconds(5)
        while length > 0, ContinuousClock.now < end {
            var start = 0
            while start < steps.count, ContinuousClock.now < end {
                var fewer = steps
                fewer.removeSubrange(start..<min(start + length, steps.count))
                if await Self.failure(of: fewer) != nil { steps = fewer } else { start += length }
            }
            length /= 2
        }
        return steps
    }
}
