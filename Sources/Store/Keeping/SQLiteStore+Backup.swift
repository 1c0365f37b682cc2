import Foundation
import GRDB
import Gateway
import LibCrypto

extension SQLiteStore {
    /// Copies the whole state to `folder`, which must be new or empty, while the server goes on serving: the database as it
    /// is at one moment, keys and certificates. What was copied is checked, and described in a manifest. On record before
    /// and after: the backup holds the first of the two.
    package func backUp(to folder: String, by user: String) async throws(StoreError) -> BackupManifest {
        try Self.makeBackupFolder(folder)
        do {
            try await self.recordBackup(.unknown, done: "begun", by: user)
            let manifest = try self.copyState(to: folder)
            let what = "copied \(manifest.tables.count) tables with \(manifest.records) records and "
            let done = what + "\(manifest.files.count) files to \(folder)"
            try await self.recordBackup(.success, done: done, by: user)
            return manifest
        } catch {
            Self.empty(folder)
            try? await self.recordBackup(.failure, done: "nothing", by: user)
            throw StoreError(error)
        }
    }

    private static func makeBackupFolder(_ folder: String) throws(StoreError) {
        let files = FileManager.default
        do {
            if files.fileExists(atPath: folder) {
                guard try files.contentsOfDirectory(atPath: folder).isEmpty else {
                    throw StoreError.unusable(path: folder, reason: "a backup wants a new or an empty folder")
                }
                try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
            } else {
                try files.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unusable(path: folder, reason: "it cannot be made or read")
        }
    }

    /// Takes back what was written of a backup that failed.
    private static func empty(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    private func recordBackup(_ outcome: Attempt.Outcome, done: String, by user: String) async throws(StoreError) {
        let attempt = Attempt(
            action: .stateBackup,
            outcome: outcome,
            asked: "state backup",
            answered: "",
            done: done
        )
        try await self.change { _, page in
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
        }
    }

    private func copyState(to folder: String) throws -> BackupManifest {
        let mask = umask(0o077)
        defer { umask(mask) }
        let source = self.folder
        let path = "\(folder)/\(Self.databaseName)"
        let copy = try DatabaseQueue(path: path)
        // One step: a reader's snapshot, which nobody waits for.
        try self.pool.backup(to: copy)
        let (tables, records, checkpoint) = try copy.writeWithoutTransaction { database in
            // A single file, with no log beside it.
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
            try Self.checkIntegrity(database)
            return (
                try Self.digests(database),
                try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM record") ?? 0,
                try String.fetchOne(database, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") ?? ""
            )
        }
        try copy.close()
        try StateFiles.sync(path)
        let names = try StateFiles.names(in: source)
        for name in names { try StateFiles.copy(name, from: source, to: folder) }
        let manifest = BackupManifest(
            format: BackupManifest.format,
            made: Timestamp.text(self.journal.now()),
            node: self.journal.node,
            records: records,
            checkpoint: checkpoint,
            files: try ([Self.databaseName] + names).map { try StateFiles.described($0, in: folder) },
            tables: tables
        )
        try StateFile.keep(try manifest.encoded(), at: "\(folder)/\(BackupManifest.fileName)")
        try StateFiles.sync(folder)
        return manifest
    }

    static func checkIntegrity(_ database: Database) throws {
        let said = try String.fetchAll(database, sql: "PRAGMA integrity_check(3)")
        guard said == ["ok"] else {
            throw StoreError.badBackup(reason: "the database is damaged: \(said.joined(separator: "; "))")
        }
    }

    static func digests(_ database: Database) throws -> [BackupManifest.Table] {
        try TableDigest.tables(database).map { table in
            let digest = try TableDigest(of: table, database)
            return BackupManifest.Table(name: table, rows: digest.rows, sha256: digest.digest.hexadecimal)
        }
    }

    /// The state folder.
    var folder: String { URL(filePath: self.pool.path).deletingLastPathComponent().path }
}
