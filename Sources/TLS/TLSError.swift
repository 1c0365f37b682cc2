internal import COpenSSL
internal import LibCrypto

/// What went wrong in TLS, with libssl's own reason where it gave one.
package enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The peer's certificate was not accepted: the chain, the dates or the name.
    case certificate(reason: String)
    case handshake(reason: String)
    /// The connection ended without close_notify (RFC 8446 §6.1), so what came last may have been cut.
    case truncated
    case protocolViolation(reason: String)
    /// A file or a setting of ours is no good; `path` when it is a file.
    case configuration(path: String?, reason: String)

    package var description: String {
        switch self {
        case .certificate(let reason): "certificate not accepted: \(reason)"
        case .handshake(let reason): "TLS handshake failed: \(reason)"
        case .truncated: "the connection was cut"
        case .protocolViolation(let reason): "TLS protocol broken: \(reason)"
        case .configuration(let path?, let reason): "\(path): \(reason)"
        case .configuration(nil, let reason): reason
        }
    }

    /// Empties this thread's error queue into a configuration error, after a call of ours failed.
    static func configurationDrained(path: String?, _ what: String) -> TLSError {
        let reason = ErrorQueue.drain().first?.reason ?? "no reason given"
        return .configuration(path: path, reason: "\(what): \(reason)")
    }
}
