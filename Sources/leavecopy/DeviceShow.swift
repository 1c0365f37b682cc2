import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a device is known by, what it does not see, and when it came.",
        discussion: "With --config also the settings that hold for it."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice

    func run() async throws {
        let store = try self.common.openStore()
        let settings = try self.common.configuration()?.policies
        let profile = try await Failure.telling(self.common.spoken) {
            try await store.profile(of: try await self.device.find(in: store))
        }
        let entry = profile.entry
        let lines = settings.map { policies in
            DeviceSettingLines(
                settings: policies.settings(account: entry.account, device: entry.device.name),
                ownUniqueIDs: policies.ownUniqueIDs(account: entry.account, device: entry.device.name)
            )
        }
        if self.form.json { return Output.give(try JSONText.of(ProfileJSON(profile, lines))) }
        self.say(profile, lines)
    }

    private func say(_ profile: DeviceProfile, _ settings: DeviceSettingLines?) {
        let language = self.common.spoken
        let entry = profile.entry
        Output.say("\(entry.device.name) (\(entry.account))")
        let known =
            entry.identifiers.isEmpty ? Wording.nothingKnown[language] : entry.identifiers.joined(separator: ", ")
        Output.say("\(Wording.knownBy[language]): \(known)")
        if let settings {
            Output.say("\(Wording.settings[language]):")
            for (key, value) in settings.lines { Output.say("  \(key): \(value)") }
        }
        var mailboxes = Table(Wording.profileHeadings.map { $0[language] }, rightAligned: [1, 2, 3, 4])
        for mailbox in profile.mailboxes {
            mailboxes.add([
                mailbox.name, String(mailbox.messages), String(mailbox.hidden), String(mailbox.skipped),
                String(mailbox.ownUniqueIDs), Wording.beginning(mailbox)[language],
            ])
        }
        Self.say(mailboxes)
        var logins = Table(Wording.loginHeadings.map { $0[language] })
        for record in profile.logins {
            logins.add([LocalTime.text(record.time), record.address, record.identifiedBy, record.answered])
        }
        Self.say(logins)
        var alerts = Table(Wording.alertHeadings.map { $0[language] })
        for record in profile.alerts { alerts.add([LocalTime.text(record.time), record.address, record.done]) }
        Self.say(alerts)
    }

    private static func say(_ table: Table) {
        guard !table.isEmpty else { return }
        Output.say("")
        for line in table.lines { Output.say(line) }
    }
}

/// The settings that hold for a device, by the keys of the configuration.
struct DeviceSettingLines {
    let lines: [(key: String, value: String)]

    init(settings: DeviceSettings, ownUniqueIDs: UniqueIDFormat?) {
        let newDevice: String =
            switch settings.newDevice ?? .everything {
            case .everything: "everything"
            case .days(let days): "days \(days)"
            case .fromNow: "from-now"
            }
        let window = settings.windowDays ?? 0
        self.lines = [
            ("new-device", newDevice), ("window", window > 0 ? "days \(window)" : "everything"),
            ("uidl", (ownUniqueIDs ?? settings.uniqueIDs ?? .dovecot).text),
            ("commit-on-disconnect", (settings.onDisconnect ?? .never).rawValue),
            ("one-session", String(settings.isSingleSession ?? false)),
            ("registration", (settings.registration ?? .open).rawValue),
            ("notice", (settings.notice ?? .off).rawValue),
        ]
    }
}

private struct ProfileJSON: Encodable {
    struct Mailbox: Encodable {
        let mailbox: String
        let messages: Int
        let hidden: Int
        let skipped: Int
        let ownUIDLs: Int
        let begun: Bool
    }

    struct Event: Encodable {
        let time: String
        let address: String
        let identifiedBy: String
        let answered: String
        let done: String
    }

    let name: String
    let account: String
    let identifiers: [String]
    let settings: [String: String]?
    let mailboxes: [Mailbox]
    let logins: [Event]
    let alerts: [Event]

    init(_ profile: DeviceProfile, _ settings: DeviceSettingLines?) {
        self.name = profile.entry.device.name
        self.account = profile.entry.account
        self.identifiers = profile.entry.identifiers
        self.settings = settings.map { Dictionary(uniqueKeysWithValues: $0.lines.map { ($0.key, $0.value) }) }
        self.mailboxes = profile.mailboxes.map {
            Mailbox(
                mailbox: $0.name,
                messages: $0.messages,
                hidden: $0.hidden,
                skipped: $0.skipped,
                ownUIDLs: $0.ownUniqueIDs,
                begun: $0.hasBegun
            )
        }
        self.logins = profile.logins.map(Self.event)
        self.alerts = profile.alerts.map(Self.event)
    }

    private static func event(_ record: StoredRecord) -> Event {
        Event(
            time: record.time,
            address: record.address,
            identifiedBy: record.identifiedBy,
            answered: record.answered,
            done: record.done
        )
    }
}
