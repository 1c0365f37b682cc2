import ArgumentParser
import Foundation
import Gateway
import Linux
import Report
import Server
import Store

struct UIDLLearn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract:
            "Take over the UIDLs of the provider's own POP3 service, so that no mail program fetches its mail twice.",
        discussion: """
            Lists both sides and reads headers where sizes do not tell which message is which; fetches no message there and
            deletes none. What was found is kept as it comes: after Ctrl-C the next run goes on. Run it again shortly before
            the mail programs are moved, so that mail which came since then is known too.
            The password is asked for, but for an account that has one in the configuration; when standard input is no terminal,
            its first line is the password. An account with a token-command needs a password too, for the POP3 service.
            Exit status: 0 every message was matched, 2 some were not, 1 it failed, 69 a server is away, 78 configuration.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "The account, as it logs in to the mail server.")
    var account: String
    @Option(name: .long, help: "The provider's own POP3 service: pops://pop.provider.example, or pop3:// for STLS.")
    var from: String?
    @Option(name: .long, help: "A file with the CA that its certificate is checked against.")
    var ca: String?
    @Option(name: .long, help: "The mail server: imaps://mail.example.com; with it no file is needed.")
    var upstream: String?
    @Option(name: .long, help: "A file with the CA that the mail server's certificate is checked against.")
    var upstreamCa: String?
    @Flag(name: .long, help: "Also for devices that know the mailbox by other UIDLs: they fetch everything once more.")
    var replace = false
    @Flag(name: .long, help: "Only report what would match.")
    var dryRun = false
    @Flag(name: .long, help: "Where 'adopt' is configured: let the account's devices in without the provider's UIDLs.")
    var giveUp = false

    func validate() throws {
        guard self.giveUp != (self.from != nil) else {
            throw ValidationError("say --from POP3-SERVICE, or --give-up")
        }
        if let from = self.from, AdoptionURL(from) == nil {
            throw ValidationError("'\(Table.printable(from))' is no POP3 service: write pops://HOST or pop3://HOST")
        }
    }

    func run() async throws {
        let language = self.common.spoken
        guard let from = self.from.flatMap({ AdoptionURL($0) }) else { return try await self.giveUpForGood(language) }
        let prompt = Phrase("Password of \(self.account): ", "\(self.account) のパスワード: ")[language]
        var options = self.common.serveOptions
        options.upstream = self.upstream
        options.upstreamCA = self.upstreamCa
        var wish = UIDLLearning.Wish(
            account: self.account,
            from: from,
            authority: self.ca,
            user: CommonOptions.operatorName
        )
        wish.replacing = self.replace
        wish.isDryRun = self.dryRun
        let report: AdoptionReport
        do {
            report = try await Failure.telling(language) { [wish, options] in
                try await UIDLLearning.run(
                    wish,
                    ask: { isConfigured in
                        isConfigured && TerminalPassword.isPossible ? nil : TerminalPassword.read(prompt: prompt)
                    },
                    options
                ) { progress in
                    Output.complain(AdoptionWording.progress(progress)[language])
                }
            }
        } catch let failure as AdoptionFailure {
            Output.complain("leavecopy: \(AdoptionWording.failure(failure)[language])")
            throw ExitCode(failure.status.rawValue)
        }
        if self.form.json {
            Output.give(try JSONText.of(AdoptionEntry(report)))
        } else {
            for line in AdoptionWording.report(report, language) { Output.say(line) }
        }
        if !report.isComplete { throw ExitCode(ExitStatus.unmatched.rawValue) }
    }

    private func giveUpForGood(_ language: Language) async throws {
        let store = try self.common.openStore()
        let isGivenUp = try await Failure.telling(language) {
            try await store.giveUpAdoption(
                login: LoginName(self.account).normalised,
                by: CommonOptions.operatorName
            )
        }
        guard isGivenUp else {
            Output.complain(
                Phrase(
                    "leavecopy: no mailbox of \(self.account) waits for UIDLs",
                    "leavecopy: \(self.account) に UIDL を待つメールボックスはありません"
                )[language]
            )
            throw ExitCode(ExitStatus.failure.rawValue)
        }
        Output.say(
            Phrase(
                "Given up: the devices of \(self.account) are let in, and fetch everything once.",
                "中止しました。\(self.account) の端末は接続でき、全メールを一度受信します。"
            )[language]
        )
    }
}
