package import Gateway
package import Logging
import Synchronization

import class Linux.Secret

/// The passwords and tokens of accounts, from files and commands that the configuration names.
///
/// A command runs once for all who wait, and what it printed is given until it ends or the mail server refuses it. After a
/// failure the next 10 seconds hear the same, so that neither many devices nor one that tries and tries start it again and
/// again. A file is read at each login.
package final class ConfiguredSecrets: AccountSecrets {
    /// Seconds for which a failure is not tried again.
    static let pause: Int64 = 10
    /// Seconds before its end from which a token is not given any more: a login takes a moment.
    static let margin: Int64 = 60

    /// Seconds for which a secret that the mail server refused is not given to it again.
    static let memory: Int64 = 60

    private typealias Answer = Result<LoginSecret, SecretFailure>

    private enum Step {
        case give(LoginSecret)
        case wait(Task<Answer, Never>)
    }

    private struct Account {
        /// What a command printed, and until when it is good.
        var kept: (secret: LoginSecret, until: Int64)?
        var failedUntil: Int64?
        var fetching: Task<Answer, Never>?
        /// What the mail server refused last, and when.
        var refused: (secret: LoginSecret, at: Int64)?
    }

    /// By normalised login.
    private let sources: [String: SecretSource]
    private let accounts = Mutex<[String: Account]>([:])
    private let runner: any CommandRunner
    private let read: @Sendable (String) -> [UInt8]?
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// `sources` by normalised login; `read` gives the octets of a file, nil when it cannot be read; `seconds` is a clock that never
    /// goes back.
    package init(
        _ sources: [String: SecretSource],
        runner: any CommandRunner,
        read: @escaping @Sendable (String) -> [UInt8]?,
        seconds: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.sources = sources
        self.runner = runner
        self.read = read
        self.now = seconds
        self.logger = logger
    }

    package func secret(for login: String) async throws(SecretFailure) -> LoginSecret? {
        let key = Self.key(login)
        guard let source = self.sources[key] else { return nil }
        let step = try self.accounts.withLock { accounts throws(SecretFailure) -> Step in
            let now = self.now()
            var account = accounts[key] ?? Account()
            if let fetching = account.fetching { return .wait(fetching) }
            if let kept = account.kept, now < kept.until { return .give(kept.secret) }
            if let until = account.failedUntil, now < until { throw SecretFailure() }
            let fetching = Task { await self.fetch(source, key) }
            account.fetching = fetching
            accounts[key] = account
            return .wait(fetching)
        }
        switch step {
        case .give(let secret): return secret
        case .wait(let fetching): return try await fetching.value.get()
        }
    }

    package func refused(_ secret: LoginSecret, for login: String) {
        let now = self.now()
        let key = Self.key(login)
        let isPaused = self.accounts.withLock { accounts in
            var account = accounts[key] ?? Account()
            defer { accounts[key] = account }
            // Of many devices with an old one the last may come when there is a new one.
            if let kept = account.kept, kept.secret != secret { return false }
            account.kept = nil
            let last = account.refused
            account.refused = (secret, now)
            // Another was refused a moment ago: it is the source that is at fault, and it may rest.
            guard let last, last.secret != secret, now - last.at < Self.pause else { return false }
            account.failedUntil = now + Self.pause
            return true
        }
        if isPaused, let source = self.sources[key] { self.tell(.refusedTwice, source, key) }
    }

    private func fetch(_ source: SecretSource, _ key: String) async -> Answer {
        let found: Result<PrintedSecret, SecretTrouble>
        do throws(SecretTrouble) {
            found = .success(try await self.ask(source))
        } catch {
            found = .failure(error)
        }
        let now = self.now()
        let trouble = self.accounts.withLock { accounts -> SecretTrouble? in
            var account = accounts[key] ?? Account()
            defer { accounts[key] = account }
            account.fetching = nil
            account.kept = nil
            account.failedUntil = nil
            switch found {
            case .success(let printed):
                if let last = account.refused, last.secret == printed.secret, now - last.at < Self.memory {
                    account.failedUntil = now + Self.pause
                    return .refused
                }
                account.kept = (printed.secret, Self.end(of: printed, from: source, now))
                return nil
            case .failure(let trouble):
                account.failedUntil = now + Self.pause
                return trouble
            }
        }
        if let trouble { self.tell(trouble, source, key) }
        guard trouble == nil, case .success(let printed) = found else { return .failure(SecretFailure()) }
        return .success(printed.secret)
    }

    /// A file is read at each login, so that nobody waits for a new password to be seen.
    private static func end(of printed: PrintedSecret, from source: SecretSource, _ now: Int64) -> Int64 {
        switch source {
        case .passwordFile: now
        case .passwordCommand, .tokenCommand: printed.lifetime.map { now + $0 - self.margin } ?? .max
        }
    }

    private func tell(_ trouble: SecretTrouble, _ source: SecretSource, _ account: String) {
        var metadata: Logger.Metadata = ["account": "\(account)", "reason": "\(trouble)"]
        switch source {
        case .passwordFile(let path): metadata["file"] = "\(path)"
        // The arguments may hold a secret.
        case .passwordCommand(let arguments), .tokenCommand(let arguments):
            metadata["command"] = "\(arguments.first ?? "")"
        }
        self.logger.error("no password or token for an account", metadata: metadata)
    }

    private func ask(_ source: SecretSource) async throws(SecretTrouble) -> PrintedSecret {
        let printed: PrintedSecret?
        switch source {
        case .passwordFile(let path):
            guard let octets = self.read(path) else { throw .unreadable }
            printed = .password(Secret(octets))
        case .passwordCommand(let arguments): printed = .password(try await self.output(arguments))
        case .tokenCommand(let arguments): printed = .token(try await self.output(arguments))
        }
        guard let printed else { throw .garbage }
        return printed
    }

    private func output(_ arguments: [String]) async throws(SecretTrouble) -> Secret {
        switch await self.runner.run(arguments) {
        case .printed(let output): return output
        case .failed(let how): throw .failed(how)
        case .timedOut: throw .timedOut
        case .printedTooMuch: throw .garbage
        case .notStarted: throw .notStarted
        }
    }

    private static func key(_ login: String) -> String { LoginName(login).normalised }
}
