import Gateway
import IMAP
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Upstream

@Suite("Finding messages again under another UIDVALIDITY", .timeLimit(.minutes(5)))
struct RematchTests {
    @Test("is done once for two sessions at a time")
    func together() async throws {
        let fixture = try await Fixture(.distinct(4))
        let names = try await fixture.poll().get().names
        fixture.renumber(to: 2, from: 11)
        let hold = fixture.store.holdRenumbering()
        let (first, second) = (try await fixture.lease(), try await fixture.lease())
        async let one = first.snapshot()
        await hold.reached()
        async let other = second.snapshot()
        // The second asks its store and then waits; that takes less than what it asks the mail server meanwhile.
        for _ in 0..<10 { _ = try await second.fetch(11) }
        hold.letGo()
        let both = [try await one.get(), try await other.get()]
        #expect(both.allSatisfy { $0.names == names && $0.uids == [11, 12, 13, 14] })
        #expect(fixture.store.renumberings.count == 1)
        first.release()
        second.release()
        try await fixture.stop()
    }

    @Test("changes nothing when it is interrupted; the next login does it", arguments: [false, true])
    func interrupted(atHeaders: Bool) async throws {
        let fixture = try await Fixture(.alike(3)) { $0.collectsHeaderKeys = true }
        let names = try await fixture.poll().get().names
        await fixture.whenKept(3)
        fixture.renumber(to: 2, from: 11)
        fixture.server.change { settings in
            settings.script = { request in
                (atHeaders ? request.isForHeaders : request.isForList)
                    ? [.line("* 1 FETCH (UID 11 RFC822.SIZE 1)"), .close] : nil
            }
        }
        guard case .failure(.unavailable) = try await fixture.poll() else {
            Issue.record("it was done by halves")
            return
        }
        #expect(fixture.store.renumberings.isEmpty && fixture.store.updates.count == 1)
        fixture.server.change { $0.script = nil }
        let after = try await fixture.poll().get()
        #expect(after.names == names && after.uids == [11, 12, 13])
        #expect(fixture.store.renumberings.map(\.pairs.count) == [3])
        try await fixture.stop()
    }

    @Test("goes on when its session leaves, so that the next login finds it done")
    func released() async throws {
        let fixture = try await Fixture(.distinct(3))
        let names = try await fixture.poll().get().names
        fixture.renumber(to: 2, from: 11)
        let hold = fixture.store.holdRenumbering()
        let lease = try await fixture.lease()
        lease.snapshot { _ in Issue.record("a session that has left was answered") }
        await hold.reached()
        lease.release()
        hold.letGo()
        await fixture.server.whenQuiet()
        let lists = fixture.server.requests.filter { $0.isForList }.count
        let after = try await fixture.poll().get()
        #expect(after.names == names && after.uids == [11, 12, 13])
        #expect(fixture.store.renumberings.count == 1)
        #expect(fixture.server.requests.filter { $0.isForList }.count == lists)
        try await fixture.stop()
    }

    @Test("that fails with a session that has left is begun anew for one that waits")
    func inherited() async throws {
        let fixture = try await Fixture(.distinct(3))
        let names = try await fixture.poll().get().names
        fixture.renumber(to: 2, from: 11)
        let asked = AnswerOnce<Int>()
        fixture.server.change { settings in
            settings.script = { request in
                guard request.isForList, asked.count == 0 else { return nil }
                asked.give(request.connection)
                return []
            }
        }
        let (first, second) = (try await fixture.lease(), try await fixture.lease())
        first.snapshot { _ in Issue.record("a session that has left was answered") }
        let connection = await asked.wait()
        async let other = second.snapshot()
        for _ in 0..<10 { _ = try await second.fetch(11) }
        first.release()
        // Its release is heard before the end of the connection is: a loop that was busy takes sockets before messages.
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
        fixture.server.change { $0.script = nil }
        fixture.server.drop(connection: connection)
        let after = try await other.get()
        #expect(after.names == names && after.uids == [11, 12, 13])
        #expect(fixture.store.renumberings.count == 1)
        second.release()
        try await fixture.stop()
    }

    @Test("ends when it takes too long as a whole, though the mail server may still say something")
    func limit() async throws {
        let fixture = try await Fixture(.distinct(3)) { $0.rematchSeconds = 0 }
        _ = try await fixture.poll().get()
        fixture.renumber(to: 2, from: 11)
        fixture.server.change { settings in
            settings.script = { $0.isForList ? [.line("* OK still here")] : nil }
        }
        let result = try await fixture.poll()
        #expect(result.problem == .unavailable(reason: "finding the messages again took too long"))
        #expect(fixture.store.renumberings.isEmpty)
        try await fixture.stop()
    }

    @Test("at every login costs no headers, and a person hears of it once (I-22)", arguments: [0, 86_400])
    func everyTime(secondsBetween: Int64) async throws {
        let fixture = try await Fixture(.distinct(3)) { $0.collectsHeaderKeys = true }
        let names = try await fixture.poll().get().names
        await fixture.whenKept(3)
        fixture.server.change { [server = fixture.server] settings in
            settings.script = { request in
                guard request.verb == "EXAMINE" else { return nil }
                server.change { $0.mailboxes[Fixture.name]?.validity += 1 }
                return nil
            }
        }
        for _ in 0..<4 {
            fixture.clock.advance(secondsBetween)
            #expect(try await fixture.poll().get().names == names)
            await fixture.server.whenQuiet()
        }
        #expect(fixture.store.renumberings.count == 4)
        #expect(fixture.headerFetches == [[1, 2, 3]])
        #expect(fixture.log.count("UIDVALIDITY changes again and again") == (secondsBetween == 0 ? 1 : 0))
        try await fixture.stop()
    }

    @Test("that waits for a person is not said to happen again and again")
    func doubtful() async throws {
        let fixture = try await Fixture(.distinct(3))
        _ = try await fixture.poll().get()
        fixture.server.change { settings in
            settings.mailboxes[Fixture.name]?.validity = 2
            settings.mailboxes[Fixture.name]?.mails = []
        }
        for _ in 0..<3 { #expect(try await fixture.poll().problem == .uidValidityChanged) }
        #expect(fixture.log.count("error: UIDVALIDITY has changed") == 1)
        #expect(fixture.log.count("UIDVALIDITY changes again and again") == 0)
        try await fixture.stop()
    }
}
