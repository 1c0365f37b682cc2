package import Foundation
import Gateway
package import Store

extension MessageLife {
    /// Whether it is on the mail server now, as a sentence.
    package func whereItIs(in texts: Texts, zone: TimeZone = .current) -> String {
        if let vanished = self.vanished {
            return texts("fate.vanished", ["time": LocalMoment.text(vanished, in: texts, zone: zone)])
        }
        return texts(self.message.isGone ? "fate.gone" : "fate.there")
    }

    /// The one answer that is looked for first: who asked to delete it, and what became of it.
    package func headline(in texts: Texts, zone: TimeZone = .current) -> String {
        let deletion = self.records.last {
            $0.action == Attempt.Action.dele.rawValue && $0.outcome == Attempt.Outcome.success.rawValue
        }
        if let deletion { return RecordSentence(deletion, life: self, in: texts, zone: zone).text }
        return texts("fate.never-asked") + texts("sentence.gap") + self.whereItIs(in: texts, zone: zone)
    }
}

extension MessageLife.Standing {
    /// How a device stands to a message.
    package enum State: String, Sendable, CaseIterable {
        /// It asked to delete it, and does not see it any more.
        case hidIt = "hid"
        /// It asked to delete it, and sees it (again).
        case askedToDelete = "asked"
        case gotIt = "got"
        /// The device began without it: what was there before it came, or is older than its window.
        case beganWithout = "skipped"
        case neverAsked = "never"
    }

    package var state: State {
        if self.isHidden { return .hidIt }
        if self.asked != nil { return .askedToDelete }
        if self.got != nil { return .gotIt }
        return self.isSkipped ? .beganWithout : .neverAsked
    }

    /// Whether giving it again would show it anything.
    package var canBeGivenAgain: Bool { self.isHidden || self.isSkipped }

    package func text(in texts: Texts) -> String { texts("standing.\(self.state.rawValue)") }
}
