import Foundation
import GRDB
import Gateway
import LibCrypto

/// Records that were dropped; the hashes from which all later roots follow are kept.
package struct DroppedRecords: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable {
        case age, size
    }

    package let first: Int64
    package let last: Int64
    package let cause: Cause

    package init(first: Int64, last: Int64, cause: Cause) {
        self.first = first
        self.last = last
        self.cause = cause
    }
}

/// Why nothing is dropped although it is due.
package enum RetentionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// At this record or before it the record is not what its checkpoint says: what is evidence of that must stay.
    case damaged(at: Int64)
    case store(StoreError)

    package var description: String {
        switch self {
        case .damaged(let sequence): "the record is damaged at \(sequence) or before: run audit verify"
        case .store(let error): error.description
        }
    }
}

extension SQLiteStore {
    /// Drops what is older or more than `retention` allows, in small transactions; `dropped` hears of each. Only what a
    /// checkpoint seals goes, whole, and each stretch leaves a record behind. What it frees is overwritten and used again by
    /// later records: the file does not shrink, since giving pages back would move others about each day for the sake of room
    /// that is needed again the next. False where the database is larger than allowed even so.
    package func retain(
        _ retention: Retention,
        dropped: @Sendable (DroppedRecords) -> Void = { _ in }
    ) async throws(RetentionFailure) -> Bool {
        let before = self.timeLimit(retention)
        do {
            // What this pass itself writes is not for this pass.
            let limit = try await self.pool.read { database in
                try Int64.fetchOne(database, sql: "SELECT max(size) FROM checkpoint") ?? 0
            }
            while let (stretch, cause) = try await self.due(retention, before, limit: limit) {
                try await self.drop(stretch, cause, retention)
                dropped(DroppedRecords(first: stretch.first, last: stretch.last, cause: cause))
                await Task.yield()
            }
            guard let octets = retention.octets else { return true }
            return try await self.pool.read { try Self.usedOctets($0) <= Int64(clamping: octets) }
        } catch let damage as SealedStretch.Damage {
            throw .damaged(at: damage.sequence)
        } catch {
            throw .store(StoreError(error))
        }
    }

    /// As records write it; nil: for ever.
    private func timeLimit(_ retention: Retention) -> String? {
        guard let days = retention.days else { return nil }
        let (span, overflows) = Int64(clamping: days).multipliedReportingOverflow(by: 86_400_000_000)
        let (limit, isFarOff) = self.journal.now().subtractingReportingOverflow(span)
        return overflows || isFarOff ? nil : Timestamp.text(limit)
    }

    private func due(
        _ retention: Retention,
        _ before: String?,
        limit: Int64
    ) async throws -> (SealedStretch, DroppedRecords.Cause)? {
        let key = self.journal.key.verifying
        return try await self.pool.read { database in
            if let before,
                let stretch = try SegmentBuilder(limit: limit, before: before, key: key).build(database)
            {
                return (stretch, .age)
            }
            guard let octets = retention.octets, try Self.usedOctets(database) > Int64(clamping: octets),
                let stretch = try SegmentBuilder(limit: limit, before: nil, key: key).build(database)
            else { return nil }
            return (stretch, .size)
        }
    }

    /// What the database holds; pages that are free for later are not counted.
    static func usedOctets(_ database: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        let pages = try pragma("page_count") - pragma("freelist_count")
        return pages.multipliedReportingOverflow(by: try pragma("page_size")).partialValue
    }

    private func drop(
        _ stretch: SealedStretch,
        _ cause: DroppedRecords.Cause,
        _ retention: Retention
    ) async throws(StoreError) {
        try await self.change { database, page in
            try database.cachedStatement(sql: "INSERT INTO segment (number, first, last, edge) VALUES (?, ?, ?, ?)")
                .execute(arguments: [
                    stretch.number, stretch.first, stretch.last, Data(stretch.edge.flatMap(\.array)),
                ])
            try page.append(Self.record(of: stretch, cause, retention, at: page.time))
            // The checkpoint that seals the stretch stays.
            for sql in ["DELETE FROM record WHERE sequence <= ?", "DELETE FROM checkpoint WHERE size < ?"] {
                try database.cachedStatement(sql: sql).execute(arguments: [stretch.last])
            }
            for message in stretch.messages where try !Self.isOnRecord(message, database) {
                try DetailRows.remove(message.mailbox, message.number, database)
            }
        }
    }

    private static func isOnRecord(_ message: MessageKey, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM record WHERE messageKey = ? AND message IS NOT NULL)"
        )
        return try Bool.fetchOne(statement, arguments: [message.stored]) == true
    }

    private static func record(
        of stretch: SealedStretch,
        _ cause: DroppedRecords.Cause,
        _ retention: Retention,
        at time: Int64
    ) -> AuditRecord {
        let root = stretch.root.array.hexadecimal
        let setting =
            switch cause {
            case .age: "record.keep: days \(retention.days ?? 0)"
            case .size: "record.keep-size: \(retention.octets ?? 0)"
            }
        let attempt = Attempt(
            action: .recordsDropped,
            outcome: .success,
            asked: setting,
            answered: "",
            done: "dropped records \(stretch.first) to \(stretch.last), from \(stretch.begins) to \(stretch.ends); "
                + "the root over all up to \(stretch.last) is \(root)",
            reason: cause.rawValue,
            counts: [
                "first": Int(clamping: stretch.first), "last": Int(clamping: stretch.last),
                "records": Int(clamping: stretch.last - stretch.first + 1),
            ]
        )
        return AuditRecord(time: time, origin: .server, attempt: attempt)
    }
}
