import Gateway
import POP3
import Server
import Store
import Synchronization
import Testing

@Suite("Taking over the unique-ids of a provider's POP3 service")
struct AdoptionRunTests {
    private static func offer(_ world: AdoptionWorld, _ numbers: [Int]) {
        world.service.state.withLock { $0.messages = numbers.map { ($0, UInt64(100 + $0)) } }
    }

    private static func theirs(_ numbers: some Sequence<Int>) -> [Int: String] {
        Dictionary(uniqueKeysWithValues: numbers.map { ($0, "theirs-\($0)") })
    }

    @Test("equal lists match by their sizes, and three headers confirm it")
    func bySize() async throws {
        let world = try await AdoptionWorld(messages: Array(1...50))
        Self.offer(world, Array(1...50))
        let report = try await world.run()
        #expect(report.counts.bySize == 50 && report.counts.byHeader == 0 && report.isComplete)
        #expect(try await world.texts() == Self.theirs(1...50))
        #expect(world.service.state.withLock { $0.headersAsked } == 3)
        #expect(world.service.state.withLock { $0.left } == 1 && world.mailboxes.released.withLock { $0 } == 1)
    }

    @Test("another order, and messages that one side lacks, match by header; the rest is shown (U-19)")
    func byHeader() async throws {
        let world = try await AdoptionWorld(messages: Array(1...300))
        Self.offer(world, Array((2...301).reversed()))
        let report = try await world.run()
        #expect(report.counts.byHeader == 299 && report.counts.bySize == 0)
        #expect(report.counts.unmatchedTheirs == 1 && report.counts.unmatchedOurs == 1 && !report.isComplete)
        #expect(report.unmatched.map(\.side) == [.pop3, .imap])
        #expect(report.unmatched.first?.date == "day 301" && report.unmatched.last?.received == 1)
        let texts = try await world.texts()
        #expect(texts.filter { $0.key > 1 } == Self.theirs(2...300))
        #expect(texts[1]?.hasPrefix("theirs") == false)
    }

    @Test("a walk that the headers do not confirm is not believed")
    func falseWalk() async throws {
        let world = try await AdoptionWorld(messages: [1, 2, 3])
        world.service.state.withLock { $0.messages = [(2, 101), (3, 102), (1, 103)] }
        let report = try await world.run()
        #expect(report.counts.bySize == 0 && report.counts.byHeader == 3)
        #expect(try await world.texts() == Self.theirs(1...3))
    }

    @Test(
        "without headers sizes are believed where two whole lists agree, and these are not short",
        arguments: [(8, 8, 8), (7, 7, 0), (1, 1, 0), (9, 10, 0), (10, 9, 0)]
    )
    func withoutHeaders(theirs: Int, ours: Int, matched: Int) async throws {
        let world = try await AdoptionWorld(messages: Array(1...ours))
        Self.offer(world, Array(1...theirs))
        world.service.state.withLock { $0.givesHeaders = false }
        let report = try await world.run()
        #expect(report.counts.bySize == matched && report.counts.matched == matched)
        #expect(report.counts.unmatchedTheirs == theirs - matched && report.counts.unmatchedOurs == ours - matched)
        #expect(try await world.texts().values.count { $0.hasPrefix("theirs") } == matched)
    }

    @Test("where the provider's unique-ids have changed, messages get the new ones")
    func changed() async throws {
        let world = try await AdoptionWorld(messages: Array(1...10))
        Self.offer(world, Array(1...10))
        _ = try await world.run()
        world.service.state.withLock { $0.prefix = "new" }
        let report = try await world.run()
        #expect(report.isComplete && report.counts.before == 0 && report.result?.changed == 10)
        #expect(try await world.texts() == Dictionary(uniqueKeysWithValues: (1...10).map { ($0, "new-\($0)") }))
    }

    @Test("broken off, the next run goes on from what is kept")
    func resumes() async throws {
        let world = try await AdoptionWorld(messages: Array(1...400))
        Self.offer(world, Array((1...400).reversed()))
        world.service.state.withLock { $0.headersLeft = 300 }
        await #expect(throws: AdoptionFailure.service(.disconnected)) { _ = try await world.run() }
        #expect(world.service.state.withLock { $0.left } == 1 && world.mailboxes.released.withLock { $0 } == 1)
        #expect(try await world.store.adoptionState(world.account, mailbox: "INBOX") == .open)
        world.service.state.withLock { state in
            state.headersLeft = .max
            state.headersAsked = 0
        }
        let report = try await world.run()
        #expect(report.isComplete)
        #expect(world.service.state.withLock { $0.headersAsked } == 400 - 2 * 128, "what was read is not read again")
        #expect(try await world.texts() == Self.theirs(1...400))
    }

    @Test("run again, it takes what has come since (U-21), and changes nothing else")
    func incremental() async throws {
        let world = try await AdoptionWorld(messages: Array(1...10))
        Self.offer(world, Array(1...10))
        _ = try await world.run()
        Self.offer(world, Array(1...12))
        let early = try await world.run()
        #expect(early.counts.before == 10 && early.counts.unmatchedTheirs == 2 && early.result?.changed == 0)
        try await world.deliver([11, 12])
        let report = try await world.run()
        #expect(report.counts.before == 10 && report.counts.matched == 12 && report.isComplete)
        #expect(try await world.texts() == Self.theirs(1...12))
    }

    @Test("a dry run reports and gives nothing")
    func dryRun() async throws {
        let world = try await AdoptionWorld(messages: [1, 2])
        Self.offer(world, [1, 2])
        let before = try await world.texts()
        let report = try await world.run(isDryRun: true)
        #expect(report.counts.matched == 2 && report.result == nil)
        #expect(try await world.texts() == before)
        #expect(try await world.store.count(RecordFilter(action: "uidl-learned"), limit: 1) == 0)
        let mailbox = try await world.store.listing(world.account, mailbox: "INBOX").mailbox
        #expect(try await world.store.learned(mailbox).allSatisfy { $0.row == nil })
    }
}
