import enum Gateway.IPAddress

/// The address of the mail server as an operator writes it.
package struct UpstreamURL: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable {
        /// TLS from the first octet, port 993.
        case imaps
        /// STARTTLS, port 143. Without TLS only to loopback.
        case imap
    }

    package let scheme: Scheme
    package let host: String
    package let port: Int

    /// Nil unless `text` is a scheme, a host and perhaps a port: no user, path or query.
    package init?(_ text: String) {
        guard let parts = ServerAddress(text), let scheme = Scheme(rawValue: parts.scheme) else { return nil }
        self.scheme = scheme
        self.host = parts.host
        self.port = parts.port ?? (scheme == .imaps ? 993 : 143)
    }

    /// Whether the host is this machine by its address or as `localhost`: the only place where TLS may be missing.
    package var isLoopback: Bool {
        self.host == "localhost" || IPAddress(self.host)?.isLoopback == true
    }
}
