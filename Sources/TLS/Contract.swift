package import NIOCore

/// What went wrong in TLS, with libssl's own reason where it gave one.
package enum TLSError: Error, Hashable, Sendable {
    /// The certificate was not accepted: X509_verify_cert_error_string, or the host name.
    case certificate(reason: String)
    case handshake(reason: String)
    /// The connection ended without close_notify.
    case truncated
    case protocolViolation(reason: String)
    /// A file or a setting of ours is no good; `path` when it is a file.
    case configuration(path: String?, reason: String)
}

/// A certificate chain with its key, both PEM. The key is kept only as long as the value.
package struct CertificateSource: Sendable {
    package let chainPEM: [UInt8]
    package let keyPEM: [UInt8]
    /// For messages.
    package let name: String

    package init(chainPEM: [UInt8], keyPEM: [UInt8], name: String) {
        self.chainPEM = chainPEM
        self.keyPEM = keyPEM
        self.name = name
    }
}

/// The settings of one listener or of the upstream side: immutable once made, shared by all event loops.
package final class TLSContext: Sendable {
    package enum Profile: Sendable {
        /// TLS 1.2 and later.
        case modern
        /// TLS 1.0 and later for devices that know no better (P-81); its own listener, never by name.
        case legacy
    }

    package enum Trust: Sendable, Hashable {
        case system
        case file(String)
    }

    /// One context with all certificates: an ECDSA and an RSA leaf side by side. With `strictALPN` a client that offers
    /// protocols without `pop3` gets a fatal alert (P-84); one that offers none is served.
    package static func server(
        certificates: [CertificateSource],
        profile: Profile,
        strictALPN: Bool
    ) throws(TLSError) -> TLSContext { fatalError("contract") }

    package static func client(trust: Trust) throws(TLSError) -> TLSContext { fatalError("contract") }
}

/// What TLS tells the handlers behind it, as user inbound events.
package enum TLSEvent: Hashable, Sendable {
    case established(TLSSession)
    /// The peer ended its side properly. Without it an end is `TLSError.truncated` through `errorCaught`.
    case closeNotify
}

package struct TLSSession: Hashable, Sendable {
    package let version: String
    package let cipher: String
    package let serverName: String?
    package let applicationProtocol: String?
    package let resumed: Bool
}

/// libssl between the socket and the handlers behind it. Can be added to a live pipeline (STLS, STARTTLS).
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    package init(server context: TLSContext) { fatalError("contract") }
    /// `serverName` is checked against the certificate; a host name or an IP address.
    package init(client context: TLSContext, serverName: String) throws(TLSError) { fatalError("contract") }
}
