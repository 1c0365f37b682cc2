import ArgumentParser
import Foundation
import Linux
import Logging
import Report
import Server

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try the configuration and the mail server. Changes nothing.",
        discussion: """
            With --account a password is asked for; when standard input is no terminal, its first line is the password.
            Exit status: 0 nothing failed, 1 something did, 69 the mail server is away, 77 permission, 78 configuration.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "The mail server: imaps://mail.example.com; with it no file is needed.")
    var upstream: String?
    @Option(name: .long, help: "A file with the CA that the mail server's certificate is checked against.")
    var upstreamCa: String?
    @Option(name: .long, help: "An account of the mail server to log in with.")
    var account: String?

    func run() async throws {
        var options = self.common.serveOptions
        options.upstream = self.upstream
        options.upstreamCA = self.upstreamCa
        let (chosen, account, language) = (options, self.account, self.common.spoken)
        let report = await Check.run(
            chosen,
            account: account,
            password: { account.flatMap { Self.ask(for: $0, language) } },
            logger: Logger(label: "leavecopy") { _ in SwiftLogNoOpLogHandler() }
        )
        if self.form.json {
            Output.give(try report.json(in: language))
        } else {
            for line in report.text(in: language) { Output.say(line) }
        }
        if report.status != .success { throw ExitCode(report.status.rawValue) }
    }

    /// Never an argument: other users could read it in the list of processes.
    private static func ask(for account: String, _ language: Language) -> CheckedAccount? {
        let prompt = Phrase("Password of \(account): ", "\(account) のパスワード: ")[language]
        guard let password = TerminalPassword.read(prompt: prompt) else { return nil }
        return CheckedAccount(name: account, password: password)
    }
}
