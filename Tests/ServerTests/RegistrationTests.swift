import Gateway
import Server
import Testing

/// `registration`, from the file to the answer.
@Suite("Registration: who may make a new device", .timeLimit(.minutes(5)))
struct RegistrationTests {
    @Test(
        "where registration is closed a new tag is refused, unless its account or itself is an exception",
        arguments: [
            ("", true), ("registration: open", true), ("registration: closed", false),
            ("registration: closed\ndevices: [{name: PC1, registration: open}]", true),
            ("registration: closed\ndevices: [{name: pc2, registration: open}]", false),
            ("registration: closed\naccounts: [{login: info@example.com, registration: open}]", true),
            ("accounts: [{login: info@example.com, registration: closed}]", false),
            ("devices: [{name: pc1, account: info@example.com, registration: closed}]", false),
            ("devices: [{name: pc1, account: sales@example.com, registration: closed}]", true),
        ]
    )
    func registration(text: String, isLetIn: Bool) async throws {
        let configuration = try ConfigurationFixture.load("upstream:\n  url: imaps://m.example\n\(text)\n")
        let rig = try await SessionRig(policies: configuration.policies)
        try await rig.send(SessionRig.login)
        try await rig.until("the login is on record") { !rig.recorder.attempts.isEmpty }
        #expect(rig.recorder.attempts.map(\.action) == [isLetIn ? .login : .refusal])
        let reason = isLetIn ? nil : "unknown device, registration is closed"
        #expect(rig.recorder.attempts.map(\.reason) == [reason])
        try await rig.hangUp()
    }
}
