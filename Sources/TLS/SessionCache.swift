internal import COpenSSL
internal import Synchronization

/// The client's sessions, to be resumed: the newest one per host, each used once (RFC 8446 §C.4). Bounded by `capacity`.
///
/// The host is part of the key because libssl does not check the name again when it resumes.
final class SessionCache: Sendable {
    static let capacity = 64

    private let sessions = Mutex<[String: ResumableSession]>([:])

    func keep(_ session: ResumableSession, for host: String) {
        self.sessions.withLock { sessions in
            if sessions[host] == nil, sessions.count >= Self.capacity, let other = sessions.keys.first {
                sessions[other] = nil
            }
            sessions[host] = session
        }
    }

    func take(for host: String) -> ResumableSession? {
        self.sessions.withLock { $0.removeValue(forKey: host) }
    }

    var count: Int { self.sessions.withLock { $0.count } }
}

/// One SSL_SESSION, owned.
@safe
final class ResumableSession: @unchecked Sendable {
    /// Counted with atomics and not changed by us, so any thread may hand it on: the reason for `@unchecked Sendable`.
    let pointer: OpaquePointer

    /// Takes over the reference.
    init(taking pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe SSL_SESSION_free(self.pointer) }
}
