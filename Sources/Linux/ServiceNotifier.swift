import Glibc

/// Tells systemd how the service stands (sd_notify(3)): a datagram to the socket that `$NOTIFY_SOCKET` names, which is
/// a path or, with `@` in front, an abstract name. Does nothing where the variable is not set.
package struct ServiceNotifier: Hashable, Sendable {
    package enum Message: Hashable, Sendable {
        case ready
        case stopping
        /// Since when, on the monotonic clock, as `Type=notify-reload` needs it.
        case reloading(monotonicMicroseconds: UInt64)
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
            case .status(let text):
                "STATUS=" + String(decoding: text.utf8.map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
            }
        }
    }

    private let socketName: String?

    package init(socketName: String?) { self.socketName = socketName }

    package static func fromEnvironment() -> ServiceNotifier {
        guard let value = unsafe getenv("NOTIFY_SOCKET") else { return ServiceNotifier(socketName: nil) }
        return unsafe ServiceNotifier(socketName: String(cString: value))
    }

    /// Sends the messages in one datagram. Throws if there is a socket that cannot be reached.
    package func send(_ messages: [Message]) throws(SystemError) {
        guard let socketName, !socketName.isEmpty else { return }
        try DatagramSocket(name: socketName).send(Array(messages.map(\.text).joined(separator: "\n").utf8))
    }
}

/// The monotonic clock, for `ServiceNotifier.Message.reloading`.
package func monotonicMicroseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec / 1_000)
}
