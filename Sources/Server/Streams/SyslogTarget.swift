import Foundation
import Gateway
import Linux
import Store

/// The syslog daemon of this machine. Its socket speaks the old form, which everybody who listens there understands; a
/// daemon that forwards does so with TLS and a queue of its own.
final class SyslogTarget: StreamTarget {
    static let usualSocket = "/dev/log"

    let name = Configuration.Stream.Service.syslog.rawValue
    let pace: Int? = JournalPace.records
    private let socket: String

    init(socket: String = SyslogTarget.usualSocket) { self.socket = socket }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        Datagrams.send(records, to: self.socket) { record in
            (
                SyslogMessage.local(SyslogSeverity(record), at: record.microseconds ?? 0, record.line),
                SyslogMessage.local(SyslogSeverity(record), at: record.microseconds ?? 0, record.shortLine)
            )
        }
    }

    /// Something that is no record.
    func write(_ text: String, at time: Int64) -> String? {
        Datagrams.send(SyslogMessage.local(.notice, at: time, Array(text.utf8)), to: self.socket)
    }
}

/// As syslog numbers them.
enum SyslogSeverity: Int, Hashable, Sendable {
    case warning = 4
    case notice = 5
    case information = 6

    init(_ record: StoredRecord) {
        self =
            switch (record.action, record.outcome) {
            case ("alert", _): .warning
            case (_, "failure"): .notice
            case (_, _): .information
            }
    }

    /// With the facility of the mail system.
    var priority: Int { 2 * 8 + self.rawValue }
}

/// Messages of syslog. What they carry is one line of printable ASCII.
enum SyslogMessage {
    /// `<22>Nov 24 16:00:00 leavecopy[123]: …`, in local time, as syslog(3) writes it.
    static func local(_ severity: SyslogSeverity, at time: Int64, _ text: [UInt8]) -> [UInt8] {
        var seconds = time_t(time / 1_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months.dropFirst(Int(parts.tm_mon)).first ?? "Jan"
        func two(_ number: Int32, _ filler: String) -> String { number < 10 ? "\(filler)\(number)" : "\(number)" }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two($0, "0") }.joined(separator: ":")
        let head = "<\(severity.priority)>\(month) \(two(parts.tm_mday, " ")) \(clock) \(Product.name)[\(getpid())]: "
        return Array(head.utf8) + text
    }

    /// RFC 5424 §6: with the record's time, machine, kind and number.
    static func whole(_ record: StoredRecord, _ line: [UInt8]) -> [UInt8] {
        // RFC 5424 §7.3.1: a number of 31 bits that begins again at 1.
        let number = (max(record.sequence, 1) - 1) % 2_147_483_647 + 1
        let words = [record.time, record.node, Product.name, String(getpid()), record.action].map(self.word)
        let priority = SyslogSeverity(record).priority
        return Array("<\(priority)>1 \(words.joined(separator: " ")) [meta sequenceId=\"\(number)\"] ".utf8) + line
    }

    /// Printable and without spaces; nothing is a hyphen.
    private static func word(_ text: String) -> String {
        let word = String(decoding: text.utf8.prefix(32).map { (0x21...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        return word.isEmpty ? "-" : word
    }
}

/// One datagram a record.
enum Datagrams {
    /// `make` gives a record's datagram, and a short one for when that is longer than the system lets through.
    static func send(
        _ records: [StoredRecord],
        to socket: String,
        _ make: (StoredRecord) -> (whole: [UInt8], short: [UInt8])
    ) -> StreamOutcome {
        var taken = 0
        do throws(SystemError) {
            let socket = try DatagramSocket(name: socket)
            for record in records {
                let (whole, short) = make(record)
                do throws(SystemError) {
                    try socket.send(whole)
                } catch {
                    guard error.code == EMSGSIZE else { throw error }
                    try socket.send(short)
                }
                taken += 1
            }
            return StreamOutcome(taken: taken)
        } catch {
            return StreamOutcome(taken: taken, trouble: error.description)
        }
    }

    /// Why it was not sent; nil when it was.
    static func send(_ octets: [UInt8], to socket: String) -> String? {
        do throws(SystemError) {
            try DatagramSocket(name: socket).send(octets)
            return nil
        } catch {
            return error.description
        }
    }
}
