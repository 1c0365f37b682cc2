import Foundation
import Gateway
import LibCrypto
import Report
import Store
import Testing

@Suite("An export of the record")
struct ExportTests {
    private let folder: String
    private let store: SQLiteStore

    /// 2,500 records: more than one portion of what is read at a time.
    init() async throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.store = try SQLiteStore.open(folder: self.folder, role: .server, node: "test", now: { Self.now })
        let records = (1...2_500).map { number in
            let attempt = Attempt(
                action: number.isMultiple(of: 5) ? .dele : .retr,
                outcome: .success,
                asked: number == 5 ? "=HYPERLINK(\"x\"),\u{1B}[31m\r\n" : "DELE \(number)",
                answered: "+OK message \(number) deleted",
                done: "nothing"
            )
            return AuditRecord(time: Self.now, origin: .server, attempt: attempt)
        }
        let store = self.store
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            store.write(RecordEntry(records: records), .synced) { continuation.resume(with: $0.mapError { $0 }) }
        }
    }

    private static let now: Int64 = 1_764_000_000_000_000

    private actor Sink {
        private(set) var octets: [UInt8] = []
        private(set) var largest = 0
        func take(_ piece: [UInt8]) {
            self.octets += piece
            self.largest = max(self.largest, piece.count)
        }
    }

    private func run(
        _ filter: RecordFilter = RecordFilter(),
        _ format: RecordExport.Format,
        size: Int64? = nil,
        _ language: Language = .english
    ) async throws -> (octets: [UInt8], result: RecordExport.Result) {
        let sink = Sink()
        let export = RecordExport(filter, format, in: .of(language), zone: Sample.tokyo)
        let result = try await export.write(
            from: self.store,
            size: size,
            by: .operatorCommand(user: "maria"),
            now: { Self.now },
            to: { await sink.take($0) }
        )
        #expect(await sink.largest < 2_000_000, "it comes in portions")
        return (await sink.octets, result)
    }

    private func exports() async throws -> [StoredRecord] {
        try await self.store.page(RecordFilter(action: "record-export"), limit: 10).records.reversed()
    }

    @Test(
        "holds all that fits, pinned to what the record was, with its digest",
        arguments: RecordExport.Format.allCases
    )
    func whole(format: RecordExport.Format) async throws {
        let (octets, result) = try await self.run(format)
        #expect(result.rows == 2_500 && result.size == 2_500 && result.octets == octets.count)
        let digest = SHA256.digest(of: octets).map { String(format: "%02x", $0) }.joined()
        #expect(result.digest == digest)
        let lines = octets.split(separator: UInt8(ascii: "\n")).count
        #expect(lines == (format == .csv ? 2_501 : 2_500))
        let again = try await self.run(format, size: 2_500)
        #expect(again.octets == octets, "its own records do not count")
    }

    private func run(
        _ format: RecordExport.Format,
        size: Int64? = nil
    ) async throws -> (
        octets: [UInt8], result: RecordExport.Result
    ) {
        try await self.run(RecordFilter(), format, size: size)
    }

    @Test("finds what the filter asks for, and says so in the record and in the manifest")
    func filtered() async throws {
        let filter = RecordFilter(action: "dele", text: nil)
        let (octets, result) = try await self.run(filter, .jsonLines)
        #expect(result.rows == 500)
        for line in octets.split(separator: UInt8(ascii: "\n")) {
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            #expect((object?["event"] as? [String: Any])?["action"] as? String == "dele")
        }
        let exports = try await self.exports()
        #expect(exports.map(\.outcome) == ["unknown", "success"])
        #expect(exports.allSatisfy { $0.asked == "audit export --format jsonl --action dele" })
        #expect(exports.allSatisfy { $0.operatorName == "maria" })
        #expect(exports.last?.done == "exported 500 records of 2500, SHA-256 \(result.digest)")
        let export = RecordExport(filter, .jsonLines, in: .of(.english))
        let manifest = try await export.manifest(of: result, file: "a\nb.jsonl", from: self.store)
        #expect(manifest.contains("\nfile a\\u000ab.jsonl\nformat jsonl\nrows 500\n"))
        #expect(manifest.contains("\nfilter --action dele\ncheckpoint \""))
    }

    @Test("is headed and worded in its language, in local time, and is no formula")
    func spreadsheet() async throws {
        let (octets, _) = try await self.run(RecordFilter(action: "dele"), .csv, size: 5, .japanese)
        let text = String(decoding: octets, as: UTF8.self)
        let lines = text.split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("\u{FEFF}番号,日時,時間帯,端末,") == true)
        #expect(lines.last?.contains("\"2025-11-25 01:00:00\",UTC+09:00,") == true)
        #expect(lines.last?.contains("\"'=HYPERLINK(\"\"x\"\"),\\u{1b}[31m\\u{d}\\u{a}\"") == true)
        #expect(lines.last?.contains("何もしていません") == true)
    }

    @Test("that breaks off is on record as such")
    func broken() async throws {
        struct Full: Error {}
        let export = RecordExport(RecordFilter(), .csv, in: .of(.english))
        await #expect(throws: Full.self) {
            _ = try await export.write(
                from: self.store,
                by: .reviewer(Reviewer(name: "sato", role: .reader, address: .v4(1))),
                now: { Self.now },
                to: { _ in throw Full() }
            )
        }
        let exports = try await self.exports()
        #expect(exports.map(\.outcome) == ["unknown", "failure"])
        #expect(exports.map(\.reviewer) == ["sato", "sato"])
        #expect(exports.last?.done == "broken off")
    }

    @Test("quotes what a shell would take apart")
    func words() {
        let filter = RecordFilter(
            device: "frontdesk",
            done: .hidden,
            text: "it's \"here\"",
            message: MessageKey(MailboxID(1), 7)
        )
        #expect(
            filter.words == ["--device frontdesk", "--done hidden", "--text \"it's \\\"here\\\"\"", "--message 1:7"]
        )
        #expect(MessageKey(text: "1:7") == MessageKey(MailboxID(1), 7))
        for text in ["", "1", "1:", ":7", "1:7:9", "1:-7", "a:b", "1:4294967296"] {
            #expect(MessageKey(text: text) == nil)
        }
    }
}
