package import Foundation

import struct Gateway.DeviceNotice

/// The message that a PC which is set wrong finds in its own view (`notice: mailbox`): what it asked to delete, that nothing
/// was deleted, and how to set its program. All of it is ours: words of the texts, and names that devices and accounts have.
package struct NoticeMail {
    package let device: String
    /// As people write it; from outside.
    package let account: String
    package let diagnosis: Diagnosis
    package let deleted: Int
    /// The first of what was counted, as the record writes times.
    package let since: String
    /// When the message is made, in microseconds since 1970.
    package let made: Int64
    package let uniqueID: String
    /// One below the other.
    package let languages: [Texts]
    package let zone: TimeZone

    package init(
        device: String,
        account: String,
        diagnosis: Diagnosis,
        deleted: Int,
        since: String,
        made: Int64,
        uniqueID: String,
        languages: [Texts],
        zone: TimeZone
    ) {
        self.device = device
        self.account = account
        self.diagnosis = diagnosis
        self.deleted = deleted
        self.since = since
        self.made = made
        self.uniqueID = uniqueID
        self.languages = languages
        self.zone = zone
    }

    /// A domain that no mail can go to (RFC 6761 §6.4).
    private static let domain = "leavecopy.invalid"
    private static let width = 72

    /// The message (RFC 5322), UTF-8 in base64 (RFC 2045 §6.8), so that no line is longer than 76 octets and none begins with
    /// a dot. No robot answers it, and none should (RFC 3834 §5).
    package var octets: [UInt8] {
        let header = [
            "Date: \(self.date)",
            "From: \"Leavecopy (automatic)\" <no-reply@\(Self.domain)>",
            "To: \(MailHeader.addressee(self.account))",
            MailHeader.field("Subject", self.subject),
            "Message-ID: <\(self.uniqueID)@\(Self.domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: base64",
        ]
        let body = MailHeader.base64Lines(Array(self.text.utf8))
        return Array((header + [""] + body + [""]).joined(separator: "\r\n").utf8)
    }

    /// What people read, before it is encoded: lines end with CRLF (RFC 2045 §6.8).
    package var text: String {
        let parts = self.languages.map { self.lines(in: $0) }
        let rule = ["", String(repeating: "-", count: Self.width), ""]
        return (parts.joined(separator: rule) + [""]).joined(separator: "\r\n")
    }

    package var subject: String {
        let said = self.languages.map { texts in
            texts("notice.subject", ["device": self.device, "count": texts.counted("message", self.deleted)])
        }
        return "Leavecopy: \(said.joined(separator: " / "))"
    }

    private func lines(in texts: Texts) -> [String] {
        let values = [
            "device": self.device, "account": self.account, "count": texts.counted("message", self.deleted),
            "time": LocalMoment.text(self.since, in: texts, zone: self.zone),
            "days": texts.counted("day", Int(DeviceNotice.daysShown)),
        ]
        func paragraph(_ text: String) -> [String] { Self.wrapped(text) + [""] }
        var lines = paragraph(texts("notice.what", values)) + paragraph(texts("notice.deleted", values))
        lines += Self.wrapped(self.diagnosis.title(in: texts))
        lines += paragraph(self.diagnosis.sentence(in: texts))
        let steps = self.diagnosis.steps(in: texts)
        for step in steps.first?.steps ?? [] { lines += Self.wrapped(step) }
        lines += [""] + paragraph(texts("notice.mend"))
        for (program, steps) in steps.dropFirst() {
            lines += Self.wrapped("* \(program)")
            for step in steps { lines += Self.wrapped(step, indent: "  ") }
            lines.append("")
        }
        return lines + Self.wrapped(texts("notice.end", values))
    }

    private static func wrapped(_ text: String, indent: String = "") -> [String] {
        Wrapping.lines(Table.printable(text), width: self.width - indent.count).map { indent + $0 }
    }

    /// `Thu, 26 Nov 2026 09:00:00 +0900` (RFC 5322 §3.3).
    private var date: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.timeZone = self.zone
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(self.made / 1_000_000)))
    }
}
