package import Foundation
import Gateway
package import Store

/// What `audit show` prints, as lines for people. All of it is safe to be written to a terminal.
package struct StoryLines {
    private let texts: Texts
    private let zone: TimeZone
    private let width: Int

    package init(in texts: Texts, width: Int, zone: TimeZone = .current) {
        self.texts = texts
        self.zone = zone
        self.width = width
    }

    /// Every field of one record, and what it means.
    package func of(_ record: StoredRecord, life: MessageLife?) -> [String] {
        var clock = LocalClock(self.zone)
        let (time, zone) = clock.local(record.time)
        let tls = [record.tlsVersion, record.tlsCipher].filter { !$0.isEmpty }.joined(separator: ", ")
        let known = [record.identifiedBy, record.identifierLabel].filter { !$0.isEmpty }.joined(separator: ", ")
        let address = record.address + (record.port.map { ":\($0)" } ?? "")
        let fields: [(String, String)] = [
            ("number", String(record.sequence)), ("time", "\(time) \(zone)"),
            ("action", RecordWords.action(of: record, in: self.texts)),
            ("outcome", RecordWords.outcome(record.outcome, in: self.texts)), ("device", record.device),
            ("known-by", known), ("account", record.account), ("address", record.address.isEmpty ? "" : address),
            ("mac", record.neighbour), ("dialled", record.serverName), ("tls", tls), ("listener", record.listener),
            ("session", record.session), ("operator", record.operatorName),
            ("reviewer", [record.reviewer, record.reviewerRole].filter { !$0.isEmpty }.joined(separator: ", ")),
            ("asked", record.asked), ("answered", record.answered),
            ("done", RecordWords.done(of: record, in: self.texts)), ("message", record.key?.text ?? ""),
            ("rows", record.row == nil ? record.rows.description : ""), ("uid", record.uid.map(String.init) ?? ""),
            ("uidl", record.uniqueID), ("size", record.size.map(String.init) ?? ""),
            ("octets", record.octets.map(String.init) ?? ""),
            ("milliseconds", record.milliseconds.map(String.init) ?? ""), ("subject", record.message?.subject ?? ""),
            ("from", record.message?.from ?? ""), ("message-id", record.message?.messageID ?? ""),
            ("date", record.message?.date ?? ""),
            (
                "counts",
                record.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            ),
            ("commitment", record.commitment), ("node", record.node),
        ]
        var lines = self.wrapped(RecordSentence(record, life: life, in: self.texts, zone: self.zone).text) + [""]
        lines += self.fields(fields)
        return lines + [""] + self.evidence([record])
    }

    /// A session from its login to its end, and every command that went upstream for it.
    package func of(session records: [StoredRecord]) -> [String] {
        guard let first = records.first else { return [] }
        let login = records.first { $0.action == Attempt.Action.login.rawValue } ?? first
        var clock = LocalClock(self.zone)
        let (begin, zone) = clock.local(first.time)
        let end = records.last.map { clock.local($0.time).time } ?? ""
        let sentence = RecordSentence(login, in: self.texts, zone: self.zone)
        var lines = self.fields([
            ("session", first.session), ("time", "\(begin) – \(end) \(zone)"), ("device", sentence.who.trimmed),
            ("account", login.account), ("address", login.address),
            ("tls", [login.tlsVersion, login.tlsCipher].filter { !$0.isEmpty }.joined(separator: ", ")),
            ("listener", login.listener),
        ])
        lines.append("")
        for record in RecordTable.forPeople(records) {
            let asked = record.asked.isEmpty ? RecordWords.action(of: record, in: self.texts) : record.asked
            let parts = [asked, record.answered, RecordWords.done(of: record, in: self.texts)].filter { !$0.isEmpty }
            let time = clock.local(record.time).time.suffix(8)
            lines += self.wrapped("\(time)  \(parts.joined(separator: " → "))", indent: 10)
            if let subject = record.message?.subject, !subject.isEmpty {
                lines += self.wrapped("          \(subject)", indent: 10)
            }
        }
        return lines + [""] + self.evidence(records)
    }

    /// The guard's own account of what left for the mail server.
    private func evidence(_ records: [StoredRecord]) -> [String] {
        let sent = records.reduce(0) { $0 + $1.upstream.count }
        guard sent > 0 else { return self.wrapped(self.texts("show.nothing-sent")) }
        var lines = self.wrapped(self.texts("show.sent", ["count": self.texts.counted("command", sent)]))
        for record in records where !record.upstream.isEmpty {
            lines.append(
                Table.printable("  \(record.sequence)  \(record.asked.isEmpty ? record.action : record.asked)")
            )
            // Evidence is shown as it is, and never cut.
            lines += record.upstream.map { "      \(Table.printable($0))" }
        }
        return lines
    }

    /// A message's whole life, and who has it.
    package func of(_ life: MessageLife) -> [String] {
        let message = life.message
        var lines = self.fields([
            ("subject", message.text?.subject ?? ""), ("from", message.text?.from ?? ""),
            ("date", message.text?.date ?? ""), ("message-id", message.text?.messageID ?? ""),
            ("message", message.key.text), ("account", message.account), ("uidl", message.uniqueID),
            ("uid", String(message.uid)), ("size", message.size.map(String.init) ?? ""),
            (
                "received",
                message.internalDate.map { LocalMoment.text(seconds: $0, in: self.texts, zone: self.zone) } ?? ""
            ),
            ("first-seen", life.firstSeen.map { LocalMoment.text($0, in: self.texts, zone: self.zone) } ?? ""),
        ])
        lines +=
            [""] + self.wrapped(life.headline(in: self.texts, zone: self.zone)) + ["", self.texts("show.who-has-it")]
        lines += self.grid(life).map { "  \($0)" }
        lines += ["", self.texts("show.life")]
        for record in RecordTable.forPeople(life.records) {
            let text = RecordSentence(record, in: self.texts, zone: self.zone)
            let said = [text.asked, text.answered].filter { !$0.isEmpty }.joined(separator: self.texts("sentence.gap"))
            lines += self.wrapped("  \(record.sequence)  \(said)", indent: 4)
        }
        return lines
    }

    private func grid(_ life: MessageLife) -> [String] {
        func moment(_ time: String?) -> String {
            time.map { LocalMoment.text($0, in: self.texts, zone: self.zone) } ?? ""
        }
        var table = Table(
            ["device", "has-it", "got", "asked-at", "hid", "give-again"].map { self.texts("column.\($0)") }
        )
        for standing in life.standings {
            let command =
                standing.canBeGivenAgain && !life.message.isGone
                ? "leavecopy device restore \(standing.device.name) --account \(life.message.account) "
                    + "--message \(life.message.key.number)" : ""
            table.add([
                standing.device.name, standing.text(in: self.texts), moment(standing.got), moment(standing.asked),
                moment(standing.hid), command,
            ])
        }
        return table.isEmpty ? [self.texts("show.no-devices")] : table.lines
    }

    private func fields(_ fields: [(key: String, value: String)]) -> [String] {
        let said = fields.filter { !$0.value.isEmpty }.map { (self.texts("column.\($0.key)"), $0.value) }
        let width = said.map { Table.width($0.0) }.max() ?? 0
        return said.map { name, value in
            name + String(repeating: " ", count: max(0, width - Table.width(name))) + "  " + Table.printable(value)
        }
    }

    private func wrapped(_ text: String, indent: Int = 0) -> [String] {
        let lines = Wrapping.lines(Table.printable(text), width: self.width - indent)
        return lines.enumerated().map { ($0.offset == 0 ? "" : String(repeating: " ", count: indent)) + $0.element }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while let last = text.last, last == " " || last == "," { text.removeLast() }
        return text
    }
}
