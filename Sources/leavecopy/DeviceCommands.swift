import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Devices, and what each has hidden.",
        subcommands: [
            DeviceList.self, DeviceShow.self, DeviceAdd.self, DeviceRotate.self, DeviceRename.self, DeviceMerge.self,
            DeviceIdentify.self, DeviceRemove.self, DeviceHidden.self, DeviceUnfetched.self,
            DeviceRestore.self,
        ]
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
