import Foundation
import Gateway
import Store
import TestSupport
import Testing

/// The commands that read the record, on a state folder that the test fills.
@Suite("Commands that read the record")
struct AuditCommandTests {
    private let folder: String
    private let session = SessionID("5e55107")

    /// A PC of a tag that retrieves three messages and deletes them, today.
    init() async throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let now = Int64(Date().timeIntervalSince1970) * 1_000_000
        let store = try SQLiteStore.open(folder: self.folder, role: .server, node: "test", now: { now })
        let account = try await store.account(upstream: "main", login: "info@example.com")
        let identifier = Identifier(kind: .tag, value: "frontdesk")
        let device = try await store.device(account, identifier: identifier)
        let address = IPAddress("192.0.2.44") ?? .v4(0)
        var arrival = Arrival(
            session: self.session,
            remote: Endpoint(address: address, port: 50_123),
            local: Endpoint(address: .v4(0x7F00_0001), port: 995),
            listener: "pops"
        )
        arrival.tls = TLSDescription(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", serverName: nil)
        let origin = AuditRecord.Origin.session(
            SessionOrigin(arrival: arrival, account: "info@example.com", speaker: .device(device, by: identifier))
        )
        func record(_ action: Attempt.Action, _ asked: String, _ done: String, _ upstream: [String] = []) -> AuditRecord
        {
            let attempt = Attempt(
                action: action,
                outcome: .success,
                asked: asked,
                answered: "+OK",
                done: done,
                upstream: upstream
            )
            return AuditRecord(time: now, origin: origin, attempt: attempt)
        }
        var records = [record(.login, "PASS", "opened read-only, 3 messages shown", ["A1 EXAMINE INBOX"])]
        for number in 1...3 {
            records.append(
                record(.retr, "RETR \(number)", "served 10 octets, whole", ["A\(number + 1) UID FETCH \(number)"])
            )
            records.append(record(.dele, "DELE \(number)", "marked: hidden from frontdesk at QUIT"))
        }
        records.append(record(.quit, "QUIT", "hidden from frontdesk: 3 messages"))
        let entry = RecordEntry(records: records)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            store.write(entry, .synced) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    private func run(_ arguments: String..., language: String = "C.UTF-8") throws -> Program.Run {
        try Program.run(["audit"] + arguments + ["--state", self.folder], environment: ["LANG": language])
    }

    private func tidy() { try? FileManager.default.removeItem(atPath: self.folder) }

    @Test("audit list takes every filter, and refuses words that could find nothing")
    func filters() throws {
        defer { self.tidy() }
        let all = [
            "--device", "FRONTDESK", "--account", "info@example.com", "--address", "192.0.2.44", "--identified-by",
            "tag",
        ]
        let run = try Program.run(
            ["audit", "list", "--state", self.folder, "--action", "dele", "--done", "marked", "--outcome", "success"]
                + all
        )
        #expect(run.output.split(separator: "\n").count == 4, "\(run.output)\(run.errors)")
        #expect(try self.run("list", "--text", "nobody").output.contains("Nothing is on record"))
        for wrong in [
            ["--action", "delete"], ["--done", "deleted"], ["--outcome", "ok"], ["--message", "7"],
            ["--since", "soon"],
        ] {
            let run = try Program.run(["audit", "list", "--state", self.folder] + wrong)
            #expect(run.status == 64 && run.errors.contains(wrong[1]), "\(run.errors)")
        }
    }

    @Test(
        "audit show tells a session with its evidence, a record by its number, and exits with 1 where there is nothing"
    )
    func show() throws {
        defer { self.tidy() }
        let session = try self.run("show", "5e55")
        for line in ["A1 EXAMINE INBOX", "A4 UID FETCH 3", "PC frontdesk (known by its tag)"] {
            #expect(session.output.contains(line), "\(session.output)\(session.errors)")
        }
        let record = try self.run("show", "3")
        #expect(record.output.contains("asked to delete"), "\(record.output)\(record.errors)")
        let japanese = try self.run("show", "3", language: "ja_JP.UTF-8")
        let sentence = japanese.output.replacing("\n", with: "")
        #expect(sentence.contains("の削除を要求しました。応答は「はい」"), "\(japanese.output)")
        let none = try self.run("show", "\u{1B}[31mnothing")
        #expect(none.status == 1 && none.errors.contains("\\u{1b}[31mnothing") && none.output.isEmpty)
    }

    @Test("audit report is Japanese where LANG is, and has every form")
    func report() throws {
        defer { self.tidy() }
        let japanese = try self.run("report", language: "ja_JP.UTF-8")
        #expect(japanese.output.contains("メールサーバーからは何も削除されていません"), "\(japanese.errors)")
        for format in ["terminal", "markdown", "html", "csv", "json"] {
            let run = try self.run("report", "--format", format)
            #expect(run.status == 0 && run.output.contains("frontdesk"), "\(format): \(run.errors)")
        }
        let file = self.folder + "/report.html"
        #expect(try self.run("report", "--format", "html", "--output", file).output.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        #expect(try self.run("report", "--since", "2026-01-02", "--until", "2026-01-01").status == 64)
    }

    @Test("audit export writes a file for its owner alone, and a manifest; what cannot be written is said")
    func export() throws {
        defer { self.tidy() }
        let file = self.folder + "/record.csv"
        let run = try self.run("export", "--action", "dele", "--output", file, "--json")
        let told = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect(told?["rows"] as? Int == 3, "\(run.errors)")
        let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        #expect(try String(contentsOfFile: file + ".manifest", encoding: .utf8).contains("\nrows 3\n"))
        #expect(!FileManager.default.fileExists(atPath: file + ".partial"))
        let failed = try self.run("export", "--output", "/nowhere/record.csv")
        #expect(failed.status == 1 && failed.errors.contains("/nowhere/record.csv cannot be written"))
    }

    @Test("audit follow shows what was, and ends with success at Ctrl-C")
    func follow() async throws {
        defer { self.tidy() }
        let process = Process()
        process.executableURL = try Program.binary()
        process.arguments = ["audit", "follow", "--json", "--limit", "2", "--state", self.folder]
        let output = Pipe()
        process.standardOutput = output
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { return continuation.resume(throwing: error) }
            // The second line is there: it follows now.
            var lines = 0
            while lines < 2, let piece = try? output.fileHandleForReading.read(upToCount: 1), !piece.isEmpty {
                lines += piece == Data("\n".utf8) ? 1 : 0
            }
            process.interrupt()
        }
        #expect(status == 0)
    }
}
