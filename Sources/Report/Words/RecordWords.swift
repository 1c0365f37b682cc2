import Gateway
package import Store

/// What stands in a record, in words. The record itself is English: its fixed sentences are known here, and one that is not
/// is shown as it stands.
package enum RecordWords {
    private static let doneSentences = SentenceTemplates(prefix: "done.")
    private static let reasonSentences = SentenceTemplates(prefix: "reason.")

    /// `asked to delete`; the word of the record for an action that is not known here.
    package static func action(_ action: String, in texts: Texts) -> String {
        texts.says("action.\(action)") ? texts("action.\(action)") : action
    }

    /// The same of one record: a program that asks with TOP for more lines than there are retrieves the message.
    package static func action(of record: StoredRecord, in texts: Texts) -> String {
        let isRetrieval = record.action == Attempt.Action.top.rawValue && record.isOfWholeMessage
        return isRetrieval ? texts("action.top.whole") : self.action(record.action, in: texts)
    }

    package static func outcome(_ outcome: String, in texts: Texts) -> String {
        texts.says("outcome.\(outcome)") ? texts("outcome.\(outcome)") : outcome
    }

    package static func effect(_ effect: RecordedEffect, in texts: Texts) -> String {
        texts("effect.\(effect.rawValue)")
    }

    /// By which of its marks a device was known: `its tag`.
    package static func known(_ kind: String, in texts: Texts) -> String {
        texts.says("known.\(kind)") ? texts("known.\(kind)") : kind
    }

    /// What was done, and why not.
    package static func done(of record: StoredRecord, in texts: Texts) -> String {
        let done = self.done(record.done, in: texts)
        return record.reason.isEmpty
            ? done : texts("done+reason", ["done": done, "reason": self.reason(record.reason, in: texts)])
    }

    package static func done(_ done: String, in texts: Texts) -> String {
        texts.code == Texts.english.code ? done : self.doneSentences.translated(done, to: texts) ?? done
    }

    package static func reason(_ reason: String, in texts: Texts) -> String {
        texts.code == Texts.english.code ? reason : self.reasonSentences.translated(reason, to: texts) ?? reason
    }

    /// The device's name at the time; that there was none; who else it was.
    package static func who(_ record: StoredRecord, in texts: Texts) -> String {
        if !record.device.isEmpty { return record.device }
        if !record.session.isEmpty, !record.address.isEmpty { return texts("who.no-name") }
        return [record.operatorName, record.reviewer].first { !$0.isEmpty } ?? ""
    }
}
