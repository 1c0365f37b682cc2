internal import COpenSSL

/// A call of libcrypto that failed, with the library's own reason.
package struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What we wanted, for example `read a private key`.
    package let operation: String
    /// What the library says, or our own words where it says nothing.
    package let reason: String

    package init(operation: String, reason: String) {
        self.operation = operation
        self.reason = reason
    }

    /// Empties this thread's error queue into an error: the first entry is the cause.
    static func drained(_ operation: String) -> CryptoError {
        CryptoError(operation: operation, reason: ErrorQueue.drain().first?.reason ?? "no reason given")
    }

    package var description: String { "cannot \(self.operation): \(self.reason)" }
}

/// libcrypto's queue of errors. It belongs to the thread, not to a connection, so one that is left in it spoils the next
/// call of somebody else: SSL_read takes a stale entry for its own failure.
package enum ErrorQueue {
    package struct Entry: Hashable, Sendable {
        /// The library's number of the reason, such as SSL_R_UNEXPECTED_EOF_WHILE_READING.
        package let reasonCode: Int32
        package let reason: String
    }

    package static func clear() {
        ERR_clear_error()
    }

    /// Takes all entries, the oldest first.
    package static func drain() -> [Entry] {
        var entries: [Entry] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { return entries }
            let text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
            entries.append(Entry(reasonCode: ERR_GET_REASON(code), reason: text ?? "error \(String(code, radix: 16))"))
        }
    }

    /// Whether nothing waits on this thread.
    package static var isEmpty: Bool { ERR_peek_error() == 0 }
}
