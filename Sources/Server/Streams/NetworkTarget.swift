import Foundation
package import Linux
import Store
import Synchronization

/// A syslog server on another machine, in the form of RFC 5424: over TCP, where what its machine has not acknowledged is
/// sent again after the connection broke; or over UDP, where nobody ever knows what came there.
final class NetworkTarget: StreamTarget {
    /// How long a call may wait for the network.
    private static let patience: Int32 = 2_000
    /// What a datagram holds whatever lies between (RFC 5426 §3.2); a record that is longer is told of by its number.
    private static let longestDatagram = 65_000

    let name: String
    var confirmsLate: Bool { self.server.kind == .stream }
    private let server: SyslogServer
    private let socket = Mutex<NetworkSocket?>(nil)

    init(_ server: SyslogServer) {
        self.server = server
        self.name = "\(server)"
    }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        self.socket.withLock { socket in
            var taken = 0
            do throws(SystemError) {
                let open = try self.open(&socket)
                for record in records {
                    try open.send(self.message(record))
                    taken += 1
                }
                return StreamOutcome(taken: taken)
            } catch {
                socket = nil
                return StreamOutcome(taken: taken, trouble: error.description, isCut: self.server.kind == .stream)
            }
        }
    }

    func sync() -> String? {
        guard self.server.kind == .stream else { return nil }
        return self.socket.withLock { socket in
            guard let open = socket else { return "not connected" }
            do throws(SystemError) {
                return try open.isAcknowledged(milliseconds: Self.patience) ? nil : "not acknowledged yet"
            } catch {
                socket = nil
                return error.description
            }
        }
    }

    private func open(_ socket: inout NetworkSocket?) throws(SystemError) -> NetworkSocket {
        if let socket { return socket }
        let new = try NetworkSocket(
            host: self.server.host,
            port: self.server.port,
            kind: self.server.kind,
            milliseconds: Self.patience
        )
        socket = new
        return new
    }

    private func message(_ record: StoredRecord) -> [UInt8] {
        let message = SyslogMessage.whole(record, record.line)
        switch self.server.kind {
        // RFC 6587 §3.4.1: the length in front.
        case .stream: return Array("\(message.count) ".utf8) + message
        case .datagrams:
            return message.count > Self.longestDatagram ? SyslogMessage.whole(record, record.shortLine) : message
        }
    }
}

/// Where a syslog server listens, as an operator writes it.
package struct SyslogServer: Hashable, Sendable, CustomStringConvertible {
    package let kind: NetworkSocket.Kind
    package let host: String
    package let port: UInt16

    /// `tcp://HOST[:PORT]` with 601 or `udp://HOST[:PORT]` with 514; nil for anything else.
    package init?(_ text: String) {
        guard let parts = ServerAddress(text),
            let kind = ["tcp": NetworkSocket.Kind.stream, "udp": .datagrams][parts.scheme]
        else { return nil }
        self.kind = kind
        self.host = parts.host
        self.port = UInt16(clamping: parts.port ?? (kind == .stream ? 601 : 514))
    }

    package var description: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.kind == .stream ? "tcp" : "udp")://\(host):\(self.port)"
    }
}
