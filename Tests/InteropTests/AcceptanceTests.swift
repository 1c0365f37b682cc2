import Testing

/// What the product promises, on a running server.
@Suite("Promises on a running server", .serialized)
struct AcceptanceTests {
    @Test("an unknown PC that deletes is told so, and once named sees only what is new")
    func unidentified() async throws { try await Scenario.run("unidentified") }

    @Test("each error of a configuration has its own line, and the exit status is 78")
    func configuration() async throws { try await Scenario.run("configuration") }

    @Test("a record that was changed, deleted or cut off is named")
    func tamper() async throws { try await Scenario.run("tamper") }

    @Test("a large message to a slow device takes no memory, and a cut one has no final dot")
    func memory() async throws { try await Scenario.run("memory") }

    @Test("wrong passwords hardly reach the mail server, and never lock out the right one")
    func passwords() async throws { try await Scenario.run("passwords") }

    @Test("20,000 DELEs in one burst take less than 3 s and are all on record")
    func burst() async throws { try await Scenario.run("burst") }

    @Test("kill -9 loses nothing that was answered, SIGTERM finishes the reply under way")
    func crash() async throws { try await Scenario.run("crash") }

    @Test("hostile names, HTTP and early commands do nothing, and no secret is on disk")
    func hostile() async throws { try await Scenario.run("hostile") }

    @Test("each listener speaks the TLS versions it should, and clear text only where allowed")
    func tlsVersions() async throws { try await Scenario.run("tlsmatrix") }

    @Test("a QUIT that hides is on disk before its +OK")
    func synced() async throws { try await Scenario.run("synced") }
}
