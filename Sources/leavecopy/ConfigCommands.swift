import ArgumentParser
import Server

struct ConfigCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration.",
        subcommands: [ConfigShow.self]
    )
}

struct ConfigShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every value in force, with where it came from."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "The mail server, in place of the file's.")
    var upstream: String?

    func run() async throws {
        var options = self.common.serveOptions
        options.upstream = self.upstream
        let configuration = try Failure.telling(self.common.spoken) {
            try Configuration.load(options, in: .ofThisProcess)
        }
        if self.form.json {
            Output.give(try configuration.showJSON())
        } else {
            Output.say(configuration.show(in: self.common.spoken))
        }
    }
}
