import Gateway
import Report
import Store

/// One record as a row of a table.
struct RecordRow {
    private let texts: Texts
    private let times: PageTimes

    init(_ texts: Texts, _ times: PageTimes) {
        self.texts = texts
        self.times = times
    }

    /// By the names that the template `recordRow` has.
    func members(_ record: StoredRecord) -> [String: Any] {
        var members: [String: Any] = [
            "number": record.sequence,
            "address": PageAddress.record(record.sequence),
            "time": self.times.text(record.time),
            "did": RecordWords.action(of: record, in: self.texts),
            "answered": RowText.cut(record.answered),
            "who": RowText.cut(RecordWords.who(record, in: self.texts)),
            "account": RowText.cut(record.account),
            "done": RowText.cut(RecordWords.done(of: record, in: self.texts)),
        ]
        // What says nothing is not there at all: a section of the template asks for it.
        let others = [
            "source": record.address, "asked": RowText.cut(record.asked), "tone": Self.tone(record),
            "kind": Self.isMinor(record) ? "faint" : "",
        ]
        for (name, value) in others where !value.isEmpty { members[name] = value }
        if let subject = record.message?.subject, !subject.isEmpty { members["subject"] = RowText.cut(subject) }
        if let key = record.key { members["message"] = PageAddress.message(key) }
        if !record.session.isEmpty { members["session"] = record.session }
        return members
    }

    /// What is about the record and not about mail.
    private static func isMinor(_ record: StoredRecord) -> Bool {
        switch Attempt.Action(rawValue: record.action) {
        case .details, .upstream, .recordRead: true
        case _: false
        }
    }

    /// Which colour it has beside its words.
    static func tone(_ record: StoredRecord) -> String {
        switch (Attempt.Action(rawValue: record.action), record.outcome) {
        case (.alert, _), (_, Attempt.Outcome.failure.rawValue): "bad"
        case (.dele, _), (.vanished, _): "warn"
        case (_, _): record.effect == .hidden ? "warn" : ""
        }
    }
}

/// Where the pages about one thing stand.
enum PageAddress {
    static func record(_ sequence: Int64) -> String { "/record/\(sequence)" }
    static func session(_ session: String) -> String { "/sessions/\(FormFields.encoded(session))" }
    static func message(_ key: MessageKey) -> String { "/messages/\(key.mailbox.value)/\(key.number)" }
}
