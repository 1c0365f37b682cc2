import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

@testable import Store

/// A record of some hundred attempts as it lies on the disk, with what was kept elsewhere while it grew: checkpoints, and
/// copies of the whole folder.
final class SampleLog: Sendable {
    struct Snapshot: Sendable {
        let records: Int64
        let folder: String
    }

    let world: StoreWorld
    let records: Int64
    let dropped: Int64
    /// The record that vouches for those that were dropped; nil where none were.
    let voucher: Int64?
    /// From the oldest to the newest.
    let notes: [KeptCheckpoint]
    /// Older states.
    let snapshots: [Snapshot]

    private init(
        world: StoreWorld,
        records: Int64,
        dropped: Int64,
        voucher: Int64?,
        notes: [KeptCheckpoint],
        snapshots: [Snapshot]
    ) {
        self.world = world
        self.records = records
        self.dropped = dropped
        self.voucher = voucher
        self.notes = notes
        self.snapshots = snapshots
    }

    deinit {
        for snapshot in self.snapshots { try? FileManager.default.removeItem(atPath: snapshot.folder) }
    }

    /// Grows one by chance, half of it three days ago. Where records are to be dropped, those are.
    static func grown(seed: UInt64, count: Int, drops: Bool) async throws -> SampleLog {
        var generator = SeededGenerator(seed: seed)
        let world = try StoreWorld()
        var notes: [KeptCheckpoint] = []
        var snapshots: [Snapshot] = []
        let now: Int64 = 1_764_000_000_000_000
        var time = now - 3 * 86_400_000_000
        var written = 0
        while written < count {
            let wasOld = written <= count / 2
            let records = try (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                time += Int64.random(in: 0...400_000, using: &generator)
                written += 1
                return try AuditRecord.dele(written, session: "s\(written / 9)", time: time)
            }
            let isSynced = Int.random(in: 0..<8, using: &generator) == 0
            try await world.write(RecordEntry(records: records), isSynced ? .synced : .written)
            if written >= count || Int.random(in: 0..<5, using: &generator) == 0 {
                notes += KeptCheckpoint.find(in: Array(try await world.store.checkpoint().utf8), source: "note")
            }
            if wasOld, written > count / 2 {
                time = now
                if drops { _ = try await world.store.retain(Retention(days: 2)) }
            }
            if written > count / 3, snapshots.count < 2, Int.random(in: 0..<8, using: &generator) == 0 {
                let records = try await world.store.recordSize()
                snapshots.append(Snapshot(records: records, folder: try world.copy()))
            }
        }
        let (dropped, voucher) = try await world.store.pool.writeWithoutTransaction { database in
            _ = try database.checkpoint(.truncate)
            return (
                try Int64.fetchOne(database, sql: "SELECT max(last) FROM segment") ?? 0,
                try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM record WHERE action = 'records-dropped'")
            )
        }
        return SampleLog(
            world: world,
            records: try await world.store.recordSize(),
            dropped: dropped,
            voucher: voucher,
            notes: notes,
            snapshots: snapshots
        )
    }
}

extension StoreWorld {
    /// A copy of the folder as it is now, made as a snapshot of the disk would be.
    func copy() throws -> String { try Self.copy(self.folder, of: self.store.pool) }

    static func copy(_ folder: String, of pool: DatabasePool?) throws -> String {
        let copy = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: copy,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try pool?.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        for name in ["leavecopy.sqlite", "checkpoint.key", "checkpoint.pub"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
        }
        return copy
    }
}
