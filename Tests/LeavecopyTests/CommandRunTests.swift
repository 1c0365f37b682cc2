import Foundation
import Gateway
import Store
import TestSupport
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

    private func run(_ arguments: String..., place: [String]? = nil) throws -> Program.Run {
        try Program.run(arguments + (place ?? ["--state", self.folder]))
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
        let run = try self.run("audit", "verify", "--json", "--signatures")
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect(report?["clean"] as? Bool == true && run.status == 0)
    }

    @Test(
        "audit verify compares with a checkpoint and a key that were kept elsewhere, and proves that it grew from there"
    )
    func verifyAgainst() throws {
        defer { self.tidy() }
        let kept = "\(self.folder)/mail.txt"
        try Data(self.run("audit", "verify").output.utf8).write(to: URL(filePath: kept))
        let key = "\(self.folder)/checkpoint.pub"
        let arguments = [
            "--against", kept, "--key", key, "--proof", "\(self.folder)/proof.json", "--state", self.folder,
        ]
        let run = try self.run("audit", "verify", place: arguments)
        #expect(run.status == 0 && run.output.contains("Checkpoint of 2 records in \(kept): agrees with the record"))
        let proof =
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: arguments[5]))) as? [String: Any]
        #expect(proof?["oldSize"] as? Int == 2 && proof?["newSize"] as? Int == 2)
        for (arguments, complaint) in [
            (["--against", key], "no checkpoint in"), (["--against", "/nowhere"], "cannot be read"),
            (["--key", kept], "no public key"), (["--proof", "x"], "--against"),
        ] {
            let run = try self.run("audit", "verify", place: arguments + ["--state", self.folder])
            #expect(run.status != 0 && run.errors.contains(complaint), "\(run)")
        }
    }

    @Test("audit verify says what is wrong and when it was, for people and for programs, and exits with 1")
    func verifyDamaged() async throws {
        defer { self.tidy() }
        let kept = "\(self.folder)/note"
        try Data(self.run("audit", "verify").output.utf8).write(to: URL(filePath: kept))
        for name in try FileManager.default.contentsOfDirectory(atPath: self.folder) where name != "note" {
            try FileManager.default.removeItem(atPath: "\(self.folder)/\(name)")
        }
        let store = try SQLiteStore.open(folder: self.folder, role: .server, node: "test") { 1_764_000_000_000_000 }
        let attempt = Attempt(action: .quit, outcome: .success, asked: "QUIT", answered: "+OK", done: "nothing")
        try await store.put(AuditRecord(time: 1_764_000_000_000_000, origin: .server, attempt: attempt), .synced)
        let arguments = ["--against", kept, "--state", self.folder]
        let run = try self.run("audit", "verify", place: arguments)
        #expect(
            run.status == 1 && run.output.contains("THE RECORD IS DAMAGED") && run.output.contains("by another key")
        )
        let japanese = try self.run("audit", "verify", "--language", "ja", place: arguments)
        #expect(japanese.output.contains("別の鍵で署名されています"))
        let json = try self.run("audit", "verify", "--json", place: arguments)
        let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let findings = report?["findings"] as? [[String: Any]]
        #expect(json.status == 1 && findings?.first?["kind"] as? String == "key-replaced")
        #expect(findings?.first?["file"] as? String == kept)
    }

    @Test("audit prove writes a proof, and says whose key it is")
    func prove() throws {
        defer { self.tidy() }
        let path = "\(self.folder)/one.proof"
        let run = try self.run("audit", "prove", "1", "--output", path)
        let proof = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        #expect(run.status == 0 && proof?["size"] as? Int == 2 && run.output.contains("check-proof"))
        let unknown = try self.run("audit", "prove", "3", "--output", path)
        #expect(unknown.status == 1 && unknown.errors.contains("there is no record 3"))
        #expect(try self.run("audit", "prove", "1", "--output", "/nowhere/x").errors.contains("cannot be written"))
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

    @Test("a device gets a password of its own, told once, and another when it is asked for")
    func credentials() throws {
        defer { self.tidy() }
        let account = ["--account", "Info@Example.com"]
        let place = ["--state", self.folder]
        let added = try self.run("device", "add", "frontdesk", "--password", place: account + place)
        let words = added.output.split(whereSeparator: \.isWhitespace)
        let password = try #require(words.last)
        #expect(added.status == 0 && words.contains("frontdesk") && password.count == 30, "\(added)")
        #expect(try self.run("device", "list").output.contains("credential frontdesk, tag frontdesk"))
        let again = try self.run("device", "add", "frontdesk", "--password", "--user", "x", place: account + place)
        #expect(again.status == 1 && again.errors.contains("device rotate"))
        let taken = try self.run("device", "add", "pc2", "--password", "--user", "frontdesk", place: account + place)
        #expect(taken.status == 1 && taken.errors.contains("--user"))
        let run = try self.run("device", "rotate", "frontdesk", "--json")
        let entry = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: String]
        #expect(entry?["user"] == "frontdesk" && entry?["account"] == "info@example.com")
        #expect(entry?["password"]?.count == 30 && entry?["password"] != String(password))
        #expect(try self.run("device", "add", "pc2", "--password").status == 64)
        #expect(try self.run("device", "add", "pc2", place: place).status == 64)
        let file = "\(self.folder)/leavecopy.yaml"
        let lines = [
            "upstream:", "  url: imaps://x", "accounts:", "  - login: info@example.com", "    aliases: [info]",
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        for (arguments, says) in [
            (["--account", "sales@example.com"], "no account sales@example.com"),
            (["--account", "info", "--user", "info"], "the user name info is taken"),
        ] {
            let run = try self.run("device", "add", "pc2", "--password", place: arguments + place + ["--config", file])
            #expect(run.status == 1 && run.errors.contains(says), "\(run)")
        }
    }

    @Test("device add registers, identify, rename, merge and remove change, show tells")
    func deviceChanges() throws {
        defer { self.tidy() }
        let added = try self.run("device", "add", "PC1", "--account", "Info@Example.com", "--mac", "02-0-0-AA-bb-cc")
        #expect(added.output.contains("known by: neighbour 02:00:00:aa:bb:cc"), "\(added.errors)")
        let standard = try self.run("device", "add", "pc2", "--account", "info@example.com", "--json")
        #expect(standard.output.contains("tag pc2") && standard.output.contains("name pc2"))
        #expect(try self.run("device", "identify", "pc1", "--tag", "Desk").output.contains("tag desk"))
        let taken = try self.run("device", "identify", "pc1", "--tag", "pc2", "--language", "ja")
        #expect(taken.status == 1 && taken.errors.contains("tag pc2 は既に端末 pc2"))
        #expect(try self.run("device", "rename", "pc1", "front").output.contains("PC1 is called front"))
        #expect(try self.run("device", "merge", "pc2", "front").output.contains("pc2 is front now"))
        let shown = try self.run("device", "show", "front", "--json")
        let profile = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
        let identifiers = ["name pc2", "neighbour 02:00:00:aa:bb:cc", "tag desk", "tag pc2"]
        #expect(profile?["identifiers"] as? [String] == identifiers && profile?["settings"] == nil)
        #expect(try self.run("device", "show", "front", "--language", "ja").output.contains("識別: name pc2"))
        let asked = try self.run("device", "remove", "front")
        #expect(asked.status == 1 && asked.errors.contains("--yes"))
        #expect(try self.run("device", "remove", "front", "--yes").status == 0)
        #expect(try self.run("device", "show", "front").status == 1)
        #expect(try self.run("audit", "list", "--json").output.contains("device-merge"))
    }

    @Test("a certificate names the device by its key; what is none is refused")
    func certificate() throws {
        defer { self.tidy() }
        let file = "\(self.folder)/pc.pem"
        try Data("nothing".utf8).write(to: URL(filePath: file))
        let refused = try self.run("device", "identify", "frontdesk", "--certificate", file)
        #expect(refused.status == 1 && refused.errors.contains("no certificate"))
        try Data(try TestCertificates.shared.get().authorityPEM).write(to: URL(filePath: file))
        let added = try self.run("device", "identify", "frontdesk", "--certificate", file)
        #expect(added.output.contains(/certificate [0-9a-f]{64}/), "\(added.errors)")
        let removed = try self.run("device", "identify", "frontdesk", "--certificate", file, "--remove")
        #expect(removed.status == 0 && !removed.output.contains("certificate"))
    }

    @Test("uidl formats shows every format with an example")
    func formats() throws {
        defer { self.tidy() }
        let run = try self.run("uidl", "formats", place: [])
        for text in ["dovecot", "0000001a6b05024b", "1795490379.26", "GmailId18c0ffee", "%08Xv%08Xu"] {
            #expect(run.output.contains(text), "\(text): \(run.output)")
        }
        #expect(try self.run("uidl", "formats", "--language", "ja", place: []).output.contains("形式"))
    }

    @Test("uidl learn wants a service or --give-up, which is on record")
    func uidl() async throws {
        defer { self.tidy() }
        #expect(try self.run("uidl", "learn", "--account", "info@example.com").status == 64)
        #expect(try self.run("uidl", "learn", "--account", "a", "--from", "imaps://x").status == 64)
        let unconfigured = try self.run("uidl", "learn", "--account", "a", "--from", "pops://x")
        #expect(unconfigured.status == 78 && unconfigured.errors.contains("no mail server is named"))
        let early = try self.run("uidl", "learn", "--account", "Info@example.com", "--give-up")
        #expect(early.status == 1 && early.errors.contains("no mailbox of Info@example.com waits"))
        let store = try SQLiteStore.open(
            folder: self.folder,
            role: .command,
            node: "test",
            now: { 1_764_000_000_000_000 }
        )
        _ = try await store.listing(
            try await store.account(upstream: "main", login: "info@example.com"),
            mailbox: "INBOX"
        )
        #expect(try self.run("uidl", "learn", "--account", "Info@example.com", "--give-up").status == 0)
        #expect(try self.run("audit", "list", "--json").output.contains("uidl-learned"))
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
