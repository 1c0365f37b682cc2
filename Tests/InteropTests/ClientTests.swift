import Testing

/// Real mail programs poll a shared mailbox twice, as two devices; afterwards the mailbox is what it was.
@Suite("Real clients", .serialized)
struct ClientTests {
    struct Poll: CustomTestStringConvertible {
        let client: String
        let security: String
        let mode: String

        var testDescription: String { "\(self.client), \(self.security), \(self.mode)" }

        static let all = ["curl", "fetchmail", "mpop", "getmail", "poplib"].flatMap { client in
            // getmail6 knows no STLS.
            (client == "getmail" ? ["implicit"] : ["implicit", "stls"]).flatMap { security in
                ["keep", "delete"].map { Poll(client: client, security: security, mode: $0) }
            }
        }
    }

    @Test("each message arrives once, whole, for each device, and nothing upstream changes", arguments: Poll.all)
    func eachMessageArrivesOnce(_ poll: Poll) async throws {
        try await Scenario.run("clients", poll.client, poll.security, poll.mode)
    }

    /// Shows that the comparison above is right: a server we did not write passes it, too.
    @Test(
        "the same comparison holds against Dovecot's own POP3",
        arguments: ["curl", "fetchmail", "mpop", "getmail", "poplib"]
    )
    func theComparisonHolds(_ client: String) async throws {
        try await Scenario.run("clients", "control-" + client, "implicit", "keep")
    }
}
