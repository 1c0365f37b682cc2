import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("Fetching over one connection a lease", .timeLimit(.minutes(5)))
struct BodyTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lines: [String]
        let failure: UpstreamFailure
    }

    private static let answers = [
        Answer(testDescription: "nothing", lines: ["% OK"], failure: .messageUnavailable),
        Answer(testDescription: "NO", lines: ["% NO no"], failure: .messageUnavailable),
        Answer(testDescription: "NO [LIMIT]", lines: ["% NO [LIMIT] no"], failure: .messageUnavailable),
        Answer(
            testDescription: "NIL",
            lines: ["* 2 FETCH (UID 2 BODY[] NIL)", "% OK"],
            failure: .messageUnavailable
        ),
        Answer(
            testDescription: "empty, and it has a size",
            lines: ["* 2 FETCH (UID 2 BODY[] {0}", ")", "% OK"],
            failure: .messageUnavailable
        ),
        Answer(
            testDescription: "another message",
            lines: ["* 1 FETCH (UID 1 BODY[] {3}", "abc)", "% OK"],
            failure: .messageUnavailable
        ),
        Answer(
            testDescription: "expunged",
            lines: ["* 2 FETCH (UID 2 BODY[] NIL)", "% NO [EXPUNGEISSUED] gone"],
            failure: .messageUnavailable
        ),
    ]

    @Test(
        "a message that does not come is told as what it is, and the session goes on",
        arguments: answers,
        [true, false]
    )
    func failures(_ answer: Answer, exists: Bool) async throws {
        let fixture = try await Fixture()
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.change { settings in
            if !exists { settings.mailboxes[Fixture.name]?.mails.remove(at: 1) }
            settings.script = { request in
                guard request.verb == "UID FETCH", request.arguments.hasPrefix("2 ") else { return nil }
                return answer.lines.map { .line($0.replacing("%", with: request.tag)) }
            }
        }
        let fetched = try await lease.fetch(2)
        #expect(fetched.failure == (exists ? answer.failure : .messageGone))
        #expect(fetched.announced == nil)
        #expect(!(try await lease.fetch(3).octets.isEmpty))
        lease.release()
        try await fixture.stop()
        #expect(fixture.server.connections == 1)
    }

    @Test(
        "a literal that is announced too large is not read",
        arguments: ["3000", "4294967295", "9223372036854775807"]
    )
    func tooLarge(size: String) async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { request in
            request.verb == "UID FETCH" ? [.line("* 2 FETCH (UID 2 BODY[] {\(size)}"), .line("abc")] : nil
        }
        let fixture = try await Fixture(settings) { $0.longestMessage = 2000 }
        let lease = try await fixture.lease()
        #expect(try await lease.fetch(2).failure == .messageTooLarge)
        fixture.server.change { $0.script = nil }
        #expect(!(try await lease.fetch(2).octets.isEmpty))
        lease.release()
        try await fixture.stop()
    }

    @Test("a connection that was lost between commands is made again, once (I-52)")
    func reconnects() async throws {
        let fixture = try await Fixture()
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.dropConnections()
        #expect(!(try await lease.fetch(2).octets.isEmpty))
        fixture.server.change { settings in
            settings.script = { $0.verb == "UID FETCH" ? [.close] : nil }
        }
        guard case .unavailable = try await lease.fetch(2).failure else {
            Issue.record("no failure")
            return
        }
        lease.release()
        try await fixture.stop()
        #expect(fixture.server.connections == 3)
    }

    @Test("a mailbox that was renumbered while the session lasts is not read any more (T-108)")
    func renumbered() async throws {
        let fixture = try await Fixture()
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        let fetches = fixture.server.count(of: "UID FETCH")
        fixture.server.change { $0.mailboxes[Fixture.name]?.validity = 2 }
        fixture.server.dropConnections()
        await fixture.server.whenQuiet()
        #expect(try await lease.fetch(2).failure == .uidValidityChanged)
        #expect(try await lease.fetch(3).failure == .uidValidityChanged)
        #expect(fixture.server.count(of: "UID FETCH") == fetches)
        lease.release()
        try await fixture.stop()
    }

    @Test("a pause that the mail server asks for is kept by all sessions of the account (I-55)")
    func throttled() async throws {
        let fixture = try await Fixture()
        let lease = try await fixture.lease()
        fixture.server.change { settings in
            settings.script = { request in
                guard request.verb == "UID FETCH" else { return nil }
                return [.line("\(request.tag) BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds")]
            }
        }
        guard case .unavailable = try await lease.fetch(2).failure else {
            Issue.record("not unavailable")
            return
        }
        fixture.server.change { $0.script = nil }
        let requests = fixture.server.requests.count
        guard case .unavailable = try await lease.fetch(2).failure, case .failure(.unavailable) = await fixture.open()
        else {
            Issue.record("the mail server was asked in its pause")
            return
        }
        #expect(fixture.server.requests.count == requests)
        fixture.clock.advance(300)
        #expect(!(try await lease.fetch(2).octets.isEmpty))
        lease.release()
        try await fixture.lease().release()
        try await fixture.stop()
    }

    @Test("fetches that are asked for at once come one after the other, and none is lost")
    func several() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name] = .sample(40)
        let fixture = try await Fixture(settings) { $0.connectionsPerAccount = 1 }
        let lease = try await fixture.lease()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for uid in UInt32(1)...40 {
                group.addTask {
                    let fetched = try await lease.fetch(uid)
                    return String(decoding: fetched.octets, as: UTF8.self).contains("Subject: sample \(uid)\r\n")
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        lease.release()
        try await fixture.stop()
        #expect(fixture.server.connections == 1)
    }

    @Test("a lease that is released under a long fetch gives its slot back")
    func releasedUnderway() async throws {
        var settings = ScriptedMailServer.Settings()
        let octets = [UInt8](repeating: 120, count: 4 * 1024 * 1024)
        settings.mailboxes[Fixture.name] = ScriptedMailbox(mails: [.init(uid: 7, octets: octets)])
        let fixture = try await Fixture(settings) { $0.connectionsPerAccount = 1 }
        let lease = try await fixture.lease()
        let began = AnswerOnce<Void>()
        let uid = try #require(UID(7))
        let source = lease.body(BodyRequest(uid: uid, section: .whole)) { if case .began = $0 { began.give(()) } }
        await began.wait()
        lease.release()
        source.more()
        try await fixture.lease().release()
        try await fixture.stop()
    }
}
