import Gateway
import IMAP
import Linux
import TestSupport
import Testing
import Upstream

@Suite("A mail server that fails", .timeLimit(.minutes(3)))
struct FaultTests {
    /// A whole session: what it brought is right, or a failure.
    private func session(_ fixture: Fixture) async throws -> Bool {
        guard case .success(let opened) = await fixture.open() else { return false }
        let lease = opened.lease
        defer { lease.release() }
        guard case .success(let listed) = await lease.snapshot() else { return false }
        #expect(listed.snapshot.count == 3)
        let fetched = try await lease.fetch(2)
        guard fetched.failure == nil else { return false }
        #expect(fetched.octets == ScriptedMailbox.sample(3).mails[1].octets)
        return true
    }

    @Test("a cut at any octet is no crash, no false end and no empty mailbox (T-123)")
    func everyOctet() async throws {
        let whole = try await Fixture()
        #expect(try await self.session(whole))
        try await whole.stop()
        for octets in 0..<whole.server.sent {
            var settings = ScriptedMailServer.Settings()
            settings.cutAfter = octets
            let fixture = try await Fixture(settings)
            _ = try await self.session(fixture)
            try await fixture.stop()
        }
    }

    @Test(
        "BYE in answer to any command, with an end to the connection or without one (T-124)",
        arguments: [true, false]
    )
    func bye(closes: Bool) async throws {
        let verbs = ["AUTHENTICATE", "ID", "EXAMINE", "GETQUOTAROOT", "UID FETCH", "NOOP", "UID SEARCH", "LOGOUT"]
        for verb in verbs {
            var settings = ScriptedMailServer.Settings()
            settings.script = { request in
                guard request.verb == verb else { return nil }
                let endless = [ScriptedMailServer.Step](repeating: .line("* BYE bye"), count: 50)
                return closes ? [.line("* BYE bye"), .close] : endless
            }
            let fixture = try await Fixture(settings)
            #expect(try await self.session(fixture) == ["NOOP", "UID SEARCH", "LOGOUT"].contains(verb), "\(verb)")
            try await fixture.stop()
        }
    }

    @Test("a mail server that says nothing is given up")
    func silent() async throws {
        for verb in ["", "AUTHENTICATE", "EXAMINE", "UID FETCH"] {
            var settings = ScriptedMailServer.Settings()
            if verb.isEmpty { settings.greeting = [] }
            settings.script = { $0.verb == verb ? [] : nil }
            let fixture = try await Fixture(settings) { configuration in
                configuration.greetingSeconds = 1
                configuration.commandSeconds = 1
            }
            #expect(try await !self.session(fixture))
            try await fixture.stop()
        }
    }

    @Test(
        "noise is endured or ends the connection, and no mail is made of it (S-12, S-22)",
        arguments: [
            "* 3 FETCH (FLAGS (\\Seen))", "* 9 EXISTS", "* 1 EXPUNGE", "* VANISHED 1:3", "+ hm", "* [COPYUID 1 2 3] x",
            "A999 OK", "* 2 FETCH (UID 2 BODY[] {99999999999999999999}",
            "* 2 FETCH " + String(repeating: "(", count: 9000),
            "* OK " + String(repeating: "x", count: 2_000_000), "* 2 FETCH (UID 2 BODY[] {-1}",
        ]
    )
    func noise(line: String) async throws {
        var settings = ScriptedMailServer.Settings()
        settings.script = { $0.verb == "UID FETCH" ? [.line(line), .standard] : nil }
        let fixture = try await Fixture(settings)
        _ = try await self.session(fixture)
        try await fixture.stop()
    }

    @Test(
        "names and passwords reach the mail server as they are, and as one command (S-07)",
        arguments: [
            "a\" \"b", "\\", "{5}", "{5+}", "x y", "p\u{7F}", "Müller", " ", "(\\Deleted)", "\"", "a9 DELETE INBOX",
        ],
        ["AUTH=PLAIN SASL-IR", "AUTH=PLAIN", "LITERAL+", "LITERAL-", ""]
    )
    func encodings(password: String, capabilities: String) async throws {
        var settings = ScriptedMailServer.Settings()
        settings.capabilities = "IMAP4rev1 \(capabilities)"
        settings.passwords = [Fixture.name: password]
        let fixture = try await Fixture(settings)
        guard case .success(let opened) = await fixture.open(password: password) else {
            Issue.record("the login failed")
            return
        }
        opened.lease.release()
        try await fixture.stop()
        #expect(fixture.server.count(of: "LOGIN") + fixture.server.count(of: "AUTHENTICATE") == 1)
    }

    @Test("what cannot be sent faithfully is refused here", arguments: ["a\r\nb", "a\0b", "a\nb", ""])
    func unsendable(password: String) async throws {
        let fixture = try await Fixture()
        guard case .failure(.credentials) = await fixture.open(password: password) else {
            Issue.record("it was sent")
            return
        }
        try await fixture.stop()
        #expect(fixture.server.received.isEmpty)
    }

    @Test("NO in place of a literal's + ends the login, and nothing of the password leaves (T-122)")
    func refusedLiteral() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.capabilities = "IMAP4rev1"
        settings.passwords = [:]
        settings.refusesLiterals = true
        let fixture = try await Fixture(settings)
        guard case .failure(.credentials) = await fixture.open(password: "gehEim\u{E9}") else {
            Issue.record("not refused")
            return
        }
        try await fixture.stop()
        #expect(!String(decoding: fixture.server.received, as: UTF8.self).contains("gehEim"))
    }
}
