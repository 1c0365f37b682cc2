/// How a connection came to us: made once when it is accepted, filled in when TLS is there, and never a global. The
/// upstream and the identity of the device are chosen from it.
package struct Arrival: Hashable, Sendable {
    package let session: SessionID
    package let remote: Endpoint
    package let local: Endpoint
    /// The listener's name in the configuration.
    package let listener: String
    /// Where the device meant to connect, when the connection was redirected to us.
    package var originalDestination: Endpoint?
    /// The sender by the PROXY protocol, from a trusted load balancer.
    package var proxySource: Endpoint?
    /// From the kernel's neighbour table, when the device is on the same link.
    package var neighbour: HardwareAddress?
    package var tls: TLSDescription?
    /// The device that the listener was given to (`listeners[].device`), in lower case.
    package var givenDevice: String?

    package init(session: SessionID, remote: Endpoint, local: Endpoint, listener: String) {
        self.session = session
        self.remote = remote
        self.local = local
        self.listener = listener
    }

    /// Who is counted, limited and put on record as the sender.
    package var source: Endpoint { self.proxySource ?? self.remote }
}

/// What TLS agreed on, as the record keeps it.
package struct TLSDescription: Hashable, Sendable {
    package let version: String
    package let cipher: String
    /// The name the device dialled, if it said one (SNI).
    package let serverName: String?
    /// The certificate the device showed, once it was verified; nil without one.
    package let clientCertificate: ClientCertificate?

    package init(
        version: String,
        cipher: String,
        serverName: String?,
        clientCertificate: ClientCertificate? = nil
    ) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
        self.clientCertificate = clientCertificate
    }
}

/// A device's certificate, as far as it tells one device from another.
package struct ClientCertificate: Hashable, Sendable {
    /// SHA-256 of its public key, 64 lower-case hexadecimal digits: a renewed certificate with the same key is the same
    /// device.
    package let keyDigest: String
    /// The common name of its subject, for people; nil when it has none that can be printed.
    package let commonName: String?

    package init(keyDigest: String, commonName: String?) {
        self.keyDigest = keyDigest
        self.commonName = commonName
    }
}

/// Names one session in the log and the record. Random, `[a-z0-9]{12}`, so that it can be typed.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }
    package var description: String { self.text }
}
