import Gateway
import IMAP
import TestSupport
import Testing
import Upstream

@Suite("Headers of many messages")
struct HeaderTests {
    private static func headers(
        of uids: some Sequence<Int>,
        _ lease: any MailboxLease
    ) async -> Result<[FetchedHeader], UpstreamFailure> {
        let answers = AnswerOnce<Result<[FetchedHeader], UpstreamFailure>>()
        lease.headers(of: uids.compactMap { UID(UInt32(clamping: $0)) }) { answers.give($0) }
        return await answers.wait()
    }

    private static func text(_ index: Int) -> [UInt8] {
        Array("From: a@example.com\r\nSubject: sample \(index)\r\n\r\n".utf8)
    }

    @Test("come in lines of 80, without those that are missing or too long")
    func batches() async throws {
        var settings = ScriptedMailServer.Settings()
        var mailbox = ScriptedMailbox.sample(300)
        mailbox.mails.removeAll { $0.uid == 17 }
        mailbox.mails[40].octets = Array(repeating: 0x61, count: 262_145)
        let long = Int(mailbox.mails[40].uid)
        settings.mailboxes[Fixture.name] = mailbox
        let fixture = try await Fixture(settings)
        let lease = try await fixture.lease()
        let headers = try await Self.headers(of: 1...256, lease).get()
        let expected = (1...256).filter { $0 != 17 && $0 != long }
        #expect(headers.map { Int($0.uid.value) }.sorted() == expected)
        #expect(headers.allSatisfy { $0.octets == Self.text(Int($0.uid.value)) })
        #expect(fixture.server.count(of: "UID FETCH") == 4)
        lease.release()
        try await fixture.stop()
    }

    @Test("one that the mail server cannot read costs no other")
    func refusal() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.mailboxes[Fixture.name] = .sample(9)
        let poison = ScriptedMailbox.sample(9)
        settings.script = { request in
            guard request.arguments.contains("HEADER") else { return nil }
            let uids = poison.uids(in: request.arguments)
            return uids.contains(5) ? [.line("\(request.tag) NO cannot read it")] : nil
        }
        let fixture = try await Fixture(settings)
        let lease = try await fixture.lease()
        let headers = try await Self.headers(of: 1...9, lease).get()
        #expect(headers.map { Int($0.uid.value) }.sorted() == [1, 2, 3, 4, 6, 7, 8, 9])
        lease.release()
        try await fixture.stop()
    }

    @Test("a connection that fell between two commands is made again once")
    func reconnect() async throws {
        let fixture = try await Fixture()
        let lease = try await fixture.lease()
        _ = try await lease.snapshot().get()
        fixture.server.dropConnections()
        let headers = try await Self.headers(of: [1, 2, 3], lease).get()
        #expect(headers.count == 3)
        lease.release()
        try await fixture.stop()
    }

    @Test("fail when the connection is lost in the middle, or the lease is over")
    func loss() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { request in
            request.arguments.contains("HEADER")
                ? [.line("* 1 FETCH (UID 1 BODY[HEADER] \"a: b\")"), .close] : nil
        }
        let fixture = try await Fixture(settings)
        let lease = try await fixture.lease()
        let lost = await Self.headers(of: [1, 2, 3], lease)
        #expect(lost.problem == .unavailable(reason: "the mail server closed the connection"))
        lease.release()
        let over = await Self.headers(of: [1], lease)
        #expect(over.problem == .unavailable(reason: "the lease was released"))
        try await fixture.stop()
    }
}
