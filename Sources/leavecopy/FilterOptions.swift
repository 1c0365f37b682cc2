import ArgumentParser
import Foundation
import Gateway
import Report
import Store

/// Which records: all that is asked must hold.
struct FilterOptions: ParsableArguments {
    @Option(name: .long, help: "Only this device, by its name at the time.")
    var device: String?
    @Option(name: .long, help: "Only this account.")
    var account: String?
    @Option(name: .long, help: "Only this kind: login, refusal, retr, top, dele, rset, quit, session-end …")
    var action: String?
    @Option(name: .long, help: "Only success, failure or unknown.")
    var outcome: String?
    @Option(name: .long, help: "What really happened: nothing, marked, hidden, served, unfinished or other.")
    var done: String?
    @Option(
        name: .long,
        help: "These letters in Subject, From or Message-ID; where only hashes are kept, one of them whole."
    )
    var text: String?
    @Option(name: .long, help: "Only from this address.")
    var address: String?
    @Option(name: .long, help: "Only this session.")
    var session: String?
    @Option(
        name: .long,
        help: "How the device was known: credential, certificate, name, tag, neighbour, address; nobody."
    )
    var identifiedBy: String?
    @Option(name: .long, help: "Only this message, as `audit show` names it: MAILBOX:ROW.")
    var message: String?
    @Option(name: .long, help: "From this time on: 2026-11-24, or \"2026-11-24 10:30\".")
    var since: String?
    @Option(name: .long, help: "Before this time.")
    var until: String?

    /// `forPeople`: without what crowds a list, and is there for programs and auditors.
    func filter(forPeople: Bool = false) throws -> RecordFilter {
        var filter = try self.asked()
        filter.leavesOutOwnWork = forPeople
        return filter
    }

    private func asked() throws -> RecordFilter {
        RecordFilter(
            since: try self.since.map(Self.moment),
            until: try self.until.map(Self.moment),
            device: self.device,
            account: self.account,
            action: try Self.word(self.action, Attempt.Action.allCases.map(\.rawValue), "action"),
            outcome: try Self.word(self.outcome, ["success", "failure", "unknown"], "outcome"),
            done: try Self.word(self.done, RecordedEffect.allCases.map(\.rawValue), "done")
                .flatMap(RecordedEffect.init(rawValue:)),
            text: self.text,
            address: self.address,
            session: self.session,
            identifiedBy: try Self.word(
                self.identifiedBy,
                IdentifierKind.allCases.map(\.rawValue) + [RecordFilter.nobody],
                "identified-by"
            ),
            message: try self.message.map(Self.message)
        )
    }

    /// A word that is none of those that can stand there would find nothing, and look as if there were nothing.
    private static func word(_ given: String?, _ words: [String], _ option: String) throws -> String? {
        guard let given else { return nil }
        guard words.contains(given) else {
            throw ValidationError(
                "'\(Table.printable(given))' is nothing that --\(option) can be: \(words.joined(separator: ", "))"
            )
        }
        return given
    }

    private static func message(_ text: String) throws -> MessageKey {
        guard let key = MessageKey(text: text) else {
            throw ValidationError(
                "'\(Table.printable(text))' names no message: write MAILBOX:ROW, as `audit show` does"
            )
        }
        return key
    }

    static func moment(_ text: String) throws -> String {
        guard let date = LocalTime.date(text) else {
            throw ValidationError("'\(Table.printable(text))' is no time: write 2026-11-24 or \"2026-11-24 10:30\"")
        }
        return LocalTime.recorded(date)
    }
}
