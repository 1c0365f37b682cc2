internal import COpenSSL
internal import LibCrypto

extension TLSContext {
    /// For connections to mail servers: TLS 1.2 and later, and a certificate that is verified, always. `trust` names the
    /// CAs: those of the system, or those of one PEM file and no others.
    package static func client(trust: Trust) throws(TLSError) -> TLSContext {
        let context = try unsafe TLSContext(method: TLS_client_method(), role: .client(SessionCache()))
        let pointer = unsafe context.pointer
        try context.require(unsafe copenssl_set_min_version(pointer, TLS1_2_VERSION), "TLS 1.2 is not available")
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        switch trust {
        case .system:
            try context.require(
                unsafe SSL_CTX_set_default_verify_paths(pointer),
                "the system's CA certificates cannot be read"
            )
        case .file(let path):
            try context.require(
                unsafe SSL_CTX_load_verify_file(pointer, path),
                "no CA certificate can be read",
                path: path
            )
        }
        unsafe copenssl_session_cache_by_callback(pointer)
        unsafe SSL_CTX_sess_set_new_cb(pointer, sessionArrived)
        return context
    }
}

/// Keeps a session the server offers. It may come inside any read (RFC 8446 §4.6.1). 1: the reference is ours now.
private func sessionArrived(ssl: OpaquePointer?, session: OpaquePointer?) -> Int32 {
    guard let connection = unsafe TLSConnection.of(ssl), case .client(let cache) = connection.context.role,
        let host = connection.host, let session = unsafe session
    else { return 0 }
    unsafe cache.keep(ResumableSession(taking: session), for: host)
    return 1
}
