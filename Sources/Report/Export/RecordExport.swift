package import Foundation
package import Gateway
import LibCrypto
package import Store

/// All records that a filter finds, written out without a cap: pinned to the length the record had when it began, in
/// bounded memory. Who takes a copy is on record before its first octet leaves.
package struct RecordExport: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case csv
        case jsonLines = "jsonl"
    }

    /// What was written.
    package struct Result: Hashable, Sendable {
        package let rows: Int
        package let octets: Int
        /// Of all that was written: hexadecimal.
        package let digest: String
        /// How long the record was.
        package let size: Int64
    }

    package let filter: RecordFilter
    package let format: Format
    private let texts: Texts
    private let zone: TimeZone

    package init(_ filter: RecordFilter, _ format: Format, in texts: Texts, zone: TimeZone = .current) {
        self.filter = filter
        self.format = format
        self.texts = texts
        self.zone = zone
    }

    /// Takes the copy. `size` pins it to what a page has shown. `origin` is who asked, `now` microseconds since 1970; what
    /// `sink` throws ends it, and stands on record, too.
    package func write(
        from store: SQLiteStore,
        size: Int64? = nil,
        by origin: AuditRecord.Origin,
        now: @Sendable () -> Int64,
        to sink: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Result {
        let newest = try await store.recordSize()
        let size = min(size ?? newest, newest)
        try await store.put(self.record(.unknown, "begun, of records up to \(size)", origin, now()), .synced)
        do {
            let result = try await self.run(store, size, sink)
            let done = "exported \(result.rows) records of \(result.size), SHA-256 \(result.digest)"
            try await store.put(self.record(.success, done, origin, now(), octets: result.octets), .synced)
            return result
        } catch {
            try? await store.put(self.record(.failure, "broken off", origin, now()), .synced)
            throw error
        }
    }

    private func run(
        _ store: SQLiteStore,
        _ size: Int64,
        _ sink: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Result {
        let writing = Writing(self.format, RecordCSV(in: self.texts, zone: self.zone))
        try await sink(await writing.begin())
        try await store.forEach(self.filter, size: size) { records in try await sink(await writing.take(records)) }
        return await writing.result(size)
    }

    private func record(
        _ outcome: Attempt.Outcome,
        _ done: String,
        _ origin: AuditRecord.Origin,
        _ time: Int64,
        octets: Int? = nil
    ) -> AuditRecord {
        let attempt = Attempt(
            action: .recordExport,
            outcome: outcome,
            asked: (["audit export", "--format \(self.format.rawValue)"] + self.filter.words).joined(separator: " "),
            answered: "",
            done: done,
            octets: octets.map { UInt64(clamping: $0) }
        )
        return AuditRecord(time: time, origin: origin, attempt: attempt)
    }

    /// What proves later which copy it was: signed with the key of the checkpoints, with the newest of these in it.
    package func manifest(of result: Result, file: String, from store: SQLiteStore) async throws -> String {
        let checkpoint = try await store.checkpoint()
        let note = JSONValue.string(checkpoint).octets
        return try store.sign(manifest: [
            "file \(file)", "format \(self.format.rawValue)", "rows \(result.rows)", "octets \(result.octets)",
            "sha256 \(result.digest)", "size \(result.size)", "filter \(self.filter.words.joined(separator: " "))",
            "checkpoint \(String(decoding: note, as: UTF8.self))",
        ])
    }
}

/// What of an export has been written so far.
private actor Writing {
    private let format: RecordExport.Format
    private var csv: RecordCSV
    private let hasher = SHA256()
    private var rows = 0
    private var octets = 0

    init(_ format: RecordExport.Format, _ csv: RecordCSV) {
        self.format = format
        self.csv = csv
    }

    func begin() -> [UInt8] {
        switch self.format {
        case .csv: self.count(Array(self.csv.heading.utf8))
        case .jsonLines: []
        }
    }

    func take(_ records: [StoredRecord]) -> [UInt8] {
        self.rows += records.count
        var piece: [UInt8] = []
        piece.reserveCapacity(records.count * 512)
        for record in records {
            switch self.format {
            case .csv: piece += self.csv.line(record).utf8
            case .jsonLines:
                piece += RecordJSON.line(record)
                piece.append(UInt8(ascii: "\n"))
            }
        }
        return self.count(piece)
    }

    private func count(_ piece: [UInt8]) -> [UInt8] {
        self.hasher.update(piece)
        self.octets += piece.count
        return piece
    }

    func result(_ size: Int64) -> RecordExport.Result {
        let digest = self.hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return RecordExport.Result(rows: self.rows, octets: self.octets, digest: digest, size: size)
    }
}
