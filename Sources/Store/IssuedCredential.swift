package import class Linux.Secret

/// The account a credential opens: the upstream's configured name, and the login in its normalised form.
package struct CredentialAccount: Hashable, Sendable {
    package let upstream: String
    package let login: String

    package init(upstream: String, login: String) {
        self.upstream = upstream
        self.login = login
    }
}

/// A user name and a password that were just made: told once, and never to be had again.
package struct IssuedCredential: Hashable, Sendable {
    package let device: String
    package let account: String
    package let user: String
    package let password: Secret
}
