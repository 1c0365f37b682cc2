package import Foundation
import Gateway
package import Store

/// One record as three short sentences that anybody understands: who asked for what, what it was told, and what became of it.
package struct RecordSentence {
    private let record: StoredRecord
    private let life: MessageLife?
    private let texts: Texts
    private let zone: TimeZone

    /// With the life of its message it also says what holds now.
    package init(_ record: StoredRecord, life: MessageLife? = nil, in texts: Texts, zone: TimeZone = .current) {
        self.record = record
        self.life = life
        self.texts = texts
        self.zone = zone
    }

    package var text: String {
        [self.asked, self.answered, self.done].filter { !$0.isEmpty }.joined(separator: self.texts("sentence.gap"))
    }

    package var asked: String {
        let values = [
            "time": LocalMoment.text(self.record.time, in: self.texts, zone: self.zone), "who": self.who,
            "did": self.did,
        ]
        return self.texts("sentence.asked", values)
    }

    /// Empty when nothing was answered.
    package var answered: String {
        guard !self.record.answered.isEmpty else { return "" }
        let isYes = self.record.answered.hasPrefix("+")
        return self.texts(isYes ? "sentence.told-yes" : "sentence.told-no", ["answer": self.record.answered])
    }

    package var done: String {
        switch Attempt.Action(rawValue: self.record.action) {
        case .dele: self.fateOfDeletion
        case .quit, .sessionEnd:
            self.record.effect == .hidden
                ? self.texts("fate.hidden-many", ["device": self.record.device, "count": self.count]) : self.said
        case .retr, .top: self.fateOfRetrieval
        case .vanished: self.whereIt
        case _: self.said
        }
    }

    /// Who did it, and how that is known.
    package var who: String {
        let record = self.record
        // These speak of a device, and are no doing of it.
        let ofOurs = [Attempt.Action.alert, .deviceNotice].map(\.rawValue)
        if ofOurs.contains(record.action) { return self.texts("who.server") }
        if !record.device.isEmpty {
            let known = RecordWords.known(record.identifierKind, in: self.texts)
            return self.texts(
                record.identifierKind.isEmpty ? "who.device" : "who.device-known",
                ["device": record.device, "known": known]
            )
        }
        if !record.session.isEmpty, !record.address.isEmpty {
            return self.texts("who.unknown", ["address": record.address])
        }
        if !record.operatorName.isEmpty { return self.texts("who.operator", ["name": record.operatorName]) }
        if !record.reviewer.isEmpty { return self.texts("who.reviewer", ["name": record.reviewer]) }
        guard record.address.isEmpty else { return self.texts("who.stranger", ["address": record.address]) }
        return self.texts("who.server")
    }

    private var count: String { self.texts.counted("message", self.record.rows.count) }

    private var did: String {
        let record = self.record
        var key = "did.\(record.action)"
        switch Attempt.Action(rawValue: record.action) {
        case .dele, .retr, .top:
            if record.isOfNotice {
                key += ".notice"
            } else if record.key == nil, record.outcome != Attempt.Outcome.success.rawValue {
                key += ".none"
            }
        case .login, .refusal: if record.account.isEmpty { key += ".none" }
        case .quit: if record.effect == .hidden { key += ".hides" }
        case _: break
        }
        if case .top = Attempt.Action(rawValue: record.action), record.isOfWholeMessage {
            key = record.isOfNotice ? "did.retr.notice" : "did.retr"
        }
        guard self.texts.says(key) else { return self.texts("did.other", ["action": record.action]) }
        let between = record.between.map { between in
            let until = LocalMoment.text(between.until, in: self.texts, zone: self.zone)
            guard let from = between.from else { return self.texts("time.before", ["until": until]) }
            let since = LocalMoment.text(from, in: self.texts, zone: self.zone)
            return self.texts("time.between", ["from": since, "until": until])
        }
        return self.texts(
            key,
            ["account": record.account, "count": self.count, "between": between ?? self.texts("time.unknown")]
        )
    }

    /// The record's own words.
    private var said: String {
        self.texts("fate.other", ["done": RecordWords.done(of: self.record, in: self.texts)])
    }

    private var fateOfRetrieval: String {
        switch self.record.effect {
        case .served: self.texts(self.record.isOfWholeMessage ? "fate.served" : "fate.served-top")
        case .unfinished: self.texts(self.record.done == "begun" ? "fate.begun" : "fate.unfinished")
        case .nothing, .marked, .hidden, .other: self.said
        }
    }

    private var fateOfDeletion: String {
        guard self.record.outcome == Attempt.Outcome.success.rawValue, !self.record.isOfNotice else {
            return self.said
        }
        let now =
            self.life.map { [self.view(of: $0), self.whereIt] } ?? [
                self.texts(self.fate, ["device": self.record.device])
            ]
        return now.filter { !$0.isEmpty }.joined(separator: self.texts("sentence.gap"))
    }

    /// Where only the record is known.
    private var fate: String {
        if self.record.effect == .marked { return "fate.marked" }
        return self.record.device.isEmpty ? "fate.nobody" : "fate.kept"
    }

    private func view(of life: MessageLife) -> String {
        guard self.record.effect == .marked else { return self.texts(self.fate) }
        let isCommitted = life.records.contains {
            $0.session == self.record.session && $0.sequence > self.record.sequence && $0.effect == .hidden
        }
        let standing = life.standings.first { $0.device.id == self.record.deviceID }
        let isHidden = standing?.isHidden == true
        let key = isHidden ? "fate.hidden" : isCommitted ? "fate.shown-again" : "fate.not-hidden"
        return self.texts(key, ["device": self.record.device])
    }

    /// Whether the message is on the mail server now.
    private var whereIt: String { self.life?.whereItIs(in: self.texts, zone: self.zone) ?? "" }
}

extension StoredRecord {
    /// It served, or was to serve, all of it.
    var isOfWholeMessage: Bool { self.done.hasSuffix(", whole") }

    /// It speaks of a message of our own, and of none of the mailbox.
    var isOfNotice: Bool { Attempt.isOfNotice(done: self.done) }
}
