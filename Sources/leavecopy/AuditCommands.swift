import ArgumentParser
import Foundation
import Server
import Store

struct AuditCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the record, and verify that nothing in it was changed.",
        subcommands: [AuditList.self, AuditVerify.self]
    )
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who asked for what, what was answered, and what was done."
    )

    /// Rows of a table without `--limit`: what a person can look through.
    private static let rows = 100

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Option(name: .long, help: "Only this device.")
    var device: String?
    @Option(name: .long, help: "Only this account.")
    var account: String?
    @Option(name: .long, help: "Only this kind: login, refusal, retr, top, dele, rset, quit, session-end …")
    var action: String?
    @Option(name: .long, help: "Only this session.")
    var session: String?
    @Option(name: .long, help: "From this time on: 2026-11-24, or \"2026-11-24 10:30\".")
    var since: String?
    @Option(name: .long, help: "Before this time.")
    var until: String?
    @Option(name: .long, help: "The newest so many (default: 100; with --json all).")
    var limit: Int?

    func run() async throws {
        let store = try self.common.openStore()
        let limit = self.limit ?? (self.form.json ? .max : Self.rows)
        var query = AuditQuery(
            device: self.device,
            account: self.account,
            action: self.action,
            session: self.session,
            limit: limit
        )
        query.since = try self.since.map(Self.moment)
        query.until = try self.until.map(Self.moment)
        let records = try await Failure.telling(self.common.spoken) { try await store.records(query) }
        if self.form.json { self.printJSON(records) } else { self.printTable(records, isCut: records.count == limit) }
    }

    private static func moment(_ text: String) throws -> String {
        guard let date = LocalTime.date(text) else {
            throw ValidationError("'\(Table.printable(text))' is no time: write 2026-11-24 or \"2026-11-24 10:30\"")
        }
        return LocalTime.recorded(date)
    }

    /// Each record as it is stored, with its number before it. One that is no JSON any more says so.
    private func printJSON(_ records: [StoredRecord]) {
        Output.give("[")
        for (index, record) in records.enumerated() {
            let object = (try? JSONSerialization.jsonObject(with: Data(record.json))) as? [String: Any]
            let body = String(decoding: record.json.dropFirst(), as: UTF8.self)
            let members = object?.isEmpty == false ? body : "\"damaged\":true}"
            Output.give("{\"sequence\":\(record.sequence),\(members)\(index == records.count - 1 ? "" : ",")")
        }
        Output.give("]")
    }

    private func printTable(_ records: [StoredRecord], isCut: Bool) {
        let language = self.common.spoken
        guard !records.isEmpty else { return Output.say(Wording.nothingOnRecord[language]) }
        var table = Table(Wording.recordHeadings.map { $0[language] }, rightAligned: [0])
        for record in Self.withoutBeginnings(records) {
            table.add([
                String(record.sequence), LocalTime.text(record.time), record.session,
                Wording.device(of: record, language), record.account, record.address,
                record.asked.isEmpty ? record.action : record.asked, record.answered, Wording.done(of: record),
            ])
        }
        for line in table.lines { Output.say(line) }
        if isCut { Output.say(Wording.moreOnRecord[language]) }
    }

    /// Without the records that a delivery began, where the one that says how it ended follows.
    static func withoutBeginnings(_ records: [StoredRecord]) -> [StoredRecord] {
        var ended: [String: Int] = [:]
        var kept: [StoredRecord] = []
        for record in records.reversed() {
            let key = "\(record.session) \(record.asked)"
            if record.done == "begun", let count = ended[key], count > 0 {
                ended[key] = count - 1
                continue
            }
            if record.action == "retr" || record.action == "top" { ended[key, default: 0] += 1 }
            kept.append(record)
        }
        return kept.reversed()
    }
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hash the whole record again, and say what was changed, removed or added."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Flag(name: .long, help: "Check the signature of every checkpoint, not of the newest alone.")
    var allSignatures = false

    func run() async throws {
        let store = try self.common.openStore()
        let language = self.common.spoken
        let verification = try await Failure.telling(language) {
            try await store.verify(everySignature: self.allSignatures)
        }
        let findings = verification.findings.map { Wording.finding($0)[language] }
        if self.form.json {
            Output.give(try Self.json(verification, findings))
        } else {
            Output.say(Wording.verified(verification)[language])
            for finding in findings { Output.say("  \(finding)") }
            if !verification.newestCheckpoint.isEmpty {
                Output.say(Wording.newestCheckpoint[language])
                Output.say(verification.newestCheckpoint)
            }
        }
        guard verification.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private struct Report: Encodable {
        let clean: Bool
        let records: Int64
        let checkpoints: Int
        let findings: [String]
        let checkpoint: String
    }

    private static func json(_ verification: Verification, _ findings: [String]) throws -> String {
        let report = Report(
            clean: verification.isClean,
            records: verification.records,
            checkpoints: verification.checkpoints,
            findings: findings,
            checkpoint: verification.newestCheckpoint
        )
        return try JSONText.of(report)
    }
}

/// JSON of a command's own, keys in order.
enum JSONText {
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
