internal import COpenSSL
internal import LibCrypto
package import NIOCore

extension TLSContext {
    /// One context with all certificates: an ECDSA and an RSA leaf side by side. With `strictALPN` a client that offers
    /// protocols without `pop3` gets a fatal alert (P-84); one that offers none is served. `clientAuthority` is a PEM file of
    /// CAs: then a client is asked for a certificate of theirs, may go on without one, and gets a fatal alert for one that
    /// cannot be verified. `now` turns the ticket keys.
    package static func server(
        certificates: [CertificateSource],
        profile: Profile,
        strictALPN: Bool,
        clientAuthority: String? = nil,
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) throws(TLSError) -> TLSContext {
        guard !certificates.isEmpty else {
            throw .configuration(path: nil, reason: "a TLS listener needs a certificate")
        }
        let role = Role.server(
            tickets: TicketKeys(now: now),
            strictALPN: strictALPN,
            asksForCertificate: clientAuthority != nil
        )
        let context = try unsafe TLSContext(method: TLS_server_method(), role: role)
        try context.apply(profile)
        for certificate in certificates { try unsafe certificate.use(in: context.pointer) }
        try context.setUpSessions()
        if let clientAuthority { try context.askForCertificate(of: clientAuthority) }
        let pointer = unsafe context.pointer
        unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloArrived, nil)
        unsafe SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, nil)
        return context
    }

    private func apply(_ profile: Profile) throws(TLSError) {
        let pointer = unsafe self.pointer
        unsafe SSL_CTX_set_options(pointer, copenssl_options_server)
        switch profile {
        case .modern:
            try self.require(unsafe copenssl_set_min_version(pointer, TLS1_2_VERSION), "TLS 1.2 is not available")
            // Forward secrecy always; CBC stays for Windows 7, whose Schannel has no other suite for an RSA certificate.
            let suites = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:@SECLEVEL=2"
            try self.require(unsafe SSL_CTX_set_cipher_list(pointer, suites), "no cipher suites")
        case .legacy:
            try self.require(unsafe copenssl_set_min_version(pointer, TLS1_VERSION), "TLS 1.0 is not available")
            try self.require(unsafe SSL_CTX_set_cipher_list(pointer, "DEFAULT:@SECLEVEL=0"), "no cipher suites")
            unsafe copenssl_set_dh_auto(pointer)
        }
    }

    /// The longest chain is the device's certificate, intermediate CAs, and the CA of the file.
    private static let intermediateCertificates: Int32 = 3

    /// libssl verifies the chain for the purpose of a TLS client, dates included. No session is resumed here: a certificate
    /// that has ended must not live on in a ticket that is renewed again and again.
    private func askForCertificate(of authority: String) throws(TLSError) {
        let pointer = unsafe self.pointer
        ErrorQueue.clear()
        guard unsafe SSL_CTX_load_verify_file(pointer, authority) == 1,
            let names = unsafe SSL_load_client_CA_file(authority)
        else { throw .configurationDrained(path: authority, "no CA certificate can be read") }
        // So that a device with many certificates knows which is meant.
        unsafe SSL_CTX_set_client_CA_list(pointer, names)
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        unsafe SSL_CTX_set_verify_depth(pointer, Self.intermediateCertificates)
        unsafe SSL_CTX_set_options(pointer, copenssl_options_no_ticket)
        try self.require(unsafe SSL_CTX_set_num_tickets(pointer, 0), "session tickets stay on")
    }

    /// Sessions live in tickets that the clients keep, so that memory does not grow with the clients there were.
    private func setUpSessions() throws(TLSError) {
        let pointer = unsafe self.pointer
        unsafe copenssl_session_cache_off(pointer)
        let identity = Array("leavecopy".utf8)
        try self.require(
            unsafe SSL_CTX_set_session_id_context(pointer, identity, UInt32(identity.count)),
            "no session context"
        )
        try self.require(unsafe SSL_CTX_set_num_tickets(pointer, 1), "no session tickets")
        unsafe SSL_CTX_set_timeout(pointer, Int(TicketKeys.lifetime.nanoseconds / 1_000_000_000))
        try self.require(
            unsafe Int32(SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer, ticketKeys)),
            "no session tickets"
        )
    }
}

/// Reads the server name before libssl decides anything.
private func clientHelloArrived(
    ssl: OpaquePointer?,
    alert: UnsafeMutablePointer<Int32>?,
    argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let connection = unsafe TLSConnection.of(ssl) else { return SSL_CLIENT_HELLO_ERROR }
    var start: UnsafePointer<UInt8>?
    var count = 0
    if unsafe SSL_client_hello_get0_ext(ssl, UInt32(TLSEXT_TYPE_server_name), &start, &count) == 1 {
        let data = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
        connection.requestedServerName = ClientHello.serverName(in: data)
    }
    return SSL_CLIENT_HELLO_SUCCESS
}

/// Chooses `pop3` of what the client offers (RFC 7301 §3.2).
private func selectProtocol(
    ssl: OpaquePointer?,
    chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    chosenCount: UnsafeMutablePointer<UInt8>?,
    offered: UnsafePointer<UInt8>?,
    offeredCount: UInt32,
    argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let connection = unsafe TLSConnection.of(ssl), case .server(_, let strictALPN, _) = connection.context.role
    else {
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
    let list = unsafe [UInt8](UnsafeBufferPointer(start: offered, count: Int(offeredCount)))
    connection.offeredProtocols = ClientHello.protocols(in: list)
    let wanted = Array("pop3".utf8)
    guard connection.offeredProtocols.contains(wanted) else {
        connection.protocolsRefused = strictALPN
        return strictALPN ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK
    }
    // The answer must point at octets that outlive this call.
    let name: StaticString = "pop3"
    unsafe chosen?.pointee = name.utf8Start
    unsafe chosenCount?.pointee = UInt8(wanted.count)
    return SSL_TLSEXT_ERR_OK
}

/// Hands the keys of a ticket to libssl: 1 good, 2 good and to be renewed, 0 unknown, -1 failed.
private func ticketKeys(
    ssl: OpaquePointer?,
    name: UnsafeMutablePointer<UInt8>?,
    iv: UnsafeMutablePointer<UInt8>?,
    cipher: OpaquePointer?,
    mac: OpaquePointer?,
    sealing: Int32
) -> Int32 {
    guard let connection = unsafe TLSConnection.of(ssl), case .server(let tickets, _, _) = connection.context.role,
        let name = unsafe name, let iv = unsafe iv
    else { return -1 }
    if sealing == 1 {
        let keys = tickets.sealing()
        guard unsafe RAND_bytes(iv, 16) == 1,
            unsafe copenssl_ticket_keys(cipher, mac, keys.cipherKey, keys.macKey, iv, 1) == 1
        else { return -1 }
        _ = unsafe UnsafeMutableBufferPointer(start: name, count: TicketKeys.nameLength)
            .update(fromContentsOf: keys.name)
        return 1
    }
    let wanted = unsafe [UInt8](UnsafeBufferPointer(start: name, count: TicketKeys.nameLength))
    guard let keys = tickets.opening(wanted) else { return 0 }
    guard unsafe copenssl_ticket_keys(cipher, mac, keys.cipherKey, keys.macKey, iv, 0) == 1 else { return -1 }
    // With 1 a TLS 1.3 client, which uses a ticket once, would get no new one.
    return 2
}
