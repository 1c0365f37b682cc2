internal import COpenSSL
internal import NIOCore

/// The BIO through which libssl reads and writes a connection's two buffers; its data is the connection, unretained: the
/// connection owns the SSL, which owns the BIO.
enum ByteBufferBIO {
    /// A BIO for the connection; SSL_set_bio takes the one reference for both directions. Nil without memory.
    static func make(for connection: TLSConnection) -> OpaquePointer? {
        guard let bio = unsafe BIO_new(self.method) else { return nil }
        unsafe BIO_set_data(bio, Unmanaged.passUnretained(connection).toOpaque())
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }

    /// Written once, read by all threads.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer") else {
            return nil
        }
        unsafe BIO_meth_set_read(method) { bio, target, count in
            guard let connection = unsafe ByteBufferBIO.connection(of: bio), let target = unsafe target else {
                return -1
            }
            unsafe copenssl_clear_retry(bio)
            let taken = unsafe connection.takeInbound(UnsafeMutableRawBufferPointer(start: target, count: Int(count)))
            if taken > 0 { return Int32(taken) }
            // A real end is 0, which libssl reports as an unexpected end of file.
            if connection.inputEnded { return 0 }
            unsafe copenssl_retry_read(bio)
            return -1
        }
        unsafe BIO_meth_set_write(method) { bio, source, count in
            guard let connection = unsafe ByteBufferBIO.connection(of: bio), let source = unsafe source else {
                return -1
            }
            unsafe copenssl_clear_retry(bio)
            unsafe connection.appendOutbound(UnsafeRawBufferPointer(start: source, count: Int(count)))
            return count
        }
        unsafe BIO_meth_set_ctrl(method) { bio, command, _, _ in
            switch command {
            case Int32(BIO_CTRL_FLUSH): return 1
            case Int32(BIO_CTRL_EOF): return unsafe ByteBufferBIO.connection(of: bio)?.inputEnded == true ? 1 : 0
            default: return 0
            }
        }
        return unsafe method
    }()

    private static func connection(of bio: OpaquePointer?) -> TLSConnection? {
        guard let data = unsafe BIO_get_data(bio) else { return nil }
        return unsafe Unmanaged<TLSConnection>.fromOpaque(data).takeUnretainedValue()
    }
}
