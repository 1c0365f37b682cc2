import Gateway
import POP3
import TestSupport
import Testing

/// Every state that a session reaches with a few commands, whatever the store, the mail server's side, the timers and
/// the network do in between; the promises are checked at each step.
@Suite("A session, everywhere it can get")
struct SessionExplorationTests {
    @Test(
        "keeps the promises in every reachable state",
        arguments: [
            (Speaker.device(Samples.frontdesk, by: Samples.tag), DisconnectPolicy.confirmed, 3),
            (.unidentified(.once), .never, 3),
            // Where these two differ from the first is seen with fewer commands.
            (.device(Samples.frontdesk, by: Samples.tag), .never, 2), (.unidentified(.keep), .confirmed, 2),
        ]
    )
    func promises(speaker: Speaker, disconnect: DisconnectPolicy, commands: Int) throws {
        try Self.explore(
            from: try ExploredSession(speaker: speaker, disconnect: disconnect, commandsLeft: commands),
            states: 500
        )
    }

    @Test("serves a notice of our own by itself, and takes it away at QUIT alone", arguments: DisconnectPolicy.allCases)
    func notice(disconnect: DisconnectPolicy) throws {
        let speaker = Speaker.device(Samples.frontdesk, by: Samples.tag)
        try Self.explore(
            from: try ExploredSession(speaker: speaker, disconnect: disconnect, hasNotice: true, commandsLeft: 3),
            states: 200
        )
    }

    private static func explore(from start: ExploredSession, states: Int) throws {
        var reached: Set<ExploredSession> = [start]
        var frontier = [start]
        var endings: Set<ExploredSession> = []
        while let session = frontier.popLast(), reached.count < 200_000 {
            for step in session.possibleSteps {
                var next = session
                next.take(step)
                // Not expected at each of a million steps: that would take longer than the steps.
                guard next.broken == nil else {
                    Issue.record("\(next.broken ?? "") after \(next.trace)")
                    return
                }
                if next.isClosed { endings.insert(next) }
                if reached.insert(next).inserted { frontier.append(next) }
            }
        }
        #expect((states..<200_000).contains(reached.count))
        #expect(!endings.isEmpty)
    }

    @Test("always finds an end when the device is gone", arguments: 0..<200 as Range<UInt64>)
    func ending(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var session = try ExploredSession(speaker: .device(Samples.frontdesk, by: Samples.tag), commandsLeft: 20)
        for _ in 0..<Int.random(in: 0...60, using: &generator) {
            guard let step = session.possibleSteps.randomElement(using: &generator) else { break }
            session.take(step)
        }
        #expect(session.broken == nil, "\(session.trace)")
        session.take(.disconnected)
        #expect(session.isClosed)
        #expect(session.machine.timerFired(.idle).isEmpty)
        #expect(session.machine.quiesce().isEmpty)
    }

    @Test("never traps, whatever is called in whatever order", arguments: 0..<300 as Range<UInt64>)
    func chaos(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var session = try ExploredSession(speaker: .unidentified(.once), commandsLeft: 0).machine
        if Bool.random(using: &generator) { session = Samples.machine() }
        var closed = false
        for _ in 0..<60 {
            let actions = try Samples.chaoticEvent(&session, &generator)
            if closed { #expect(actions.isEmpty) }
            closed = closed || actions.contains(.close)
        }
    }
}
