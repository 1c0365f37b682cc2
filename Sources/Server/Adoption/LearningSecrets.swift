package import Gateway
package import Linux
import Report

/// What `uidl learn` logs in with on both sides.
package struct LearningSecrets: Hashable, Sendable {
    package let mailServer: LoginSecret
    /// POP3 services are asked by USER and PASS: a token is of no use there.
    package let service: Secret

    /// `source` is what the configuration says of the account, and `configured` gets it from there. `ask` gives the
    /// password that the operator says; it is told whether the configuration has one. Throws where there is no password
    /// for the POP3 service.
    package static func of(
        _ account: String,
        source: SecretSource?,
        configured: (any AccountSecrets)?,
        ask: (_ isConfigured: Bool) -> Secret?
    ) async throws(ServeFailure) -> LearningSecrets {
        switch source {
        case .tokenCommand:
            guard let given = ask(false) else { throw Self.tokenOnly(account) }
            return LearningSecrets(mailServer: try await Self.get(account, configured), service: given)
        case .passwordFile, .passwordCommand:
            if let given = ask(true) { return LearningSecrets(given) }
            return LearningSecrets(try await Self.get(account, configured).secret)
        case nil:
            guard let given = ask(false) else { throw Self.nothingGiven }
            return LearningSecrets(given)
        }
    }

    private init(mailServer: LoginSecret, service: Secret) {
        self.mailServer = mailServer
        self.service = service
    }

    private init(_ password: Secret) {
        self.init(mailServer: .password(password), service: password)
    }

    private static func get(
        _ account: String,
        _ configured: (any AccountSecrets)?
    ) async throws(ServeFailure) -> LoginSecret {
        do throws(SecretFailure) {
            if let secret = try await configured?.secret(for: account) { return secret }
        } catch {}
        throw ServeFailure(
            Phrase(
                "the password or token that the configuration names for \(Self.name(account)) could not be had",
                "設定にある \(Self.name(account)) のパスワードまたはトークンを取得できません"
            ),
            status: .failure
        )
    }

    private static let nothingGiven = ServeFailure(
        Phrase("no password was given", "パスワードがありません"),
        status: .failure
    )

    private static func tokenOnly(_ account: String) -> ServeFailure {
        ServeFailure(
            Phrase(
                "\(Self.name(account)) has a token-command, and the provider's POP3 service needs a password: type it, "
                    + "or give it as the first line of standard input",
                "\(Self.name(account)) には token-command がありますが、プロバイダーの POP3 サービスにはパスワードが必要です。"
                    + "入力するか、標準入力の 1 行目で渡してください"
            ),
            status: .failure
        )
    }

    private static func name(_ account: String) -> String { LoginName(account).display }
}
