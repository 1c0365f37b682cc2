/// What a listener and the configuration say about a session.
package struct SessionConfiguration: Hashable, Sendable {
    package enum Encryption: Hashable, Sendable {
        /// TLS from the first octet (995).
        case implicit
        /// STLS offered, no login in clear (110).
        case startTLS
        /// Devices that can do no TLS at all, from listed networks; STLS is offered too.
        case plaintextAllowed
    }

    package let encryption: Encryption
    /// DELE hides (`hide`), or is accepted and hides nothing (`keep`).
    package let hidesDeleted: Bool
    /// STAT totals above 2^31-1 are clamped (P-41).
    package let clampsTotals: Bool
    /// NUL becomes 0x80 (T-001).
    package let replacesNUL: Bool
    /// The shortest window that any device of the server has, in days: what EXPIRE says before a login (RFC 2449 §6.7). Nil
    /// where none has one.
    package let shortestWindow: Int?
    /// `IMPLEMENTATION` in CAPA after login (RFC 2449 §6.9).
    package let implementation: String

    package init(
        encryption: Encryption,
        hidesDeleted: Bool = true,
        clampsTotals: Bool = true,
        replacesNUL: Bool = true,
        shortestWindow: Int? = nil,
        implementation: String = "Leavecopy"
    ) {
        self.encryption = encryption
        self.hidesDeleted = hidesDeleted
        self.clampsTotals = clampsTotals
        self.replacesNUL = replacesNUL
        self.shortestWindow = shortestWindow
        self.implementation = implementation
    }
}
