import ArgumentParser
import Foundation
import Gateway
import Linux
import Report
import Store

struct AuditErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase what the headers of messages say: Subject, From, Message-ID and Date.",
        discussion: """
            What is erased is never taken again for these messages; the attempts stay on record, and the record can still be \
            verified. Backups, exports and streams that were made before are not touched. All that is given must fit a message.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "Of messages from this address.")
    var from: String?
    @Option(name: .long, help: "Of messages of this account.")
    var account: String?
    @Option(name: .long, help: "Of this row of the account's mailbox, as `device hidden` shows it.")
    var message: UInt32?
    @Option(name: .long, help: "Of messages received from this time on: 2026-11-24, or \"2026-11-24 10:30\".")
    var since: String?
    @Option(name: .long, help: "Of messages received before this time.")
    var until: String?
    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    func validate() throws {
        let wishes: [Any?] = [self.from, self.account, self.message, self.since, self.until]
        guard wishes.contains(where: { $0 != nil }) else {
            throw ValidationError("say what to erase: --from, --account, --message, --since, --until")
        }
        guard self.message == nil || self.account != nil else { throw ValidationError("--message needs --account") }
    }

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let erasure = try self.erasure()
        let count = try await Failure.telling(language) { try await store.erasable(erasure) }
        if count > 0, !self.yes { try Self.ask(count, language) }
        let erased = try await Failure.telling(language) {
            try await store.erase(erasure, by: .operatorCommand(user: CommonOptions.operatorName))
        }
        if self.form.json {
            return Output.give(try JSONText.of(Report(erased: erased.messages, goneFromDisk: erased.isGoneFromDisk)))
        }
        Output.say(KeepingWording.erased(erased)[language])
    }

    private struct Report: Encodable {
        let erased: Int
        let goneFromDisk: Bool
    }

    /// Whoever is not asked by a terminal must have said so.
    private static func ask(_ count: Int, _ language: Language) throws {
        guard TerminalPassword.isPossible else {
            Output.complain("leavecopy: \(KeepingWording.sayYes(count)[language])")
            throw ExitCode.failure
        }
        Output.complain(KeepingWording.wantsToErase(count)[language])
        guard ["y", "yes", "はい"].contains((readLine() ?? "").lowercased()) else { throw ExitCode.failure }
    }

    private func erasure() throws -> Erasure {
        var erasure = Erasure()
        erasure.sender = self.from
        erasure.account = self.account.map { LoginName($0) }
        erasure.row = self.message
        erasure.since = try self.since.map(Self.seconds)
        erasure.until = try self.until.map(Self.seconds)
        return erasure
    }

    private static func seconds(_ text: String) throws -> Int64 {
        guard let date = LocalTime.date(text), let seconds = Int64(exactly: date.timeIntervalSince1970.rounded(.down))
        else {
            throw ValidationError("'\(Table.printable(text))' is no time: write 2026-11-24 or \"2026-11-24 10:30\"")
        }
        return seconds
    }
}
