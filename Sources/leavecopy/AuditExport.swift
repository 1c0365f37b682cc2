import ArgumentParser
import Foundation
import Gateway
import Report
import Server
import Store

struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all records that fit into a file, with a signed manifest beside it.",
        discussion:
            "There is no limit. FILE.manifest says what was asked for, how many there are, and the file's SHA-256."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var filters: FilterOptions
    @Option(name: .long, help: "csv, for spreadsheets; or jsonl: JSON, one record a line.")
    var format: RecordExport.Format = .csv
    @Option(name: .long, help: "The file; one that is there is replaced when the new one is whole.")
    var output: String

    func run() async throws {
        let filter = try self.filters.filter()
        let store = try self.common.openStore()
        let export = RecordExport(filter, self.format, in: .of(self.common.spoken))
        let result = try await Failure.telling(self.common.spoken) {
            let file = try ExportFile(self.output)
            let result = try await export.write(
                from: store,
                by: .operatorCommand(user: CommonOptions.operatorName),
                now: { Int64(Date().timeIntervalSince1970 * 1_000_000) },
                to: { try file.write($0) }
            )
            let name = URL(filePath: self.output).lastPathComponent
            try file.finish(manifest: try await export.manifest(of: result, file: name, from: store))
            return result
        }
        if self.form.json { return Output.give(try JSONText.of(Summary(result, self.output))) }
        let texts = Texts.of(self.common.spoken)
        let values = [
            "count": texts.number(result.rows), "file": self.output, "size": String(result.size),
            "digest": result.digest,
        ]
        Output.say(texts("export.done", values))
    }

    private struct Summary: Encodable {
        let file: String
        let manifest: String
        let rows: Int
        let octets: Int
        let sha256: String
        let records: Int64

        init(_ result: RecordExport.Result, _ file: String) {
            self.file = file
            self.manifest = file + ".manifest"
            self.rows = result.rows
            self.octets = result.octets
            self.sha256 = result.digest
            self.records = result.size
        }
    }
}

extension RecordExport.Format: ExpressibleByArgument {}

/// A file that bears its name only when it is whole, and is for nobody else's eyes.
private struct ExportFile: Sendable {
    private let path: String
    private let handle: FileHandle

    init(_ path: String) throws {
        self.path = path
        let partial = path + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: partial)
        else { throw ExportFailure.cannotWrite(path) }
        self.handle = handle
    }

    func write(_ octets: [UInt8]) throws {
        do { try self.handle.write(contentsOf: Data(octets)) } catch { throw ExportFailure.cannotWrite(self.path) }
    }

    func finish(manifest: String) throws {
        do {
            try self.handle.synchronize()
            try self.handle.close()
            try Data(manifest.utf8).write(to: URL(filePath: self.path + ".manifest"), options: .atomic)
        } catch {
            throw ExportFailure.cannotWrite(self.path)
        }
        guard rename(self.path + ".partial", self.path) == 0 else { throw ExportFailure.cannotWrite(self.path) }
    }
}

enum ExportFailure: Error {
    case cannotWrite(String)

    var text: Phrase {
        switch self {
        case .cannotWrite(let path): Phrase("\(path) cannot be written", "\(path) に書き込めません")
        }
    }
}
