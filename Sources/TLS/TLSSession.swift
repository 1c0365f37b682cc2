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
    /// At a server with a CA for its clients: the certificate the client showed, verified. Nil when it showed none.
    package let clientCertificate: PeerCertificate?
    /// At a server what the client offered by ALPN (RFC 7301 §3.1), printable and bounded, for the record.
    package let offeredProtocols: [String]

    package init(
        version: String,
        cipher: String,
        serverName: String?,
        applicationProtocol: String?,
        resumed: Bool,
        clientCertificate: PeerCertificate? = nil,
        offeredProtocols: [String] = []
    ) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.resumed = resumed
        self.clientCertificate = clientCertificate
        self.offeredProtocols = offeredProtocols
    }
}

/// A certificate that was verified, as far as it tells one peer from another.
package struct PeerCertificate: Hashable, Sendable {
    /// SHA-256 of the SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7), 64 lower-case hexadecimal digits: it stays when a
    /// certificate is renewed with the same key.
    package let keyDigest: String
    /// The last common name of the subject; nil without one of 1 to 64 printable ASCII characters.
    package let commonName: String?

    package init(keyDigest: String, commonName: String?) {
        self.keyDigest = keyDigest
        self.commonName = commonName
    }
}
