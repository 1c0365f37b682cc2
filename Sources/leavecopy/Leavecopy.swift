import ArgumentParser
import Gateway
import Linux
import Server

@main
struct Leavecopy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leavecopy",
        abstract: "A POP3 gateway that always leaves a copy on the mail server.",
        version: Product.version,
        subcommands: [
            ServeCommand.self, CheckCommand.self, AuditCommands.self, DeviceCommands.self, UIDLCommands.self,
            ReviewCommands.self, ConfigCommands.self, StateCommands.self,
        ]
    )

    /// The allocator is settled before anything else runs: its thresholds are read once for each thread's arena.
    static func main() async {
        let problems = ProcessSettings.raise()
        for problem in problems { Output.complain("leavecopy: \(problem)") }
        do {
            var command = try Self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Self.exit(withError: error)
        }
    }
}
