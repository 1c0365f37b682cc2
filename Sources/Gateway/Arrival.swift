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

    package init(version: String, cipher: String, serverName: String?) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
    }
}

/// Names one session in the log and the record. Random, `[a-z0-9]{12}`, so that it can be typed.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }
    package var description: String { self.text }
}
