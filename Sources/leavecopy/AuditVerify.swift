import ArgumentParser
import Foundation
import Report
import Server
import Store

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hash the whole record again, and say what was changed, removed or added.",
        discussion: """
            What somebody did who can write the whole database, and has the key, shows only against something that was kept \
            elsewhere: a checkpoint (each report, export and hourly push carries one) or the public key.
            """
    )

    /// A file in which a checkpoint is looked for.
    private static let largest = 16 << 20

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Flag(name: .long, help: "Check the signature of every checkpoint, not of the newest alone.")
    var signatures = false
    @Option(name: .long, help: "A file with checkpoints kept elsewhere: a note, a mail, a report. May be repeated.")
    var against: [String] = []
    @Option(name: .long, help: "The public key as it was kept elsewhere: a copy of checkpoint.pub, or PEM.")
    var key: String?
    @Option(
        name: .long,
        help: "Write the proof that the newest of these checkpoints is a beginning of the record (JSON)."
    )
    var proof: String?

    func run() async throws {
        let language = self.common.spoken
        let kept = try self.against.flatMap { try self.checkpoints(in: $0) }
        let keptKey = try self.key.map(self.publicKey)
        guard self.proof == nil || !kept.isEmpty else { throw ValidationError("--proof wants --against") }
        let store = try self.common.openStore()
        let progress = Progress(language)
        let verification = try await Failure.telling(language) {
            try await store.verify(
                everySignature: self.signatures,
                against: kept,
                keptKey: keptKey,
                tell: progress.tell
            )
        }
        progress.clear()
        let consistency = try await self.consistency(store, kept, verification)
        if let proof = self.proof {
            guard let consistency else {
                throw self.fail(VerificationWording.noConsistency)
            }
            try self.write(Data(JSONText.of(consistency).utf8), to: proof)
        }
        if self.form.json {
            Output.give(try JSONText.of(VerificationReport(verification, consistency)))
        } else {
            for line in VerificationWording.lines(verification, language) { Output.say(line) }
        }
        guard verification.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private func checkpoints(in path: String) throws -> [KeptCheckpoint] {
        let kept = KeptCheckpoint.find(in: [UInt8](try self.contents(path)), source: path)
        guard !kept.isEmpty else { throw self.fail(VerificationWording.noCheckpoint(path)) }
        return kept
    }

    private func publicKey(in path: String) throws -> KeptKey {
        guard let key = KeptKey.read(String(decoding: try self.contents(path), as: UTF8.self)) else {
            throw self.fail(VerificationWording.noKey(path))
        }
        return key
    }

    private func contents(_ path: String) throws -> Data {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
        guard (size?.intValue ?? 0) <= Self.largest, let data = FileManager.default.contents(atPath: path) else {
            throw self.fail(VerificationWording.unreadable(path))
        }
        return data
    }

    /// For the newest checkpoint that agrees, where a program asks for it.
    private func consistency(
        _ store: SQLiteStore,
        _ kept: [KeptCheckpoint],
        _ verification: Verification
    ) async throws -> ConsistencyReport? {
        guard self.proof != nil || self.form.json else { return nil }
        let agreeing = Set(verification.comparisons.filter { $0.verdict == .agrees && $0.size > 0 }.map(\.size))
        guard let newest = kept.last(where: { agreeing.contains($0.size) }) else { return nil }
        let proof = try await Failure.telling(self.common.spoken) { try await store.consistency(with: newest) }
        return proof.map(ConsistencyReport.init)
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw self.fail(VerificationWording.unwritable(path))
        }
    }

    private func fail(_ phrase: Phrase) -> ExitCode {
        Output.complain("leavecopy: \(phrase[self.common.spoken])")
        return ExitCode(ExitStatus.failure.rawValue)
    }
}

/// What `--json` prints.
struct VerificationReport: Encodable {
    struct Finding: Encodable {
        struct Record: Encodable {
            let sequence: Int64
            let time: String
            let device: String
            let action: String
        }

        let kind: String
        /// Of records or checkpoints, as the kind says.
        let first: Int64?
        let last: Int64?
        let file: String?
        let records: [Record]
        let text: String
    }

    struct Against: Encodable {
        let file: String
        let size: Int64
        let verdict: String
    }

    let clean: Bool
    let records: Int64
    let checkpoints: Int
    let dropped: Int64
    let key: String
    let checkpoint: String
    let findings: [Finding]
    let moreFindings: Bool
    let against: [Against]
    let consistency: ConsistencyReport?

    init(_ verification: Verification, _ consistency: ConsistencyReport?) {
        self.clean = verification.isClean
        self.records = verification.records
        self.checkpoints = verification.checkpoints
        self.dropped = verification.dropped
        self.key = verification.fingerprint
        self.checkpoint = verification.newestCheckpoint
        self.findings = verification.findings.map { finding in
            let records = finding.records.map {
                Finding.Record(sequence: $0.sequence, time: $0.time, device: $0.device, action: $0.action)
            }
            return Finding(
                kind: finding.kind.name,
                first: finding.kind.range?.lowerBound,
                last: finding.kind.range?.upperBound,
                file: finding.kind.source,
                records: records,
                text: VerificationWording.finding(finding.kind)[.english]
            )
        }
        self.moreFindings = verification.hasMore
        self.against = verification.comparisons.map {
            Against(file: $0.source, size: $0.size, verdict: $0.verdict.rawValue)
        }
        self.consistency = consistency
    }
}

/// A consistency proof (RFC 9162 §2.1.4), as it is written to a file.
struct ConsistencyReport: Encodable {
    let old: String
    let new: String
    let oldSize: UInt64
    let newSize: UInt64
    let path: [String]

    init(_ proof: ConsistencyProof) {
        self.old = proof.oldNote
        self.new = proof.newNote
        self.oldSize = proof.oldSize
        self.newSize = proof.newSize
        self.path = proof.path
    }
}
