/// Where the configuration says that an account's own password or token comes from.
package enum SecretSource: Hashable, Sendable {
    /// The first line of this file is the password.
    case passwordFile(String)
    /// This program and its arguments, run without a shell, print the password.
    case passwordCommand([String])
    /// This program and its arguments, run without a shell, print an OAuth access token.
    case tokenCommand([String])
}
