import ArgumentParser
import Foundation
import Report
import Server
import Store

struct AuditProve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Write a file that proves one record, checked without this gateway by check-proof."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The number of the record, as audit list shows it.")
    var record: Int64
    @Option(name: .long, help: "The file (default: record-NUMBER.proof).")
    var output: String?

    func run() async throws {
        let language = self.common.spoken
        let store = try self.common.openStore()
        let proof = try await Failure.telling(language) { try await store.prove(self.record) }
        let path = self.output ?? "record-\(self.record).proof"
        let recordPath = "\(path).record"
        let (text, holdsRecord) = proof.json(recordFile: URL(filePath: recordPath).lastPathComponent)
        try self.write(Data(text.utf8), to: path)
        Output.say(
            Phrase("Wrote \(path): \(text.utf8.count) octets.", "\(path) に書き込みました: \(text.utf8.count) バイト。")[language]
        )
        if !holdsRecord {
            try self.write(Data(proof.record), to: recordPath)
            let said = Phrase(
                "The record is too long for it and stands in \(recordPath): give both files away together.",
                "記録は長いため \(recordPath) に分けました。2 つのファイルを一緒に渡してください。"
            )
            Output.say(said[language])
        }
        let how = Phrase(
            "Whoever has it checks it with check-proof. Its key has the fingerprint \(proof.fingerprint).",
            "受け取った人は check-proof で検査できます。鍵のフィンガープリントは \(proof.fingerprint) です。"
        )
        Output.say(how[language])
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            Output.complain("leavecopy: \(VerificationWording.unwritable(path)[self.common.spoken])")
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }
}
