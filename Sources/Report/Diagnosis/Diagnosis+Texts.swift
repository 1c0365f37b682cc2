import Store

extension Diagnosis {
    package func title(in texts: Texts) -> String { texts("diagnosis.\(self.key)", self.values(in: texts)) }

    /// What it was found by, as one sentence.
    package func sentence(in texts: Texts) -> String {
        switch self {
        case .hasNoNameAndDeletes(deleted: _, let withheld) where withheld == 0:
            texts("diagnosis.\(self.key).sentence.before", self.values(in: texts))
        case .oldTLS(version: "none", sessions: _):
            texts("diagnosis.\(self.key).sentence.none", self.values(in: texts))
        case _: texts("diagnosis.\(self.key).sentence", self.values(in: texts))
        }
    }

    /// What to do, for each program that may be the one; first what holds for all.
    package func steps(in texts: Texts) -> [(program: String, steps: [String])] {
        let general = texts("diagnosis.\(self.key).steps").split(separator: "\n").map(String.init)
        var result = [(program: texts("program.all"), steps: general)]
        for program in self.programs {
            let key =
                if case .deletesAfter = self { "steps.days.\(program.rawValue)" } else {
                    "steps.leave.\(program.rawValue)"
                }
            let steps = [texts("steps.where.\(program.rawValue)"), texts(key)].filter { !$0.isEmpty }
            result.append((texts("program.\(program.rawValue)"), steps))
        }
        return result
    }

    private var programs: [MailProgram] {
        switch self {
        case .leavesNoCopy, .deletesAfter, .wasSwitchedOver, .hasNoNameAndDeletes: MailProgram.allCases
        case .oldTLS, .stalePassword, .twoOnOneName: []
        }
    }

    private func values(in texts: Texts) -> [String: String] {
        switch self {
        case .leavesNoCopy(let deleted, let retrieved):
            ["deleted": texts.counted("message", deleted), "retrieved": texts.counted("message", retrieved)]
        case .deletesAfter(let days, let deleted):
            ["days": texts.counted("day", days), "deleted": texts.counted("message", deleted)]
        case .wasSwitchedOver(let deletion):
            [
                "count": texts.counted("message", deletion.count), "unread": texts.number(deletion.unread),
                "time": LocalMoment.text(deletion.begins, in: texts),
                "duration": LocalMoment.duration(from: deletion.begins, to: deletion.ends, in: texts),
            ]
        case .hasNoNameAndDeletes(let deleted, let withheld):
            ["deleted": texts.counted("message", deleted), "withheld": texts.counted("time", withheld)]
        case .oldTLS(let version, let sessions):
            ["version": version, "sessions": texts.counted("session", sessions)]
        case .stalePassword(let refused, let secondsBetween):
            [
                "refused": texts.counted("time", refused),
                "pause": texts.duration(seconds: secondsBetween),
            ]
        case .twoOnOneName(let alert): ["alert": String(alert)]
        }
    }
}

/// The mail programs whose menus are named, in the order in which offices have them.
package enum MailProgram: String, Sendable, CaseIterable {
    case outlook
    case thunderbird
    case windowsLiveMail = "windows-live-mail"
    case becky
    case appleMail = "apple-mail"
    case hidemaru
    case sylpheed
    case fetchmail
    case getmail
    case mpop
    /// Scanners, printers and fax machines that receive mail.
    case machine
    /// Ticket systems and other programs that take mail in.
    case ticketSystem = "ticket-system"

    package func name(in texts: Texts) -> String { texts("program.\(self.rawValue)") }
    /// Where the setting stands, and what to do there so that a copy stays.
    package func whereItStands(in texts: Texts) -> String { texts("steps.where.\(self.rawValue)") }
    package func leave(in texts: Texts) -> String { texts("steps.leave.\(self.rawValue)") }
}
