import Gateway
import Linux
import Server
import Synchronization
import Testing

@Suite("Secrets of accounts")
struct ConfiguredSecretsTests {
    private static let login = "info@example.com"
    private static let arguments = ["/usr/bin/token", "--refresh", "0/s3cret"]

    private let clock = Clock()
    private let book = LogBook()

    private final class Clock: Sendable {
        let seconds = Mutex<Int64>(1_000)
        func pass(_ more: Int64) { self.seconds.withLock { $0 += more } }
    }

    private func secrets(
        _ runner: FakeRunner,
        _ source: SecretSource = .tokenCommand(Self.arguments),
        read: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) -> ConfiguredSecrets {
        let clock = self.clock
        return ConfiguredSecrets(
            [Self.login: source],
            runner: runner,
            read: read,
            seconds: { clock.seconds.withLock { $0 } },
            logger: self.book.logger
        )
    }

    private static func token(_ text: String) -> LoginSecret { .token(Secret(Array(text.utf8))) }
    private static func password(_ text: String) -> LoginSecret { .password(Secret(Array(text.utf8))) }

    @Test("come from the command of their account, and from none for others")
    func sources() async throws {
        let runner = FakeRunner(.prints("one\n"))
        let secrets = self.secrets(runner)
        #expect(try await secrets.secret(for: "sales@example.com") == nil)
        #expect(runner.runs.isEmpty)
        #expect(try await secrets.secret(for: " Info@Example.com") == Self.token("one"))
        #expect(runner.runs == [Self.arguments])
        let other = self.secrets(runner, .passwordCommand(["pass"]))
        #expect(try await other.secret(for: Self.login) == Self.password("one"))
        #expect(self.book.lines.isEmpty)
    }

    @Test("are fetched once for all who wait")
    func singleFlight() async throws {
        let runner = FakeRunner(.prints("one"), isHeld: true)
        let secrets = self.secrets(runner)
        try await withThrowingTaskGroup(of: LoginSecret?.self) { group in
            for _ in 1...100 { group.addTask { try await secrets.secret(for: Self.login) } }
            while runner.runs.isEmpty { await Task.yield() }
            runner.letGo()
            for try await secret in group { #expect(secret == Self.token("one")) }
        }
        #expect(runner.runs.count == 1)
    }

    @Test("are kept until a minute before their end")
    func lifetime() async throws {
        let runner = FakeRunner(
            .prints("{\"access_token\": \"one\", \"expires_in\": 3600}"),
            .prints("{\"access_token\": \"two\", \"expires_in\": 30}"),
            .prints("three")
        )
        let secrets = self.secrets(runner)
        #expect(try await secrets.secret(for: Self.login) == Self.token("one"))
        self.clock.pass(3_539)
        #expect(try await secrets.secret(for: Self.login) == Self.token("one"))
        self.clock.pass(1)
        #expect(try await secrets.secret(for: Self.login) == Self.token("two"))
        // It ends so soon that it serves those alone who waited for it.
        #expect(try await secrets.secret(for: Self.login) == Self.token("three"))
        self.clock.pass(1_000_000)
        #expect(try await secrets.secret(for: Self.login) == Self.token("three"))
        #expect(runner.runs.count == 3)
    }

    @Test("are fetched anew after a refusal, which an older one does not undo")
    func refusal() async throws {
        let runner = FakeRunner(.prints("one"), .prints("two"))
        let secrets = self.secrets(runner)
        #expect(try await secrets.secret(for: Self.login) == Self.token("one"))
        secrets.refused(Self.token("one"), for: Self.login)
        secrets.refused(Self.token("one"), for: Self.login)
        #expect(try await secrets.secret(for: Self.login) == Self.token("two"))
        secrets.refused(Self.token("one"), for: Self.login)
        #expect(try await secrets.secret(for: Self.login) == Self.token("two"))
        #expect(runner.runs.count == 2)
    }

    @Test("rest for 10 s when two that follow each other are refused")
    func twoRefusals() async throws {
        let runner = FakeRunner(.prints("one"), .prints("two"), .prints("three"))
        let secrets = self.secrets(runner)
        for text in ["one", "two"] {
            #expect(try await secrets.secret(for: Self.login) == Self.token(text))
            secrets.refused(Self.token(text), for: Self.login)
        }
        #expect(
            self.book.lines == [
                "error: no password or token for an account account=info@example.com command=/usr/bin/token "
                    + "reason=gave two that the mail server refused, one after the other"
            ]
        )
        self.clock.pass(9)
        await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        self.clock.pass(1)
        #expect(try await secrets.secret(for: Self.login) == Self.token("three"))
    }

    @Test("that were refused are not given again, until the mail server may have changed its mind")
    func sameAgain() async throws {
        let runner = FakeRunner(.prints("one"))
        let secrets = self.secrets(runner)
        _ = try await secrets.secret(for: Self.login)
        secrets.refused(Self.token("one"), for: Self.login)
        await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        #expect(runner.runs.count == 2)
        #expect(
            self.book.lines == [
                "error: no password or token for an account account=info@example.com command=/usr/bin/token "
                    + "reason=gave again what the mail server refused"
            ]
        )
        self.clock.pass(60)
        #expect(try await secrets.secret(for: Self.login) == Self.token("one"))
    }

    @Test(
        "that cannot be had are one line of the log, without what was printed, and one run in 10 s",
        arguments: [
            (CommandOutcome.failed("exit status 3"), "exit status 3"),
            (.timedOut, "took too long and was killed"),
            (.notStarted, "cannot be started"),
            (.printedTooMuch, "gave something that is no password or token"),
            (.prints("Traceback (most recent call last)"), "gave something that is no password or token"),
        ]
    )
    func failures(_ outcome: CommandOutcome, _ reason: String) async throws {
        let runner = FakeRunner(outcome, .prints("good"))
        let secrets = self.secrets(runner)
        for _ in 1...5 {
            await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        }
        self.clock.pass(9)
        await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        #expect(runner.runs.count == 1)
        #expect(
            self.book.lines == [
                "error: no password or token for an account account=info@example.com command=/usr/bin/token "
                    + "reason=\(reason)"
            ]
        )
        self.clock.pass(1)
        #expect(try await secrets.secret(for: Self.login) == Self.token("good"))
    }

    @Test("in a file are read at each login")
    func file() async throws {
        let content = Mutex<String?>("one\n")
        let secrets = self.secrets(FakeRunner(.notStarted), .passwordFile("/run/password")) { path in
            path == "/run/password" ? content.withLock { $0.map { Array($0.utf8) } } : nil
        }
        #expect(try await secrets.secret(for: Self.login) == Self.password("one"))
        content.withLock { $0 = "two" }
        #expect(try await secrets.secret(for: Self.login) == Self.password("two"))
        secrets.refused(Self.password("two"), for: Self.login)
        content.withLock { $0 = nil }
        await #expect(throws: SecretFailure.self) { try await secrets.secret(for: Self.login) }
        #expect(
            self.book.lines == [
                "error: no password or token for an account account=info@example.com file=/run/password "
                    + "reason=cannot be read"
            ]
        )
    }
}
