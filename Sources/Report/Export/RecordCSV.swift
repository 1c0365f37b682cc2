package import Foundation
import Gateway
package import Store

/// Records as lines of a spreadsheet, headed and worded in one language.
package struct RecordCSV: Sendable {
    private let texts: Texts
    private var clock: LocalClock

    package init(in texts: Texts, zone: TimeZone = .current) {
        self.texts = texts
        self.clock = LocalClock(zone)
    }

    /// The columns, in their order; their headings are `column.` of the texts.
    private static let columns = [
        "number", "time", "zone", "device", "known-by", "account", "address", "action", "asked", "answered", "done",
        "outcome", "subject", "from", "message-id", "date", "session", "message", "uid", "uidl", "size", "octets",
        "milliseconds", "tls", "upstream",
    ]

    /// With the byte order mark that tells a spreadsheet that it is UTF-8.
    package var heading: String {
        CSV.byteOrderMark + CSV.line(Self.columns.map { self.texts("column.\($0)") })
    }

    package mutating func line(_ record: StoredRecord) -> String {
        let (time, zone) = self.clock.local(record.time)
        let message = record.message
        return CSV.line([
            String(record.sequence), time, zone, RecordWords.who(record, in: self.texts), record.identifiedBy,
            record.account, record.address, RecordWords.action(of: record, in: self.texts), record.asked,
            record.answered, RecordWords.done(of: record, in: self.texts),
            RecordWords.outcome(record.outcome, in: self.texts), message?.subject ?? "", message?.from ?? "",
            message?.messageID ?? "", message?.date ?? "", record.session, record.key?.text ?? record.rows.description,
            record.uid.map(String.init) ?? "", record.uniqueID, record.size.map(String.init) ?? "",
            record.octets.map(String.init) ?? "", record.milliseconds.map(String.init) ?? "", record.tlsVersion,
            record.upstream.joined(separator: " | "),
        ])
    }
}

extension MessageKey {
    /// `MAILBOX:ROW`, as commands and the page's addresses name a message.
    package var text: String { "\(self.mailbox.value):\(self.number)" }

    /// Nil when it is no such name.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let mailbox = Int64(parts[0]), let number = UInt32(parts[1]) else { return nil }
        self.init(MailboxID(mailbox), number)
    }
}
