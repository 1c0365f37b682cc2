import Foundation
import Gateway
import Store
import Testing

/// The program itself, on a state folder that the test fills.
@Suite("Commands")
struct CommandRunTests {
    private let folder: String

    init() async throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "commands-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let store = try SQLiteStore.open(
            folder: self.folder,
            role: .server,
            node: "test",
            now: { 1_764_000_000_000_000 }
        )
        let account = try await store.account(upstream: "main", login: "info@example.com")
        _ = try await store.device(account, identifier: Identifier(kind: .tag, value: "frontdesk"))
        let attempts = ["DELE \u{1B}[31m\u{202E}2", "QUIT"].map {
            Attempt(action: .dele, outcome: .success, asked: $0, answered: "+OK", done: "nothing")
        }
        let records = attempts.map { AuditRecord(time: 1_764_000_000_000_000, origin: .server, attempt: $0) }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            store.write(RecordEntry(records: records), .synced) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    private struct Run {
        let status: Int32
        let output: String
        let errors: String
    }

    private static func binary() throws -> URL {
        var folder = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        while folder.path.count > 1 {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "leavecopy")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// Runs a command on the folder; what it prints is a few lines, so that no pipe fills.
    private func run(_ arguments: String..., place: [String]? = nil) throws -> Run {
        let process = Process()
        process.executableURL = try Self.binary()
        process.arguments = arguments + (place ?? ["--state", self.folder])
        process.environment = ["LANG": "C.UTF-8", "TZ": "Asia/Tokyo"]
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self)
        )
    }

    private func tidy() { try? FileManager.default.removeItem(atPath: self.folder) }

    @Test("audit list is a table in local time, and nothing in it drives the terminal")
    func list() throws {
        defer { self.tidy() }
        let run = try self.run("audit", "list")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Answered") && run.output.contains("+09:00"))
        #expect(run.output.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
        #expect(run.output.contains("\\u{1b}[31m\\u{202e}2"))
        #expect(try self.run("audit", "list", "--language", "ja").output.contains("実際の処理"))
    }

    @Test("audit list --json gives every record as it is stored")
    func listJSON() throws {
        defer { self.tidy() }
        let run = try self.run("audit", "list", "--json")
        let records = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
        #expect(records?.count == 2)
        let own = records?.first?["leavecopy"] as? [String: Any]
        #expect(own?["asked"] as? String == "DELE \u{1B}[31m\u{202E}2")
        #expect(try self.run("audit", "list", "--since", "2030-01-01", "--json").output == "[\n]\n")
    }

    @Test("audit verify says that the record is whole, in both languages and as JSON")
    func verify() throws {
        defer { self.tidy() }
        #expect(try self.run("audit", "verify").output.contains("The record is whole: 2 records"))
        #expect(try self.run("audit", "verify", "--language", "ja").output.contains("記録は完全です"))
        let run = try self.run("audit", "verify", "--json", "--all-signatures")
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect(report?["clean"] as? Bool == true && run.status == 0)
    }

    @Test("device list and hidden show what there is")
    func devices() throws {
        defer { self.tidy() }
        #expect(try self.run("device", "list").output.contains("tag frontdesk"))
        #expect(try self.run("device", "hidden", "frontdesk").output.contains("Nothing is hidden"))
        let run = try self.run("device", "list", "--json")
        #expect((try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])?.count == 1)
        #expect(try self.run("device", "restore", "frontdesk", "--all").output.contains("0 messages"))
    }

    @Test("what is wrong is said in one sentence, with the status that belongs to it")
    func failures() throws {
        defer { self.tidy() }
        let unknown = try self.run("device", "hidden", "nobody")
        #expect(unknown.status == 1 && unknown.errors == "leavecopy: there is no device nobody\n")
        #expect(try self.run("device", "hidden", "nobody", "--language", "ja").errors.contains("端末 nobody はありません"))
        #expect(try self.run("device", "restore", "frontdesk").status == 64)
        #expect(try self.run("audit", "list", "--since", "soon").status == 64)
        let empty = try self.run("audit", "list", place: ["--state", "\(self.folder)/none"])
        #expect(empty.status == 1 && empty.errors.contains("there is no state in"))
        let file = "\(self.folder)/bad.yaml"
        try Data("upstraem:\n  url: imaps://x\n".utf8).write(to: URL(filePath: file))
        let bad = try self.run("config", "show", place: ["--config", file])
        #expect(bad.status == 78 && bad.errors.contains("\(file):1") && bad.errors.contains("upstream"))
    }
}
