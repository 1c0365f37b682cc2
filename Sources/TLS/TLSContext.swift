internal import COpenSSL
internal import LibCrypto

/// The settings of one listener or of the upstream side: immutable once made, shared by all event loops.
///
/// To take new certificates make a new context; connections that live keep the one they began with.
@safe
package final class TLSContext: @unchecked Sendable {
    package enum Profile: Hashable, Sendable {
        /// TLS 1.2 and later.
        case modern
        /// TLS 1.0 and later for devices that know no better (P-81); its own listener, never by name.
        case legacy
    }

    package enum Trust: Sendable, Hashable {
        case system
        case file(String)
    }

    enum Role: Sendable {
        case server(tickets: TicketKeys, strictALPN: Bool, asksForCertificate: Bool)
        case client(SessionCache)
    }

    /// Set up before `init` ends and only read afterwards; libssl counts references and locks inside what it caches there.
    /// This is the reason for `@unchecked Sendable`.
    let pointer: OpaquePointer
    let role: Role

    init(method: OpaquePointer?, role: Role) throws(TLSError) {
        ErrorQueue.clear()
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw .configurationDrained(path: nil, "libssl cannot be used")
        }
        unsafe self.pointer = pointer
        self.role = role
        unsafe SSL_CTX_set_options(pointer, copenssl_options_common)
        unsafe copenssl_set_release_buffers(pointer)
    }

    deinit { unsafe SSL_CTX_free(self.pointer) }

    /// Reads a setting call's answer: 1 is success.
    func require(_ answer: Int32, _ what: String, path: String? = nil) throws(TLSError) {
        guard answer == 1 else { throw .configurationDrained(path: path, what) }
    }
}
