import ArgumentParser
import Foundation
import Linux
import Report
import Server
import Store

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file (default: /etc/leavecopy/leavecopy.yaml, if there is one).")
    var config: String?

    @Option(name: .long, help: "The state folder, in place of the configuration's.")
    var state: String?

    @Option(name: .long, help: "en or ja (default: what LANG says).")
    var language: Language?

    var spoken: Language { self.language ?? Language(environment: ProcessInfo.processInfo.environment) }

    var serveOptions: ServeOptions { ServeOptions(config: self.config, state: self.state, language: self.language) }

    /// The folder in which the record stands. A command needs no more of the configuration.
    func stateFolder() throws -> String {
        if let state = self.state { return state }
        return try self.configuration()?.stateFolder ?? Surroundings.ofThisProcess.stateFolder
    }

    /// What the server here is configured as; nil where no file says it. One that was named by a flag, or stands in the usual
    /// place and goes with the usual folder, must be readable.
    func configuration() throws -> Configuration? {
        let isUsual = self.state == nil && FileManager.default.fileExists(atPath: Configuration.usualPath)
        guard self.config != nil || isUsual else { return nil }
        return try Failure.telling(self.spoken) {
            try Configuration.load(self.serveOptions, in: Surroundings.ofThisProcess)
        }
    }

    func openStore() throws -> SQLiteStore {
        let folder = try self.stateFolder()
        return try Failure.telling(self.spoken) {
            try SQLiteStore.open(
                folder: folder,
                role: .command,
                node: ProcessInfo.processInfo.hostName,
                now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }
            )
        }
    }

    /// Who runs this command, for its record.
    static var operatorName: String {
        ProcessInfo.processInfo.environment["SUDO_USER"] ?? userName(of: geteuid()) ?? "uid \(geteuid())"
    }
}

extension Language: ExpressibleByArgument {}

/// `--json` in place of a table.
struct FormOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, with times in UTC.")
    var json = false
}
