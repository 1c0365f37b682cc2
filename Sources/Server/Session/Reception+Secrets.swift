import Gateway
import Logging

// Devices with a name and a password of their own log in upstream with the account's.
extension Reception {
    /// The account's own password or token, of which its devices know nothing.
    func ownSecret(of account: LoginName) async throws(LoginRefusal) -> LoginSecret {
        let secret: LoginSecret?
        do throws(SecretFailure) {
            secret = try await self.environment.secrets?.secret(for: account.text)
        } catch {
            throw .noSecret
        }
        guard let secret else {
            self.environment.logger.error(
                "no password or token is configured for an account",
                metadata: ["account": "\(account.display)"]
            )
            throw .noSecret
        }
        return secret
    }

    /// Opens with the account's own secret. When the mail server refuses it, it may have ended a moment ago: once more with
    /// a fresh one. The device's own password was right, so it never hears [AUTH] for the account's.
    func openWithOwnSecret(_ login: UpstreamLogin) async throws(LoginRefusal) -> OpenedMailbox {
        if let opened = try await self.openUnlessRefused(login) { return opened }
        let fresh = UpstreamLogin(
            name: login.name,
            secret: try await self.ownSecret(of: LoginName(login.name)),
            isOperators: true,
            session: login.session
        )
        if let opened = try await self.openUnlessRefused(fresh) { return opened }
        self.environment.logger.error(
            "the mail server refused a fresh password or token",
            metadata: ["account": "\(LoginName(login.name).display)", "session": "\(login.session)"]
        )
        throw .noSecret
    }

    private func openUnlessRefused(_ login: UpstreamLogin) async throws(LoginRefusal) -> OpenedMailbox? {
        do throws(LoginRefusal) {
            return try await self.open(login)
        } catch .upstream(.credentials, transcript: _) {
            self.environment.secrets?.refused(login.secret, for: LoginName(login.name).text)
            return nil
        }
    }
}

extension LoginName {
    fileprivate var text: String { String(decoding: self.octets, as: UTF8.self) }
}
