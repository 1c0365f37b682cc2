/// Why a file or a command gave no secret, as the log says it: never what it printed.
enum SecretTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    case failed(String)
    case timedOut
    case garbage
    case notStarted
    /// The mail server said no to the same a moment ago.
    case refused
    /// The mail server said no to two, one after the other.
    case refusedTwice

    var description: String {
        switch self {
        case .unreadable: "cannot be read"
        case .failed(let how): how
        case .timedOut: "took too long and was killed"
        case .garbage: "gave something that is no password or token"
        case .notStarted: "cannot be started"
        case .refused: "gave again what the mail server refused"
        case .refusedTwice: "gave two that the mail server refused, one after the other"
        }
    }
}
