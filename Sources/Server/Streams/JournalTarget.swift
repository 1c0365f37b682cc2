import Foundation
import Gateway
import Linux
import Store

/// systemd's journal by its own protocol: the same line, and beside it fields that `journalctl` can ask for.
final class JournalTarget: StreamTarget {
    static let usualSocket = "/run/systemd/journal/socket"

    let name = Configuration.Stream.Service.journal.rawValue
    let pace: Int? = JournalPace.records
    private let socket: String

    init(socket: String = JournalTarget.usualSocket) { self.socket = socket }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        Datagrams.send(records, to: self.socket) { record in
            (Self.datagram(record, record.line), Self.datagram(record, record.shortLine))
        }
    }

    /// Something that is no record.
    func write(_ text: String) -> String? {
        Datagrams.send(Self.datagram(.notice, [("LEAVECOPY_ACTION", "checkpoint")], Array(text.utf8)), to: self.socket)
    }

    static func datagram(_ record: StoredRecord, _ line: [UInt8]) -> [UInt8] {
        let fields = [
            ("LEAVECOPY_SEQUENCE", String(record.sequence)), ("LEAVECOPY_ACTION", record.action),
            ("LEAVECOPY_OUTCOME", record.outcome), ("LEAVECOPY_DEVICE", record.device),
            ("LEAVECOPY_ACCOUNT", record.account), ("LEAVECOPY_SESSION", record.session),
            ("LEAVECOPY_ADDRESS", record.address),
        ]
        return self.datagram(SyslogSeverity(record), fields, line)
    }

    private static func datagram(
        _ severity: SyslogSeverity,
        _ fields: [(String, String)],
        _ message: [UInt8]
    ) -> [UInt8] {
        let all = [("PRIORITY", String(severity.rawValue)), ("SYSLOG_IDENTIFIER", Product.name)] + fields
        let written = all.filter { !$0.1.isEmpty }.map { self.field($0.0, Array($0.1.utf8)) }
        return written.flatMap(\.self) + self.field("MESSAGE", message)
    }

    /// `NAME=value`; with a line end in the value the name alone, and the length in front.
    private static func field(_ name: String, _ value: [UInt8]) -> [UInt8] {
        guard value.contains(0x0A) else { return Array("\(name)=".utf8) + value + [0x0A] }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(value.count) >> (8 * $0)) }
        return Array("\(name)\n".utf8) + length + value + [0x0A]
    }
}
