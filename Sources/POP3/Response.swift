/// `[AUTH]` and the other codes of RFC 2449 §8 and RFC 3206 §4.
package enum ResponseCode: String, Hashable, Sendable, CaseIterable {
    case auth = "AUTH"
    case inUse = "IN-USE"
    case loginDelay = "LOGIN-DELAY"
    case sysPerm = "SYS/PERM"
    case sysTemp = "SYS/TEMP"
}

/// A single-line reply, the first line of a multi-line one, or a SASL challenge. The text is always ours.
package enum Response: Hashable, Sendable {
    case ok(String)
    case err(ResponseCode?, String)
    /// `+ ` and base64 (RFC 5034 §4); the space stands also before an empty challenge.
    case challenge(String)
    /// A short multi-line reply, written whole with its final dot: CAPA and bare AUTH.
    case lines(String, [String])
}
