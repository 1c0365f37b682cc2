import Gateway
import Linux
import Report
import Server
import Synchronization
import Testing

@Suite("Secrets that unique-ids are learned with")
final class LearningSecretsTests {
    private static let account = "info@example.com"
    private static let given = Secret(Array("given".utf8))
    private static let own = Secret(Array("own".utf8))

    private let book = LogBook()
    /// What the operator was asked: whether the configuration has a password.
    private let asked = Mutex<[Bool]>([])

    private func secrets(
        _ source: SecretSource?,
        given: Secret?,
        prints: FakeRunner = FakeRunner(.prints("own"))
    ) async throws -> LearningSecrets {
        let configured = source.map {
            ConfiguredSecrets(
                [Self.account: $0],
                runner: prints,
                read: { _ in nil },
                seconds: { 1_000 },
                logger: self.book.logger
            )
        }
        return try await LearningSecrets.of(Self.account, source: source, configured: configured) { isConfigured in
            self.asked.withLock { $0.append(isConfigured) }
            return given
        }
    }

    @Test("are the account's own where no password is given")
    func own() async throws {
        let found = try await self.secrets(.passwordCommand(["pass"]), given: nil)
        #expect(found.mailServer == .password(Self.own) && found.service == Self.own)
        #expect(self.asked.withLock { $0 } == [true])
    }

    @Test("are what is given, and no command runs")
    func given() async throws {
        let runner = FakeRunner(.prints("own"))
        let found = try await self.secrets(.passwordCommand(["pass"]), given: Self.given, prints: runner)
        #expect(found.mailServer == .password(Self.given) && found.service == Self.given)
        #expect(runner.runs.isEmpty)
        let other = try await self.secrets(nil, given: Self.given)
        #expect(other == found)
        #expect(self.asked.withLock { $0 } == [true, false])
    }

    @Test("are a token for the mail server and a password for the POP3 service")
    func token() async throws {
        let found = try await self.secrets(.tokenCommand(["token"]), given: Self.given)
        #expect(found.mailServer == .token(Self.own) && found.service == Self.given)
        let failure = await #expect(throws: ServeFailure.self) {
            _ = try await self.secrets(.tokenCommand(["token"]), given: nil)
        }
        #expect(failure?.text[.english].contains("POP3 service needs a password") == true)
    }

    @Test("are missing where nothing is given, and where the configured one cannot be had")
    func missing() async throws {
        await #expect(throws: ServeFailure.self) { _ = try await self.secrets(nil, given: nil) }
        let failure = await #expect(throws: ServeFailure.self) {
            _ = try await self.secrets(.passwordFile("/secret"), given: nil)
        }
        #expect(failure?.text[.english].contains(Self.account) == true)
        #expect(self.book.lines.count == 1)
    }
}
