import Report

import struct Gateway.AccountList
import enum Gateway.DetailsKept
import struct Gateway.DevicePolicies
import struct Gateway.DeviceSettings
import enum Gateway.DisconnectPolicy
import struct Gateway.LoginName
import enum Gateway.NewDevice
import enum Gateway.NoticePolicy
import enum Gateway.Registration
import enum Gateway.UniqueIDFormat

extension ConfigurationAssembly {
    /// What `accounts` says.
    struct Accounts {
        var list = AccountList(nil)
        /// Both by normalised login.
        var secretSources: [String: SecretSource] = [:]
        var settings: [String: DeviceSettings] = [:]
        var details: [String: DetailsKept] = [:]
    }

    mutating func accounts() -> Accounts {
        var accounts = Accounts()
        var entries: [AccountList.Entry] = []
        var claims: [String: ConfigurationPlace] = [:]
        for index in 0..<self.settings.count(of: "accounts") {
            let path = "accounts[\(index)]"
            let source = self.secretSource(path)
            guard let login = self.settings.text("\(path).login") else { continue }
            let entry = AccountList.Entry(login: login, aliases: self.settings.texts("\(path).aliases") ?? [])
            self.claim(entry.login, at: "\(path).login", &claims)
            for alias in entry.aliases { self.claim(alias, at: "\(path).aliases", &claims) }
            let key = LoginName(login).normalised
            accounts.secretSources[key] = source
            accounts.details[key] = self.settings.text("\(path).message-details").flatMap(DetailsKept.init)
            accounts.settings[key] = self.deviceSettings("\(path).")
            entries.append(entry)
        }
        if !entries.isEmpty { accounts.list = AccountList(entries) }
        return accounts
    }

    private mutating func claim(_ name: String, at path: String, _ claims: inout [String: ConfigurationPlace]) {
        let name = LoginName(name)
        guard let first = claims[name.normalised] else {
            claims[name.normalised] = self.settings.place(path)
            return
        }
        self.problem(
            path,
            Phrase("the name \(name.display) stands here a second time", "名前 \(name.display) は二度書かれています"),
            hint: Self.keepOne(first)
        )
    }

    private static func keepOne(_ first: ConfigurationPlace) -> Phrase {
        let (english, japanese) = first.line.map { ("in line \($0)", "\($0) 行目に") } ?? ("as \(first)", "\(first) に")
        return Phrase("it was given \(english) already: keep one", "\(japanese)既にあります。一つだけ残してください")
    }

    private mutating func secretSource(_ path: String) -> SecretSource? {
        let keys = ["password-file", "password-command", "token-command"]
        let given = keys.filter { self.settings["\(path).\($0)"] != nil }
        if let first = given.first, let second = given.dropFirst().first {
            self.problem(
                "\(path).\(second)",
                Phrase("'\(first)' and '\(second)' exclude each other", "'\(first)' と '\(second)' は一緒に書けません"),
                hint: Phrase("an account has one secret: keep one", "どちらか一つだけ残してください")
            )
        }
        if let file = self.settings.text("\(path).password-file") { return .passwordFile(file) }
        if let words = self.settings.texts("\(path).password-command") { return .passwordCommand(words) }
        return self.settings.texts("\(path).token-command").map { .tokenCommand($0) }
    }

    mutating func policies(_ accounts: Accounts) -> DevicePolicies {
        var devices: [DevicePolicies.Selector: DeviceSettings] = [:]
        var places: [DevicePolicies.Selector: ConfigurationPlace] = [:]
        for index in 0..<self.settings.count(of: "devices") {
            let path = "devices[\(index)]"
            guard let name = self.settings.text("\(path).name"), !self.rejected.contains("\(path).account") else {
                continue
            }
            let account = self.settings.text("\(path).account").map { LoginName($0) }
            let login = account.flatMap { accounts.list.login(for: $0) }
            if account != nil, login == nil { self.unknownAccount("\(path).account") }
            let selector = DevicePolicies.Selector(account: login?.normalised, device: name)
            if let first = places[selector] {
                let what = Phrase("this device stands here a second time", "この端末は二度書かれています")
                self.problem("\(path).name", what, hint: Self.keepOne(first))
            }
            places[selector] = places[selector] ?? self.settings.place("\(path).name")
            devices[selector] = self.deviceSettings("\(path).")
        }
        return DevicePolicies(standard: self.deviceSettings(""), accounts: accounts.settings, devices: devices)
    }

    private mutating func unknownAccount(_ path: String) {
        guard !self.rejected.contains(where: { $0.hasPrefix("accounts") }) else { return }
        self.problem(
            path,
            Phrase("'accounts' does not have this account", "'accounts' にこのアカウントがありません"),
            hint: Phrase("add it there, or mend the name", "'accounts' に加えるか、名前を直してください")
        )
    }

    /// What the keys say that may stand at the top, in `accounts` and in `devices`.
    private func deviceSettings(_ path: String) -> DeviceSettings {
        DeviceSettings(
            newDevice: self.settings.text("\(path)new-device").flatMap { NewDevice(text: $0) },
            windowDays: self.settings.text("\(path)window").flatMap(Days.window),
            uniqueIDs: self.settings.text("\(path)uidl").flatMap { UniqueIDFormat($0) },
            onDisconnect: self.settings.text("\(path)commit-on-disconnect").flatMap(DisconnectPolicy.init),
            isSingleSession: self.settings.text("\(path)one-session").map { $0 == "true" },
            registration: self.settings.text("\(path)registration").flatMap(Registration.init),
            notice: self.settings.text("\(path)notice").flatMap(NoticePolicy.init)
        )
    }
}
