internal import COpenSSL
internal import LibCrypto
internal import NIOCore

/// One TLS connection: an SSL between two buffers of ciphertext. Knows no channel: whoever owns it carries what stands in
/// `outbound` to the peer and brings what arrives. Not for two threads at once.
@safe
final class TLSConnection {
    enum Progress: Hashable {
        case done
        case needsInput
    }

    enum ReadResult: Hashable {
        case plaintext(ByteBuffer)
        case needsInput
        /// close_notify arrived.
        case ended
    }

    /// Held for the callbacks, which look their settings up in it.
    let context: TLSContext
    /// At a client whom it talks to: the key of its session.
    private(set) var host: String?
    /// At a server, from the ClientHello.
    var requestedServerName: String?
    var offeredProtocols: [[UInt8]] = []
    var protocolsRefused = false

    /// No more ciphertext will come.
    var inputEnded = false
    private var inbound = ByteBuffer()
    private var outbound = ByteBuffer()
    private let ssl: OpaquePointer
    /// After a fatal alert the session must not be resumed, and nothing can be sent.
    private var failed = false

    private init(context: TLSContext) {
        ErrorQueue.clear()
        // Like any allocation in Swift: without memory the process ends.
        guard let ssl = unsafe SSL_new(context.pointer) else { preconditionFailure("no memory for a TLS connection") }
        unsafe self.ssl = ssl
        self.context = context
        guard let bio = unsafe ByteBufferBIO.make(for: self) else { preconditionFailure("no memory for a BIO") }
        unsafe SSL_set_bio(ssl, bio, bio)
        unsafe SSL_set_ex_data(ssl, Self.index, Unmanaged.passUnretained(self).toOpaque())
    }

    convenience init(server context: TLSContext) {
        self.init(context: context)
        unsafe SSL_set_accept_state(self.ssl)
    }

    /// `serverName` is a host name or an IP address, and the certificate must be for it.
    convenience init(client context: TLSContext, serverName: String) throws(TLSError) {
        self.init(context: context)
        try self.expect(serverName)
        unsafe SSL_set_connect_state(self.ssl)
    }

    deinit {
        // Without this libssl takes the end for a failure and marks the session as not to be resumed.
        if !self.failed { unsafe SSL_set_shutdown(self.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        unsafe SSL_free(self.ssl)
    }

    private func expect(_ serverName: String) throws(TLSError) {
        let ssl = unsafe self.ssl
        let refused = TLSError.configuration(path: nil, reason: "the mail server's name is no host name or IP address")
        guard !serverName.utf8.contains(0) else { throw refused }
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), serverName) == 1 {
            self.host = serverName
        } else {
            ErrorQueue.clear()
            guard let name = HostName.canonical(serverName.utf8) else { throw refused }
            // The alternative names count, and nothing else.
            let flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
            unsafe SSL_set_hostflags(ssl, UInt32(flags))
            guard unsafe SSL_set1_host(ssl, name) == 1, unsafe copenssl_set_server_name(ssl, name) == 1 else {
                throw .configurationDrained(path: nil, "the mail server's name cannot be used")
            }
            self.host = name
            self.requestedServerName = name
        }
        if case .client(let cache) = self.context.role, let session = cache.take(for: self.host ?? serverName) {
            // A session that does not fit is no harm: the handshake is a full one.
            unsafe SSL_set_session(ssl, session.pointer)
            ErrorQueue.clear()
        }
    }

    // MARK: The peer's side

    /// Ciphertext that has arrived.
    func receive(_ ciphertext: ByteBuffer) {
        if self.inbound.readableBytes == 0 {
            self.inbound = ciphertext
        } else {
            self.inbound.writeImmutableBuffer(ciphertext)
        }
    }

    /// Ciphertext that must go to the peer, nil if there is none. Its memory goes with it.
    func takeOutbound() -> ByteBuffer? {
        guard self.outbound.readableBytes > 0 else { return nil }
        defer { self.outbound = ByteBuffer() }
        return self.outbound
    }

    func takeInbound(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let taken = unsafe self.inbound.readWithUnsafeReadableBytes { source in
            let count = min(source.count, target.count)
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(count)))
            return (count, count)
        }
        // An emptied buffer gives its memory back: an idle connection holds none.
        if self.inbound.readableBytes == 0 { self.inbound = ByteBuffer() }
        return taken
    }

    func appendOutbound(_ source: UnsafeRawBufferPointer) {
        unsafe self.outbound.writeBytes(source)
    }

    // MARK: Our side

    func handshake() throws(TLSError) -> Progress {
        ErrorQueue.clear()
        let answer = unsafe SSL_do_handshake(self.ssl)
        guard answer != 1 else {
            self.keepUnrenewedSession()
            return .done
        }
        guard unsafe SSL_get_error(self.ssl, answer) != SSL_ERROR_WANT_READ else { return .needsInput }
        self.failed = true
        throw self.handshakeFailure()
    }

    /// The next plaintext there is. A TLS 1.2 or 1.3 record is at most 16 kB, so each answer is at most that.
    func read() throws(TLSError) -> ReadResult {
        ErrorQueue.clear()
        // Plaintext is never longer than the ciphertext at hand, so a short command costs a short buffer.
        let atHand = self.inbound.readableBytes + Int(unsafe SSL_pending(self.ssl))
        var plaintext = ByteBuffer()
        var answer: Int32 = 0
        unsafe plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: min(max(atHand, 256), 16_384)) { target in
            var count = 0
            answer = unsafe SSL_read_ex(self.ssl, target.baseAddress, target.count, &count)
            return answer == 1 ? count : 0
        }
        if answer == 1 { return .plaintext(plaintext) }
        switch unsafe SSL_get_error(self.ssl, answer) {
        case SSL_ERROR_WANT_READ:
            // A ticket that was read leaves a write buffer behind; refused, rightly, while data is pending.
            unsafe SSL_free_buffers(self.ssl)
            return .needsInput
        case SSL_ERROR_ZERO_RETURN:
            return .ended
        default:
            self.failed = true
            let entries = ErrorQueue.drain()
            if entries.contains(where: { $0.reasonCode == SSL_R_UNEXPECTED_EOF_WHILE_READING }) { throw .truncated }
            throw .protocolViolation(reason: entries.first?.reason ?? "no reason given")
        }
    }

    /// What a record holds, and the most that sealing adds to it: header, nonce or padding, and tag.
    private static let recordSize = 16_384
    private static let recordOverhead = 96

    /// Seals the octets into `outbound`, in records of up to 16 kB.
    func write(_ plaintext: ByteBuffer) throws(TLSError) {
        guard plaintext.readableBytes > 0 else { return }
        ErrorQueue.clear()
        // Taken at once, so that no record moves those before it.
        let records = plaintext.readableBytes / Self.recordSize + 1
        self.outbound.reserveCapacity(minimumWritableBytes: plaintext.readableBytes + records * Self.recordOverhead)
        var written = 0
        let answer = unsafe plaintext.withUnsafeReadableBytes { source in
            unsafe SSL_write_ex(self.ssl, source.baseAddress, source.count, &written)
        }
        guard answer == 1 else {
            self.failed = true
            throw .protocolViolation(reason: ErrorQueue.drain().first?.reason ?? "nothing can be sent any more")
        }
    }

    /// Puts close_notify into `outbound`: our side ends here.
    func sendCloseNotify() {
        guard !self.failed else { return }
        ErrorQueue.clear()
        _ = unsafe SSL_shutdown(self.ssl)
        ErrorQueue.clear()
    }

    /// After the handshake: what was agreed.
    var session: TLSSession {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(self.ssl, &name, &count)
        let chosen = unsafe UnsafeBufferPointer(start: name, count: Int(count))
        return unsafe TLSSession(
            version: String(cString: SSL_get_version(self.ssl)),
            cipher: SSL_get_current_cipher(self.ssl).flatMap { unsafe SSL_CIPHER_get_name($0) }
                .map { unsafe String(cString: $0) } ?? "",
            serverName: self.requestedServerName,
            applicationProtocol: chosen.isEmpty ? nil : String(decoding: chosen, as: UTF8.self),
            resumed: SSL_session_reused(self.ssl) == 1,
            clientCertificate: self.clientCertificate,
            offeredProtocols: ClientHello.printable(self.offeredProtocols)
        )
    }

    /// libssl ends a handshake whose certificate it cannot verify; that it has verified this one is asked all the same.
    private var clientCertificate: PeerCertificate? {
        guard case .server(_, _, asksForCertificate: true) = self.context.role,
            unsafe SSL_get_verify_result(self.ssl) == Int(X509_V_OK),
            let certificate = unsafe SSL_get1_peer_certificate(self.ssl)
        else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe PeerCertificate(certificate)
    }

    /// The peer's certificate in PEM, after the handshake.
    var peerCertificatePEM: [UInt8]? {
        guard let certificate = unsafe SSL_get1_peer_certificate(self.ssl) else { return nil }
        defer { unsafe X509_free(certificate) }
        guard let output = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free(output) }
        guard unsafe PEM_write_bio_X509(output, certificate) == 1 else { return nil }
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_bio_contents(output, &start)
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: max(0, count)))
    }

    // MARK: Callbacks

    /// The connection of an SSL, for callbacks that get nothing else.
    static func of(_ ssl: OpaquePointer?) -> TLSConnection? {
        guard let ssl = unsafe ssl, let data = unsafe SSL_get_ex_data(ssl, self.index) else { return nil }
        return unsafe Unmanaged<TLSConnection>.fromOpaque(data).takeUnretainedValue()
    }

    private static let index = copenssl_new_connection_index()

    /// A resumed TLS 1.2 session for which the server sent no new ticket is good for the next time too.
    private func keepUnrenewedSession() {
        guard case .client(let cache) = self.context.role, let host = self.host,
            unsafe SSL_session_reused(self.ssl) == 1, unsafe SSL_version(self.ssl) < TLS1_3_VERSION,
            let session = unsafe SSL_get1_session(self.ssl)
        else { return }
        unsafe cache.keep(ResumableSession(taking: session), for: host)
    }

    private func handshakeFailure() -> TLSError {
        let entries = ErrorQueue.drain()
        if self.protocolsRefused {
            let offered = ClientHello.printable(self.offeredProtocols).joined(separator: ", ")
            return .handshake(reason: "the client does not offer the protocol pop3 but \(offered)")
        }
        let verdict = unsafe SSL_get_verify_result(self.ssl)
        if verdict != Int(X509_V_OK) {
            return .certificate(reason: unsafe String(cString: X509_verify_cert_error_string(verdict)))
        }
        if entries.contains(where: { $0.reasonCode == SSL_R_UNEXPECTED_EOF_WHILE_READING }) {
            return .handshake(reason: "the peer hung up")
        }
        return .handshake(reason: entries.first?.reason ?? (self.inputEnded ? "the peer hung up" : "no reason given"))
    }
}
