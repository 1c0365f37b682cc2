import Gateway
import TestSupport
import Testing

@Suite("A line that is lost when the store fails")
struct LostSessionTests {
    @Test(
        "the end of the session is written again without its commit, wherever it stood",
        arguments: 0..<400 as Range<UInt64>
    )
    func writtenAgain(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let speaker = Speaker.device(Samples.frontdesk, by: Samples.tag)
        var session = try ExploredSession(speaker: speaker, disconnect: .confirmed, commandsLeft: 20)
        for _ in 0..<Int.random(in: 0...60, using: &generator) {
            let steps = session.possibleSteps.filter { $0 != .disconnected && $0 != .quiesce }
            guard let step = steps.randomElement(using: &generator) else { break }
            session.take(step)
        }
        guard !session.isClosed else { return }
        var machine = session.machine
        let lost = Self.records(machine.disconnected(reason: "gone")).last
        guard let lost, !lost.changes.isEmpty else { return }
        // At most one record was under way before, or some marks, and is answered first; the DELEs are 20 at most.
        var kept = machine
        for _ in 0...20 { #expect(kept.recorded(.success(())).isEmpty) }
        for _ in 0...20 {
            guard let again = Self.records(machine.recorded(.failure(.full))).last else { continue }
            #expect(again.changes.isEmpty && again.attempts.dropLast() == lost.attempts.dropLast())
            let end = try #require(again.attempts.last)
            #expect(end.action == .sessionEnd && end.numbers == nil && end.done.hasSuffix("nothing hidden"))
            #expect(machine.recorded(.failure(.full)).isEmpty)
            return
        }
        Issue.record("nothing was written again, \(session.trace)")
    }

    private static func records(_ actions: [SessionAction]) -> [(attempts: [Attempt], changes: [Change])] {
        actions.compactMap { action in
            guard case .record(let attempts, let changes, _) = action else { return nil }
            return (attempts, changes)
        }
    }
}
