import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract:
            "Give a name to a device that had none, register one, or give it a user name and a password of its own.",
        discussion: """
            With --account alone, the device is registered before it comes: known by --tag, --name, --mac, --certificate or
            --address, or by its name as tag and as server name.
            With --from-session, what that session asked to delete is hidden from the new device, so that nothing comes twice.
            With --password, the device logs in with a password that is made for it and shown once; the account's own stays here.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "The device's name: what follows # in its login name.")
    var name: String
    @Option(name: .long, help: "A session of this device, as `audit list` shows it, or its first letters.")
    var fromSession: String?
    @Flag(name: .long, help: "Make a user name and a password of its own, and print them once.")
    var password = false
    @OptionGroup var identifiers: IdentifierOptions
    @Option(name: .long, help: "The account whose mail the device sees.")
    var account: String?
    @Option(name: .long, help: "With --password: the user name (default: the device's name).")
    var user: String?

    private struct Entry: Encodable {
        let name: String
        let login: String
        let hidden: Int
    }

    private struct Registered: Encodable {
        let name: String
        let account: String
        let identifiers: [String]
    }

    func validate() throws {
        guard (self.account != nil) != (self.fromSession != nil) else {
            throw ValidationError("say which device it is: --from-session ID, or --account ADDRESS")
        }
        guard self.account != nil || !self.password, self.password || self.user == nil else {
            throw ValidationError("--password needs --account ADDRESS, and --user belongs to --password")
        }
        guard self.identifiers.isEmpty || (self.account != nil && !self.password) else {
            throw ValidationError("--tag, --name, --mac, --certificate and --address belong to --account ADDRESS alone")
        }
    }

    func run() async throws {
        if let account = self.account, self.password {
            let credential = try await CredentialCommand.add(self.name, account, user: self.user, self.common)
            return try CredentialCommand.tell(credential, self.common, self.form)
        }
        if let account = self.account { return try await self.register(account) }
        guard let session = self.fromSession else { return }
        let store = try self.common.openStore()
        let entry = try await Failure.telling(self.common.spoken) {
            try await store.addDevice(self.name, fromSession: session, by: CommonOptions.operatorName)
        }
        if self.form.json {
            let login = "\(entry.account)#\(entry.device.name)"
            Output.give(try JSONText.of(Entry(name: entry.device.name, login: login, hidden: entry.hidden)))
        } else {
            Output.say(Wording.added(entry)[self.common.spoken])
        }
    }

    private func register(_ account: String) async throws {
        let store = try self.common.openStore()
        let entry = try await Failure.telling(self.common.spoken) {
            guard let name = DeviceName.canonical(self.name.utf8) else { throw StoreError.badName(self.name) }
            let given = try self.identifiers.identifiers()
            return try await store.addDevice(
                self.name,
                account: try CredentialCommand.account(account, self.common),
                identifiers: given.isEmpty
                    ? [Identifier(kind: .tag, value: name), Identifier(kind: .name, value: name)] : given,
                by: CommonOptions.operatorName
            )
        }
        if self.form.json {
            let registered = Registered(
                name: entry.device.name,
                account: entry.account,
                identifiers: entry.identifiers
            )
            Output.give(try JSONText.of(registered))
        } else {
            Output.say(Wording.registered(entry)[self.common.spoken])
        }
    }
}
