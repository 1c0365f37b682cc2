import Foundation
import GRDB
import Gateway
import LibCrypto
import TestSupport
import Testing

@testable import Store

/// One way to change a record behind its triggers, and what a verification must call it.
enum Manipulation: CaseIterable {
    case changedByte, changedHash
    case deletedRow, deletedRowAndNumbersClosed
    case deletedTail, deletedTailAndTree
    case appendedRow, insertedCopy, insertedForgery
    case swappedRows
    case remadeWithoutKey, remadeAndCheckpointsDeleted, remadeWithOtherKey
    case remadeWithKey
    case restoredSnapshot, restoredAndGoneOn
    case replacedKey, replacedKeyAndSignedAll

    /// What it must be called: the first, and nothing but these.
    struct Expectation {
        let names: Set<String>
        /// A finding of the first name holds this record.
        var record: Int64?
        /// Kept elsewhere before it was done.
        var kept: [KeptCheckpoint] = []
        var key: KeptKey?

        init(_ names: Set<String>, record: Int64? = nil, kept: [KeptCheckpoint] = [], key: KeptKey? = nil) {
            self.names = names
            self.record = record
            self.kept = kept
            self.key = key
        }
    }

    /// Does it to a copy of `log`: gives the copy's folder. Nil where this log has not what it takes.
    func carryOut(
        on log: SampleLog,
        _ generator: inout SeededGenerator
    ) async throws -> (folder: String, expected: Expectation)? {
        switch self {
        case .restoredSnapshot, .restoredAndGoneOn: return try await self.restore(log, &generator)
        default: break
        }
        let folder = try StoreWorld.copy(log.world.folder, of: nil)
        let insider = try Insider(folder: folder)
        defer { try? insider.close() }
        let first = log.dropped + 1
        let place = Int64.random(in: first...log.records, using: &generator)
        guard let expected = try self.change(insider, log, place, &generator) else {
            try FileManager.default.removeItem(atPath: folder)
            return nil
        }
        return (folder, expected)
    }

    private func change(
        _ insider: Insider,
        _ log: SampleLog,
        _ place: Int64,
        _ generator: inout SeededGenerator
    ) throws -> Expectation? {
        let last = log.records
        switch self {
        case .changedByte:
            var body = try insider.body(place)
            let index = Int.random(in: 0..<body.count, using: &generator)
            body[index] ^= UInt8(1) << UInt8.random(in: 0...6, using: &generator)
            try insider.run("UPDATE record SET body = ? WHERE sequence = ?", [Data(body), place])
            return Expectation(["changed"], record: place)
        case .changedHash:
            let leaf = Data(generator.octets(count: 32))
            try insider.run("UPDATE record SET leaf = ? WHERE sequence = ?", [leaf, place])
            return Expectation(["hash-changed"], record: place)
        case .deletedRow:
            try insider.run("DELETE FROM record WHERE sequence = ?", [place])
            return Expectation([place == last ? "cut-off" : "deleted"], record: place)
        case .deletedRowAndNumbersClosed:
            try insider.run("DELETE FROM record WHERE sequence = ?", [place])
            try insider.move(from: place + 1, by: -1)
            return Expectation([place == last ? "cut-off" : "deleted"], record: place)
        case .deletedTail:
            try insider.run("DELETE FROM record WHERE sequence >= ?", [place])
            return place == log.dropped + 1 && log.dropped > 0 ? nil : Expectation(["cut-off"], record: place)
        case .deletedTailAndTree:
            guard place > log.dropped + 1 else { return nil }
            try insider.run("DELETE FROM record WHERE sequence >= ?", [place])
            try insider.remake(from: last + 1, signing: Insider.Signing())
            return Expectation(["cut-off"], record: place)
        case .appendedRow:
            try insider.run(
                "INSERT INTO record (sequence, body, leaf) SELECT ?, body, leaf FROM record WHERE sequence = ?",
                [last + 1, place]
            )
            return Expectation(["inserted"], record: last + 1)
        case .insertedCopy, .insertedForgery: return try self.insert(insider, log, place, &generator)
        case .swappedRows: return try self.swap(insider, log, place, &generator)
        case .remadeWithoutKey, .remadeAndCheckpointsDeleted, .remadeWithOtherKey, .remadeWithKey:
            return try self.remake(insider, log, place, &generator)
        case .replacedKey:
            try insider.replaceKey(by: .generate())
            return Expectation(["key-replaced"])
        case .replacedKeyAndSignedAll:
            let key = try SigningKey.generate()
            try insider.replaceKey(by: key)
            try insider.remake(from: log.dropped, signing: Insider.Signing(key: key))
            let kept = Bool.random(using: &generator) ? Array(log.notes.shuffled(using: &generator).prefix(1)) : []
            let old = KeptKey(key: log.world.store.journal.key.verifying)
            return Expectation(["key-replaced"], kept: kept, key: kept.isEmpty ? old : nil)
        case .restoredSnapshot, .restoredAndGoneOn: return nil
        }
    }

    private func insert(
        _ insider: Insider,
        _ log: SampleLog,
        _ place: Int64,
        _ generator: inout SeededGenerator
    ) throws -> Expectation? {
        var body = try insider.body(Int64.random(in: log.dropped + 1...log.records, using: &generator))
        if self == .insertedForgery {
            // It says the number of its place.
            let text = String(decoding: try insider.body(place), as: UTF8.self)
            body = Array(text.replacing(#""asked":"DELE "#, with: #""asked":"RETR "#).utf8)
        } else if try body == insider.body(place) {
            return nil
        }
        try insider.move(from: place, by: 1)
        try insider.run(
            "INSERT INTO record (sequence, body, leaf) VALUES (?, ?, ?)",
            [place, Data(body), Insider.leaf(body)]
        )
        return Expectation(["inserted"], record: place)
    }

    private func swap(
        _ insider: Insider,
        _ log: SampleLog,
        _ place: Int64,
        _ generator: inout SeededGenerator
    ) throws -> Expectation? {
        let other = Int64.random(in: log.dropped + 1...log.records, using: &generator)
        guard other != place else { return nil }
        try insider.run("UPDATE record SET sequence = -1 WHERE sequence = ?", [place])
        try insider.run("UPDATE record SET sequence = ? WHERE sequence = ?", [place, other])
        try insider.run("UPDATE record SET sequence = ? WHERE sequence = -1", [other])
        return Expectation(["swapped"], record: place)
    }

    /// Writes a record anew, and all that is hashed over it.
    private func remake(
        _ insider: Insider,
        _ log: SampleLog,
        _ place: Int64,
        _ generator: inout SeededGenerator
    ) throws -> Expectation? {
        let text = String(decoding: try insider.body(place), as: UTF8.self)
        let changed = Array(text.replacing(#""done":""#, with: #""done":"not "#).utf8)
        try insider.replace(place, changed)
        guard let kept = log.notes.filter({ $0.size >= place }).randomElement(using: &generator) else { return nil }
        switch self {
        case .remadeWithoutKey:
            try insider.remake(from: place, signing: Insider.Signing())
            return Expectation(["rewritten"], record: place, kept: Bool.random(using: &generator) ? [kept] : [])
        case .remadeAndCheckpointsDeleted:
            try insider.remake(from: place, signing: Insider.Signing(takesAway: true))
            return Expectation(["rewritten", "unsealed", "checkpoints-deleted"], record: place, kept: [kept])
        case .remadeWithOtherKey:
            try insider.remake(from: place, signing: Insider.Signing(key: try .generate()))
            return Expectation(["rewritten", "key-replaced"], record: place, kept: [kept])
        default:
            try insider.remake(from: place, signing: Insider.Signing(key: try insider.key))
            return Expectation(["rewritten-with-key"], record: place, kept: [kept])
        }
    }

    private func restore(
        _ log: SampleLog,
        _ generator: inout SeededGenerator
    ) async throws -> (folder: String, expected: Expectation)? {
        guard let snapshot = log.snapshots.randomElement(using: &generator),
            let kept = log.notes.filter({ $0.size > snapshot.records }).randomElement(using: &generator)
        else { return nil }
        let folder = try StoreWorld.copy(snapshot.folder, of: nil)
        guard self == .restoredAndGoneOn else {
            return (folder, Expectation(["rolled-back"], record: kept.size, kept: [kept]))
        }
        let store = try StoreWorld.open(folder)
        let missing = Int(kept.size - snapshot.records) + Int.random(in: 0...5, using: &generator)
        let records = try (0..<missing).map { try AuditRecord.dele($0, session: "later") }
        try await StoreWorld.write(RecordEntry(records: records), .synced, to: store)
        return (folder, Expectation(["rewritten-with-key"], record: kept.size, kept: [kept]))
    }
}
