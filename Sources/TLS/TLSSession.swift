/// What TLS tells the handlers behind it, as user inbound events.
package enum TLSEvent: Hashable, Sendable {
    /// The handshake is done; comes before the first data.
    case established(TLSSession)
    /// The peer ended its side properly. Without it an end is `TLSError.truncated` through `errorCaught`.
    case closeNotify
}

/// What the two sides agreed upon.
package struct TLSSession: Hashable, Sendable {
    /// As libssl names it: `TLSv1.3`.
    package let version: String
    package let cipher: String
    /// At a server the name the client asked for, in lower case; nil if it sent none or something that is no host name.
    /// At a client the name it asked for; nil for an IP address.
    package let serverName: String?
    package let applicationProtocol: String?
    package let resumed: Bool
    /// At a server what the client offered by ALPN (RFC 7301 §3.1), printable and bounded, for the record.
    package let offeredProtocols: [String]

    package init(
        version: String,
        cipher: String,
        serverName: String?,
        applicationProtocol: String?,
        resumed: Bool,
        offeredProtocols: [String] = []
    ) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.resumed = resumed
        self.offeredProtocols = offeredProtocols
    }
}
