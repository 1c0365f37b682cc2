import ArgumentParser
import Foundation
import Gateway
import Server
import Store

struct DeviceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Devices, and what each has hidden.",
        subcommands: [DeviceList.self, DeviceAdd.self, DeviceHidden.self, DeviceRestore.self]
    )
}

struct DeviceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the devices of all accounts.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions

    private struct Entry: Encodable {
        let name: String
        let account: String
        let identifiers: [String]
        let hidden: Int
        let lastSeen: String
    }

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let devices = try await Failure.telling(language) { try await store.devices() }
        if self.form.json {
            let entries = devices.map {
                Entry(
                    name: $0.device.name,
                    account: $0.account,
                    identifiers: $0.identifiers,
                    hidden: $0.hidden,
                    lastSeen: $0.lastSeen
                )
            }
            return Output.give(try JSONText.of(entries))
        }
        guard !devices.isEmpty else { return Output.say(Wording.noDevices[language]) }
        var table = Table(Wording.deviceHeadings.map { $0[language] }, rightAligned: [3])
        for device in devices {
            table.add([
                device.device.name, device.account, device.identifiers.joined(separator: ", "), String(device.hidden),
                LocalTime.text(device.lastSeen),
            ])
        }
        for line in table.lines { Output.say(line) }
    }
}

struct DeviceAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give a name to a device that had none.",
        discussion: "What the session asked to delete is hidden from the new device, so that nothing comes twice."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "The device's name: what follows # in its login name.")
    var name: String
    @Option(name: .long, help: "A session of this device, as `audit list` shows it, or its first letters.")
    var fromSession: String

    private struct Entry: Encodable {
        let name: String
        let login: String
        let hidden: Int
    }

    func run() async throws {
        let store = try self.common.openStore()
        let entry = try await Failure.telling(self.common.spoken) {
            try await store.addDevice(self.name, fromSession: self.fromSession, by: CommonOptions.operatorName)
        }
        if self.form.json {
            let login = "\(entry.account)#\(entry.device.name)"
            Output.give(try JSONText.of(Entry(name: entry.device.name, login: login, hidden: entry.hidden)))
        } else {
            Output.say(Wording.added(entry)[self.common.spoken])
        }
    }
}

struct DeviceHidden: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hidden",
        abstract: "List what a device has deleted, and so does not see any more."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "The device's name.")
    var name: String
    @Option(name: .long, help: "Its account, where the name alone is not enough.")
    var account: String?

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
            let entry = try await store.device(named: self.name, account: self.account)
            return try await store.hidden(from: entry.device.id)
        }
        if self.form.json { return Output.give(try JSONText.of(messages.map(Self.entry))) }
        guard !messages.isEmpty else { return Output.say(Wording.nothingHidden[language]) }
        var table = Table(Wording.hiddenHeadings.map { $0[language] }, rightAligned: [0, 2])
        for message in messages {
            let received = message.internalDate.map { Date(timeIntervalSince1970: TimeInterval($0)) }
            table.add([
                String(message.row), received.map { LocalTime.text($0) } ?? "", message.size.map(String.init) ?? "",
                String(decoding: message.from, as: UTF8.self), String(decoding: message.subject, as: UTF8.self),
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
            from: String(decoding: message.from, as: UTF8.self),
            subject: String(decoding: message.subject, as: UTF8.self),
            onServer: !message.isGone
        )
    }
}

struct DeviceRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Show a device again what it has deleted, from its next login on."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "The device's name.")
    var name: String
    @Option(name: .long, help: "Its account, where the name alone is not enough.")
    var account: String?
    @Flag(name: .long, help: "Everything.")
    var all = false
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
    }

    func run() async throws {
        let store = try self.common.openStore()
        let what = try self.what()
        let count = try await Failure.telling(self.common.spoken) {
            let entry = try await store.device(named: self.name, account: self.account)
            return try await store.restore(what, to: entry, by: CommonOptions.operatorName)
        }
        if self.form.json {
            Output.give(try JSONText.of(["restored": count]))
        } else {
            Output.say(Wording.restored(count, self.name)[self.common.spoken])
        }
    }

    private func what() throws -> Restoration {
        if self.all { return .everything }
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
