import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

/// One record with every field of it, and the lines that went to the mail server for it.
struct SingleRecordPage: Page {
    /// Of a field and of a line that went upstream, in octets, and of such lines: a page stays small, whatever a record holds.
    private static let longest = 1_000
    private static let longestLine = 400
    private static let mostLines = 60

    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("record/:number", self.show)
        routes.get("record/:number/json", self.json)
        routes.get("record/:number/proof", self.proof)
    }

    private struct Content {
        let sentence: String
        let tone: String
        let facts: [[String: String]]
        let upstream: [String]
        let isNothingSent: Bool
        /// Not all of it stands on the page: the file has it.
        let isCut: Bool
        let json: String
        let number: Int64
        let session: String?
        let message: String?
        let device: String?
        let proof: String
    }

    private func show(_ visit: Visit) async throws -> Response {
        let number = try visit.number("number")
        let (record, life) = try await visit.timing.store {
            let record = try await self.frame.store.record(number)
            guard let key = record?.key else { return (record, nil as MessageLife?) }
            return (record, try await self.frame.store.life(of: key))
        }
        guard let record else { throw PageProblem.notFound }
        let texts = visit.texts
        let sentence = RecordSentence(record, life: life, in: texts, zone: self.frame.settings.zone)
        let content = Content(
            sentence: RowText.cut(sentence.text, to: 2 * Self.longest),
            tone: RecordRow.tone(record),
            facts: self.facts(record, texts),
            upstream: record.upstream.prefix(Self.mostLines).map { RowText.cut($0, to: Self.longestLine) },
            isNothingSent: record.upstream.isEmpty,
            isCut: record.upstream.count > Self.mostLines || record.json.count > Self.longest,
            json: "\(PageAddress.record(record.sequence))/json",
            number: record.sequence,
            session: record.session.isEmpty ? nil : PageAddress.session(record.session),
            message: record.key.map(PageAddress.message),
            device: record.deviceID.map { "/devices/\($0.value)" },
            proof: "\(PageAddress.record(record.sequence))/proof"
        )
        return self.frame.page("record", content, title: "page.record.one", for: visit)
    }

    /// Every field that says something, under the same names as everywhere.
    private func facts(_ record: StoredRecord, _ texts: Texts) -> [[String: String]] {
        let message = record.message
        let fields: [(key: String, value: String)] = [
            ("number", String(record.sequence)),
            ("time", "\(self.frame.times.text(record.time)) (\(self.frame.settings.zone.identifier))"),
            ("device", record.device),
            (
                "known-by",
                [record.identifiedBy, record.identifierLabel].filter { !$0.isEmpty }.joined(separator: " · ")
            ),
            ("account", record.account),
            ("address", record.port.map { "\(record.address) : \($0)" } ?? record.address),
            ("mac", record.neighbour), ("dialled", record.serverName),
            ("operator", record.operatorName),
            ("reviewer", [record.reviewer, record.reviewerRole].filter { !$0.isEmpty }.joined(separator: " · ")),
            ("action", RecordWords.action(of: record, in: texts)), ("asked", record.asked),
            ("answered", record.answered), ("done", RecordWords.done(of: record, in: texts)),
            ("outcome", RecordWords.outcome(record.outcome, in: texts)),
            ("subject", message?.subject ?? ""), ("from", message?.from ?? ""),
            ("message-id", message?.messageID ?? ""), ("date", message?.date ?? ""),
            ("uid", record.uid.map { String($0) } ?? ""), ("uidl", record.uniqueID),
            ("size", record.size.map { String($0) } ?? ""), ("rows", record.rows.description),
            ("octets", record.octets.map { String($0) } ?? ""),
            ("milliseconds", record.milliseconds.map { String($0) } ?? ""),
            (
                "counts",
                record.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            ),
            ("session", record.session), ("listener", record.listener),
            ("tls", [record.tlsVersion, record.tlsCipher].filter { !$0.isEmpty }.joined(separator: " · ")),
            ("commitment", record.commitment), ("node", record.node),
        ]
        return fields.filter { !$0.value.isEmpty }.map {
            ["name": texts("column.\($0.key)"), "value": RowText.cut($0.value, to: Self.longest)]
        }
    }

    /// The record as it was hashed.
    private func json(_ visit: Visit) async throws -> Response {
        let number = try visit.number("number")
        guard let record = try await visit.timing.store({ try await self.frame.store.record(number) }) else {
            throw PageProblem.notFound
        }
        return .download(record.json, named: "leavecopy-record-\(number).json", .json)
    }

    /// That the record is in the log, for whoever has a checkpoint.
    private func proof(_ visit: Visit) async throws -> Response {
        let number = try visit.number("number")
        let proof = try await visit.timing.store { try await self.frame.store.prove(number) }
        let text = proof.json(recordFile: "leavecopy-record-\(number).json").text
        return .download(Array(text.utf8), named: "leavecopy-proof-\(number).json", .json)
    }
}
