import Gateway
import LibCrypto
import Linux
import Synchronization
import TestSupport
import Testing

@testable import Server

/// Devices with a name and a password of their own, up to the mail server and no further.
@Suite("Logins with a device's own password")
struct OwnSecretLoginTests {
    private let mailboxes = FakeMailboxes(messages: ["Subject: a\r\n\r\n"])
    private let store = InMemoryStore()
    private let book = LogBook()
    private let device = Device(id: DeviceID(5), name: "printer")

    private func reception(
        _ runner: FakeRunner?,
        accounts: AccountList = AccountList([AccountList.Entry(login: "Info@Example.com")])
    ) -> Reception {
        let salt = Array("salt".utf8)
        let credential = DeviceCredential(
            device: self.device,
            account: AccountID(1),
            login: "info@example.com",
            salt: salt,
            hash: SHA256.digest(ofPieces: [salt, Array("abcde-fghjk".utf8)])
        )
        self.store.set(credential, named: "printer")
        let secrets = runner.map {
            ConfiguredSecrets(
                ["info@example.com": .tokenCommand(["token"])],
                runner: $0,
                read: { _ in nil },
                seconds: { 1_000 },
                logger: self.book.logger
            )
        }
        let environment = SessionEnvironment(
            mailboxes: self.mailboxes,
            store: self.store,
            recorder: FakeRecorder(),
            accounts: accounts,
            secrets: secrets,
            unidentified: .once,
            now: { 0 },
            refusalDelay: { 1_000 },
            floods: FloodCounter(),
            logger: self.book.logger
        )
        return Reception(environment: environment, chain: IdentityChain())
    }

    private func login(
        _ reception: Reception,
        _ name: String = "Printer",
        _ password: String = "abcde-fghjk"
    ) async throws -> Result<Reception.Guest, LoginRefusal> {
        let request = LoginRequest(
            name: Array(name.utf8),
            secret: .password(Secret(Array(password.utf8))),
            method: "USER"
        )
        return await reception.login(request, arrival: try SessionRig.arrival())
    }

    private static func token(_ text: String) -> LoginSecret { .token(Secret(Array(text.utf8))) }

    private var given: [LoginSecret] { self.mailboxes.state.withLock { $0.logins.map(\.secret) } }

    @Test("go upstream under the account's login and with its secret")
    func success() async throws {
        let guest = try await self.login(self.reception(FakeRunner(.prints("one")))).get()
        let identifier = Identifier(kind: .credential, value: "printer")
        #expect(guest.admission.speaker == .device(self.device, by: identifier))
        #expect(guest.admission.account == "Info@Example.com")
        let login = try #require(self.mailboxes.state.withLock { $0.logins.first })
        #expect(login.name == Array("Info@Example.com".utf8) && login.secret == Self.token("one"))
    }

    @Test("ask nobody when the device's password is wrong or its account is not served")
    func wrongPassword() async throws {
        let runner = FakeRunner(.prints("one"))
        let wrong = try await self.login(self.reception(runner), "printer", "abcde-fghjK")
        #expect(wrong.refusal == .upstream(.credentials(answeredLocally: true), transcript: []))
        let other = AccountList([AccountList.Entry(login: "sales@example.com")])
        #expect(try await self.login(self.reception(runner, accounts: other)).refusal == .unknownAccount)
        #expect(runner.runs.isEmpty && self.given.isEmpty)
    }

    @Test("recover by themselves when the token has ended")
    func expired() async throws {
        let runner = FakeRunner(.prints("one"), .prints("two"))
        let reception = self.reception(runner)
        _ = try await self.login(reception).get()
        self.mailboxes.state.withLock { $0.refused = [Self.token("one")] }
        _ = try await self.login(reception).get()
        #expect(self.given == [Self.token("one"), Self.token("one"), Self.token("two")])
        #expect(runner.runs.count == 2 && self.book.lines.isEmpty)
    }

    @Test("hear [SYS/TEMP] and never [AUTH] when the account's secret is no good")
    func refused() async throws {
        self.mailboxes.state.withLock { $0.refused = [Self.token("one"), Self.token("two")] }
        let reception = self.reception(FakeRunner(.prints("one"), .prints("two"), .prints("three")))
        #expect(try await self.login(reception).refusal == .noSecret)
        #expect(self.given == [Self.token("one"), Self.token("two")])
        #expect(
            self.book.lines == [
                "error: no password or token for an account account=info@example.com command=token "
                    + "reason=gave two that the mail server refused, one after the other",
                "error: the mail server refused a fresh password or token account=Info@Example.com session=abcdefghijkl",
            ]
        )
        // The command rests for a moment.
        #expect(try await self.login(reception).refusal == .noSecret)
        #expect(self.given.count == 2)
    }

    @Test("hear what another failure is")
    func unavailable() async throws {
        self.mailboxes.state.withLock { $0.failure = .unavailable(reason: "down") }
        let runner = FakeRunner(.prints("one"))
        let refusal = try await self.login(self.reception(runner)).refusal
        #expect(refusal == .upstream(.unavailable(reason: "down"), transcript: []))
        #expect(runner.runs.count == 1 && self.given.count == 1)
    }

    @Test("hear [SYS/TEMP] where there is no secret, and the log says why")
    func none() async throws {
        #expect(try await self.login(self.reception(nil)).refusal == .noSecret)
        #expect(
            self.book.lines == ["error: no password or token is configured for an account account=Info@Example.com"]
        )
        #expect(try await self.login(self.reception(FakeRunner(.timedOut))).refusal == .noSecret)
        #expect(self.given.isEmpty)
    }
}

extension Result where Failure == LoginRefusal {
    fileprivate var refusal: LoginRefusal? {
        switch self {
        case .success: nil
        case .failure(let refusal): refusal
        }
    }
}
