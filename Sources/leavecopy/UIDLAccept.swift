import ArgumentParser
import Report
import Server
import Store

struct UIDLAccept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Go on with a mailbox in which too little of the known mail is left.",
        discussion: """
            When the mail server has numbered a mailbox anew (UIDVALIDITY) and less than half of the known mail is found again, \
            nothing is shown until this command says that it is the right mailbox.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "The account's login name at the mail server.")
    var account: String

    func run() async throws {
        let store = try self.common.openStore()
        let count = try await Failure.telling(self.common.spoken) {
            try await store.acceptRenumbering(of: self.account, by: CommonOptions.operatorName)
        }
        if self.form.json {
            Output.give(try JSONText.of(["accepted": count]))
        } else {
            Output.say(Wording.acceptedRenumbering(self.account)[self.common.spoken])
        }
    }
}
