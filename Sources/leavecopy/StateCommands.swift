import ArgumentParser
import Foundation
import Report
import Server
import Store

struct StateCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Copy the state folder while the server serves, and go back to a copy.",
        subcommands: [StateBackup.self, StateRestore.self]
    )
}

struct StateBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy devices, what they have hidden, the record, keys and certificates to a new folder.",
        discussion: "The server goes on serving. The copy is checked, and a manifest says what is in it."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "A folder that is new, or empty.")
    var folder: String

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let manifest = try await Failure.telling(language) {
            try await store.backUp(to: self.folder, by: CommonOptions.operatorName)
        }
        if self.form.json { return Output.give(try JSONText.of(manifest)) }
        Output.say(KeepingWording.backedUp(manifest, self.folder)[language])
        guard !manifest.checkpoint.isEmpty else { return }
        Output.say(VerificationWording.newestCheckpoint[language])
        Output.say(manifest.checkpoint)
    }
}

struct StateRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the state; the server must not run.",
        discussion: """
            Every file and every table is compared with the backup's manifest, and the record is verified, before anything \
            that is there is touched. What devices deleted since the backup was made they will see again, and a checkpoint \
            that was kept elsewhere since will tell that the record went back.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "A folder that `state backup` made.")
    var folder: String
    @Option(name: .long, help: "The state folder that it becomes (default: the configuration's).")
    var into: String?
    @Flag(name: .long, help: "Replace the state that is there; it is kept aside.")
    var replace = false

    func run() async throws {
        let language = self.common.spoken
        let wanted = try self.into ?? self.common.stateFolder()
        let outcome = try await Failure.telling(language) {
            // Held to the end: no server may start on a state that is half restored.
            let state = try StateFolder(wanted)
            let restoration = StateRestoration(
                from: self.folder,
                into: state.path,
                node: ProcessInfo.processInfo.hostName,
                by: CommonOptions.operatorName,
                now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }
            )
            defer { withExtendedLifetime(state) {} }
            return try await restoration.run(replaces: self.replace)
        }
        if self.form.json { Output.give(try Self.json(outcome)) } else { self.say(outcome, wanted, language) }
        guard outcome.verification.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private struct Report: Encodable {
        let made: String
        let tables: [BackupManifest.Table]
        let recordIsWhole: Bool
        let findings: [String]
        let keptAside: String?
    }

    private static func json(_ outcome: StateRestoration.Outcome) throws -> String {
        let report = Report(
            made: outcome.manifest.made,
            tables: outcome.compared,
            recordIsWhole: outcome.verification.isClean,
            findings: outcome.verification.findings.map { VerificationWording.finding($0.kind)[.english] },
            keptAside: outcome.keptAside
        )
        return try JSONText.of(report)
    }

    private func say(_ outcome: StateRestoration.Outcome, _ state: String, _ language: Language) {
        Output.say(KeepingWording.restored(outcome.manifest, state)[language])
        var table = Table(KeepingWording.comparedHeadings.map { $0[language] }, rightAligned: [1])
        for (what, tables) in KeepingWording.comparedTables {
            let rows = outcome.compared.filter { tables.contains($0.name) }.reduce(0) { $0 + $1.rows }
            table.add([what[language], String(rows), KeepingWording.equal[language]])
        }
        let all = outcome.compared.reduce(0) { $0 + $1.rows }
        table.add([
            KeepingWording.allTables(outcome.compared.count)[language], String(all), KeepingWording.equal[language],
        ])
        for line in table.lines { Output.say(line) }
        Output.say(VerificationWording.summary(outcome.verification)[language])
        for finding in outcome.verification.findings {
            Output.say("  \(VerificationWording.finding(finding.kind)[language])")
        }
        if let aside = outcome.keptAside { Output.say(KeepingWording.keptAside(aside)[language]) }
        Output.say(KeepingWording.wentBack[language])
    }
}
