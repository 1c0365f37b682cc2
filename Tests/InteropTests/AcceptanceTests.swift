import Testing

/// What the product promises, on a running server.
@Suite("Promises on a running server", .serialized)
struct AcceptanceTests {
    @Test("an unknown PC that deletes is told so, and once named sees only what is new")
    func unidentified() async throws { try await Scenario.run("unidentified") }

    @Test("each error of a configuration has its own line, and the exit status is 78")
    func configuration() async throws { try await Scenario.run("configuration") }

    @Test("each change of the record is called by its kind, and one record is proven without the gateway")
    func tamper() async throws { try await Scenario.run("tamper") }

    @Test("a large message to a slow device takes no memory, and a cut one has no final dot")
    func memory() async throws { try await Scenario.run("memory") }

    @Test("wrong passwords hardly reach the mail server, and never lock out the right one")
    func passwords() async throws { try await Scenario.run("passwords") }

    @Test("SCRAM, XOAUTH2 and OAUTHBEARER log in, and no secret is on record")
    func mechanisms() async throws { try await Scenario.run("mechanisms") }

    @Test("20,000 DELEs in one burst take seconds and are all on record")
    func burst() async throws { try await Scenario.run("burst") }

    @Test("a program switched over deletes 20,000 messages it never retrieved: fast, and each is named on record")
    func massDeletion() async throws { try await Scenario.run("massdelete") }

    @Test("kill -9 loses nothing that was answered, SIGTERM finishes the reply under way")
    func crash() async throws { try await Scenario.run("crash") }

    @Test("hostile names, HTTP and early commands do nothing, and no secret is on disk")
    func hostile() async throws { try await Scenario.run("hostile") }

    @Test("each listener speaks the TLS versions it should, and clear text only where allowed")
    func tlsVersions() async throws { try await Scenario.run("tlsmatrix") }

    @Test("devices with a password of their own log in by the account's token, and recover when it fails")
    func tokens() async throws { try await Scenario.run("tokens") }

    @Test("a QUIT that hides is on disk before its +OK")
    func synced() async throws { try await Scenario.run("synced") }

    @Test("a line that is lost commits nothing, or what the device had whole where the operator says so")
    func lostLine() async throws { try await Scenario.run("lineloss") }

    @Test("devices known each another way see what they must, and only an IMAP user changes the mailbox")
    func manyDevices() async throws { try await Scenario.run("twelve") }

    @Test("twenty PCs share one login and each download, and a message that went upstream is gone for them")
    func pool() async throws { try await Scenario.run("pool") }

    @Test("a device that is set wrong finds one message about it, in its own view, once, and nobody else does")
    func notice() async throws { try await Scenario.run("notice") }

    @Test("who is let in, two PCs on one name, and what an operator changes while the server runs")
    func devices() async throws { try await Scenario.run("devices") }

    @Test("the record leaves the machine without a loss, and calls for help once")
    func streams() async throws { try await Scenario.run("streams") }

    @Test("records, exports and reports fit their schemas, and say which PC is set wrong")
    func schema() async throws { try await Scenario.run("schema") }

    @Test("fail2ban finds every failure and its address in what is streamed, and nothing else")
    func failures() async throws { try await Scenario.run("failures") }

    @Test("a mailbox with other UIDs is the same to every device, and one with other mail is asked about")
    func renumbered() async throws { try await Scenario.run("validity") }

    @Test("a full disk, dropped records, erased details, and a backup made while devices delete")
    func keeping() async throws { try await Scenario.run("keeping") }

    @Test(
        "mail programs move from a provider's POP3 service, and no message comes twice",
        arguments: [
            "dovecot", "cyrus", "courier",
        ]
    )
    func switchover(server: String) async throws { try await Scenario.run("switchover", server) }

    @Test("in a browser, the subject of a mail leads to who asked to delete it, and no page harms or shuts anybody out")
    func reviewPage() async throws { try await Scenario.run("browserpage") }
}
