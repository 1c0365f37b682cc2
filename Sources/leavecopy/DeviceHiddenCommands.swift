import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceHidden: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hidden",
        abstract: "List what a device has deleted, and so does not see any more."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @Flag(name: .long, help: "What was there before the device came, and is kept from it, instead.")
    var earlier = false

    private struct Entry: Encodable {
        let row: UInt32
        let uidl: String
        let size: UInt32?
        let received: String?
        let from: String
        let subject: String
        let onServer: Bool
    }

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let messages = try await Failure.telling(language) {
            let entry = try await self.device.find(in: store)
            return try await store.hidden(from: entry.device.id, earlier: self.earlier)
        }
        if self.form.json { return Output.give(try JSONText.of(messages.map(Self.entry))) }
        guard !messages.isEmpty else {
            return Output.say((self.earlier ? Wording.nothingSkipped : Wording.nothingHidden)[language])
        }
        var table = Table(Wording.hiddenHeadings.map { $0[language] }, rightAligned: [0, 2])
        for message in messages {
            let received = message.internalDate.map { Date(timeIntervalSince1970: TimeInterval($0)) }
            table.add([
                String(message.row), received.map { LocalTime.text($0) } ?? "", message.size.map(String.init) ?? "",
                HeaderText.decoded(message.from), HeaderText.decoded(message.subject),
                (message.isGone ? Wording.isGone : Wording.isThere)[language],
            ])
        }
        for line in table.lines { Output.say(line) }
    }

    private static func entry(_ message: HiddenMessage) -> Entry {
        Entry(
            row: message.row,
            uidl: message.uniqueID,
            size: message.size,
            received: message.internalDate.map { LocalTime.recorded(Date(timeIntervalSince1970: TimeInterval($0))) },
            from: HeaderText.decoded(message.from),
            subject: HeaderText.decoded(message.subject),
            onServer: !message.isGone
        )
    }
}

struct DeviceRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Show a device again what it has deleted, from its next login on.",
        discussion: "By row or time also what was there before it came. What is older than its window stays unseen."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @Flag(name: .long, help: "Everything it deleted.")
    var all = false
    @Flag(name: .long, help: "With --all: also what was there before the device came, and it never saw.")
    var earlier = false
    @Option(name: .long, parsing: .upToNextOption, help: "These rows of `device hidden`.")
    var message: [UInt32] = []
    @Option(name: .long, help: "What was received from this time on: 2026-11-24, or \"2026-11-24 10:30\".")
    var since: String?
    @Option(name: .long, help: "What was received before this time.")
    var until: String?

    func validate() throws {
        let ways = [self.all, !self.message.isEmpty, self.since != nil || self.until != nil].count { $0 }
        guard ways == 1 else {
            throw ValidationError("say what to restore: --all, --message ROW …, or --since and --until")
        }
        guard self.all || !self.earlier else { throw ValidationError("--earlier belongs to --all") }
    }

    func run() async throws {
        let store = try self.common.openStore()
        let what = try self.what()
        let count = try await Failure.telling(self.common.spoken) {
            let entry = try await self.device.find(in: store)
            return try await store.restore(what, to: entry, by: .operatorCommand(user: CommonOptions.operatorName))
        }
        if self.form.json {
            Output.give(try JSONText.of(["restored": count]))
        } else {
            Output.say(Wording.restored(count, self.device.name)[self.common.spoken])
        }
    }

    private func what() throws -> Restoration {
        if self.all { return .everything(earlier: self.earlier) }
        if !self.message.isEmpty { return .rows(NumberRanges(numbers: self.message)) }
        return .period(since: try Self.seconds(self.since) ?? .min, until: try Self.seconds(self.until) ?? .max)
    }

    private static func seconds(_ text: String?) throws -> Int64? {
        guard let text else { return nil }
        guard let date = LocalTime.date(text), let seconds = Int64(exactly: date.timeIntervalSince1970.rounded()) else {
            throw ValidationError("'\(Table.printable(text))' is no time: write 2026-11-24 or \"2026-11-24 10:30\"")
        }
        return seconds
    }
}
