import Gateway
import Linux
import TestSupport
import Testing
import Upstream

@Suite("Logins that many devices try", .timeLimit(.minutes(2)))
struct CredentialGateTests {
    @Test("of 500 wrong passwords 10 reach the mail server, and the right one at once (S-16)")
    func manyWrong() async throws {
        let fixture = try await Fixture()
        try await fixture.lease().release()
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask {
                    if case .failure(.credentials) = await fixture.open(password: "wrong \(number)") {
                        true
                    } else {
                        false
                    }
                }
            }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect(fixture.server.count(of: "AUTHENTICATE") == 11)
        try await fixture.lease().release()
        #expect(fixture.server.count(of: "AUTHENTICATE") == 12)
        try await fixture.stop()
    }

    @Test("the same wrong password, 50 times at once, is tried once")
    func sameWrong() async throws {
        let fixture = try await Fixture()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    if case .failure(.credentials) = await fixture.open(password: "wrong") { true } else { false }
                }
            }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect(fixture.server.count(of: "AUTHENTICATE") == 1)
        fixture.clock.advance(61)
        #expect(await fixture.open(password: "wrong").problem == .credentials(answeredLocally: false))
        #expect(await fixture.open(password: "wrong").problem == .credentials(answeredLocally: true))
        #expect(fixture.server.count(of: "AUTHENTICATE") == 2)
        try await fixture.stop()
    }

    @Test("a mail server that is down is asked once for all who wait with the same password")
    func down() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.greeting = [.line("* BYE not now"), .close]
        let fixture = try await Fixture(settings)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { if case .failure(.unavailable) = await fixture.open() { true } else { false } }
            }
            for await isUnavailable in group { #expect(isUnavailable) }
        }
        try await fixture.stop()
    }

    @Test("guesses of devices do not count against the operator's own secret, nor that against theirs")
    func operatorsSecret() async throws {
        let fixture = try await Fixture { $0.failedLoginsAnHour = 2 }
        for guess in ["one", "two", "three"] {
            guard case .failure(.credentials) = await fixture.open(Fixture.name, guess) else {
                Issue.record("a wrong password opened the mailbox")
                return
            }
        }
        #expect(await fixture.open().problem == .credentials(answeredLocally: true))
        let lease = try await fixture.open(Array(Fixture.name.utf8), Secret("secret".utf8), isOperators: true).get()
            .lease
        lease.release()
        try await fixture.stop()
        #expect(fixture.server.connections == 3)
    }

    @Test("two accounts that alternate with swapped passwords never see each other's mail (S-18)")
    func neverCross() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.passwords = ["a@example.com": "one", "b@example.com": "two"]
        settings.mailboxes = ["a@example.com": .sample(1, mark: "for a"), "b@example.com": .sample(2, mark: "for b")]
        let fixture = try await Fixture(settings) { $0.failedLoginsAnHour = 1000 }
        for round in 0..<200 {
            let (name, password, count) = round % 2 == 0 ? ("a@example.com", "one", 1) : ("b@example.com", "two", 2)
            let lease = try await fixture.open(name, password).get().lease
            #expect(try await lease.snapshot().get().snapshot.count == count)
            let text = String(decoding: try await lease.fetch(1).octets, as: UTF8.self)
            #expect(text.contains(count == 1 ? "for a" : "for b"))
            lease.release()
            guard case .failure(.credentials) = await fixture.open(name, password == "one" ? "two" : "one") else {
                Issue.record("the other's password opened the mailbox")
                return
            }
        }
        try await fixture.stop()
    }

    @Test("logins beyond the cap wait for a free connection, and are told when none comes")
    func cap() async throws {
        let fixture = try await Fixture { configuration in
            configuration.connectionsPerAccount = 2
            configuration.connectionWaitSeconds = 600
        }
        let first = try await fixture.lease()
        let second = try await fixture.lease()
        let third = AnswerOnce<Bool>()
        let login = UpstreamLogin(
            name: Array(Fixture.name.utf8),
            secret: .password(Secret("secret".utf8)),
            session: SessionID("s3")
        )
        fixture.mailboxes.open(login) { result in
            third.give((try? result.get()) != nil)
            if case .success(let opened) = result { opened.lease.release() }
        }
        #expect(third.count == 0)
        first.release()
        first.release()
        #expect(await third.wait())
        second.release()
        try await fixture.stop()
        #expect(fixture.server.connections == 3)
        let impatient = try await Fixture { configuration in
            configuration.connectionsPerAccount = 1
            configuration.connectionWaitSeconds = 0
        }
        let only = try await impatient.lease()
        #expect(await impatient.open().problem == .tooManyConnections)
        only.release()
        try await impatient.stop()
    }
}
