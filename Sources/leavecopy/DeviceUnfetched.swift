import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct DeviceUnfetched: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfetched",
        abstract: "List what is there for a device, and it has not fetched yet."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice
    @Option(name: .long, help: "The newest so many.")
    var limit = 100

    func run() async throws {
        let store = try self.common.openStore()
        let limit = self.limit
        let found = try await Failure.telling(self.common.spoken) {
            try await store.unfetched(by: try await self.device.find(in: store).device.id, limit: limit)
        }
        if self.form.json { return Output.give(try JSONText.of(found.messages.map(ShownMessage.init))) }
        let texts = Texts.of(self.common.spoken)
        let count = texts.counted("message", found.count)
        Output.say(texts(found.count == 0 ? "unfetched.none" : "unfetched.some", ["count": count]))
        for line in MessageTable.lines(found.messages, texts) { Output.say(line) }
    }
}

/// Messages as a table, newest first as they come.
enum MessageTable {
    static func lines(_ messages: [MessageSummary], _ texts: Texts) -> [String] {
        var table = Table(["message", "received", "from", "subject"].map { texts("column.\($0)") })
        for message in messages {
            table.add([
                message.key.text, message.internalDate.map { LocalMoment.text(seconds: $0, in: texts) } ?? "",
                message.text?.from ?? "", message.text?.subject ?? "",
            ])
        }
        return table.isEmpty ? [] : table.lines
    }
}
