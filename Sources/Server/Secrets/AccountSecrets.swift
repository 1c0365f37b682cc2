package import Gateway

/// Where the mail server's own password or token of an account comes from, for devices that have a name and a password
/// of their own.
package protocol AccountSecrets: Sendable {
    /// The secret of the account with this login, as it stands in the configuration; nil where the operator gave none.
    func secret(for login: String) async throws(SecretFailure) -> LoginSecret?
    /// The mail server refused it: what was cached is not given again.
    func refused(_ secret: LoginSecret, for login: String)
}

/// No secret could be had; the log says why, and names the command, never its output.
package struct SecretFailure: Error, Hashable, Sendable {
    package init() {}
}
