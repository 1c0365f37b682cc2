/// What really happened, as a class that can be searched; the sentence stands in the record.
package enum RecordedEffect: String, Hashable, Sendable, CaseIterable {
    /// Nothing was done.
    case nothing
    /// Marked in the session only.
    case marked
    /// Hidden from a device.
    case hidden
    /// A message was handed out, whole or its top.
    case served
    /// What began or was cut before its end.
    case unfinished
    /// All else: logins, starts and stops, operator actions.
    case other
}

extension RecordedEffect {
    /// What the column `record.effect` says of a message that was served to its end.
    static let whole = "whole"

    /// As the column has it; nil where the record says nothing.
    init?(stored: some StringProtocol) {
        self.init(rawValue: stored == Self.whole ? Self.served.rawValue : String(stored))
    }

    /// By the words in which the gateway says what was done: the same as the column. A sentence of an operator's command may
    /// begin with a device's name, which may be any word: so the action counts too.
    init(action: String, done: String) {
        switch action {
        case _ where done == "nothing" || done.hasSuffix(", nothing hidden"): self = .nothing
        case "vanished" where done.hasPrefix("nothing"): self = .nothing
        case "dele" where done.hasPrefix("marked"): self = .marked
        case "quit" where done.hasPrefix("hidden"), "device-add" where done.hasPrefix("hidden"): self = .hidden
        case "session-end" where done.hasPrefix("line lost: hidden from "): self = .hidden
        case "retr" where done.hasPrefix("served "), "top" where done.hasPrefix("served "): self = .served
        case "retr" where Self.isUnfinished(done), "top" where Self.isUnfinished(done): self = .unfinished
        case _: self = .other
        }
    }

    private static func isUnfinished(_ done: String) -> Bool { done == "begun" || done.hasPrefix("cut ") }
}
