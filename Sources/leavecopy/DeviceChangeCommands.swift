import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Call a device by another name.",
        discussion:
            "What it is known by stays: a PC goes on to log in with the tag it has. The record keeps the old name."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @Argument(help: "The new name.")
    var newName: String

    func run() async throws {
        let store = try self.common.openStore()
        let old = try await Failure.telling(self.common.spoken) {
            let entry = try await self.device.find(in: store)
            try await store.rename(entry, to: self.newName, by: CommonOptions.operatorName)
            return entry.device.name
        }
        try DeviceAnswer.tell(self.newName, Wording.renamed(old, self.newName), self.common, self.form)
    }
}

struct DeviceMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one device of two.",
        discussion: """
            INTO is known by all that either was, and does not see what either deleted. FROM is gone; a session of it that goes on
            hides for INTO.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "The device that ends.")
    var from: String
    @Argument(help: "The device that stays.")
    var into: String
    @Option(name: .long, help: "Their account, where the names alone are not enough.")
    var account: String?

    func run() async throws {
        let store = try self.common.openStore()
        let entry = try await Failure.telling(self.common.spoken) {
            let from = try await store.device(named: self.from, account: self.account)
            let into = try await store.device(named: self.into, account: self.account)
            return try await store.merge(from, into: into, by: CommonOptions.operatorName)
        }
        try DeviceAnswer.tell(entry.device.name, Wording.merged(self.from, entry), self.common, self.form)
    }
}

struct DeviceIdentify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identify",
        abstract: "Make a device known by more, or with --remove by less."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @OptionGroup var identifiers: IdentifierOptions
    @Flag(name: .long, help: "Take these away.")
    var remove = false
    @Option(name: .long, help: "With --remove: the user name of its own, and the password with it.")
    var user: String?

    func validate() throws {
        guard !self.identifiers.isEmpty || self.user != nil else {
            throw ValidationError("say by what: --tag, --name, --mac, --certificate or --address")
        }
        guard self.remove || self.user == nil else {
            throw ValidationError("--user belongs to --remove: device add --password gives a device a user name")
        }
    }

    func run() async throws {
        let store = try self.common.openStore()
        let entry = try await Failure.telling(self.common.spoken) {
            let entry = try await self.device.find(in: store)
            let credentials = [self.user].compactMap { $0 }.map {
                Identifier(kind: .credential, value: $0.lowercased())
            }
            let identifiers = try self.identifiers.identifiers() + credentials
            try await store.identify(
                entry,
                adding: self.remove ? [] : identifiers,
                removing: self.remove ? identifiers : [],
                by: CommonOptions.operatorName
            )
            return try await self.device.find(in: store)
        }
        try DeviceAnswer.tell(entry.device.name, Wording.identified(entry), self.common, self.form)
    }
}

struct DeviceRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget a device: what it is known by, and what it has hidden."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @Flag(name: .long, help: "Do it; without this the command says what would happen.")
    var yes = false

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let entry = try await Failure.telling(language) { try await self.device.find(in: store) }
        guard self.yes else {
            Output.complain("leavecopy: \(Wording.removal(entry)[language])")
            throw ExitCode(ExitStatus.failure.rawValue)
        }
        try await Failure.telling(language) { try await store.remove(entry, by: CommonOptions.operatorName) }
        try DeviceAnswer.tell(entry.device.name, Wording.removed(entry), self.common, self.form)
    }
}

/// What a change says when it is done.
enum DeviceAnswer {
    static func tell(
        _ name: String,
        _ phrase: Phrase,
        _ common: CommonOptions,
        _ form: FormOptions
    ) throws {
        if form.json {
            Output.give(try JSONText.of(["device": name]))
        } else {
            Output.say(phrase[common.spoken])
        }
    }
}
