import Foundation
import GRDB
import Gateway

/// Puts a backup in the place of a state. All of it is copied, checked and compared beside the old state first; only a
/// copy that proved itself takes its place.
package struct StateRestoration: Sendable {
    /// What a restoration came to.
    package struct Outcome: Sendable {
        package let manifest: BackupManifest
        /// Tables of the restored state whose content was compared with what the backup's manifest says, all equal.
        package let compared: [BackupManifest.Table]
        package let verification: Verification
        /// Where the state went that was there before.
        package let keptAside: String?
    }

    /// A folder that `state backup` made.
    let backup: String
    /// Must exist; whoever calls holds its lock, so that no server runs on it.
    let state: String
    let node: String
    let user: String
    let now: @Sendable () -> Int64

    package init(
        from backup: String,
        into state: String,
        node: String,
        by user: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.backup = backup
        self.state = state
        self.node = node
        self.user = user
        self.now = now
    }

    private var stage: String { "\(self.state)/restoring" }

    /// With `replaces` a state that is there is kept aside; without, it is an error.
    package func run(replaces: Bool) async throws(StoreError) -> Outcome {
        let files = FileManager.default
        let isThere =
            files.fileExists(atPath: "\(self.state)/\(SQLiteStore.databaseName)")
            || (try? StateFiles.names(in: self.state).isEmpty) != true
        guard replaces || !isThere else { throw .stateExists(folder: self.state) }
        let manifest = try BackupManifest.read(self.backup)
        do {
            let mask = umask(0o077)
            defer { umask(mask) }
            try self.copyToStage(manifest)
            let compared = try self.compare(with: manifest)
            let verification = try await self.putOnRecord(manifest)
            let keptAside = isThere ? try await self.keepAside() : nil
            try self.takePlace(manifest)
            return Outcome(
                manifest: manifest,
                compared: compared,
                verification: verification,
                keptAside: keptAside
            )
        } catch {
            try? FileManager.default.removeItem(atPath: self.stage)
            throw StoreError(error)
        }
    }

    private func copyToStage(_ manifest: BackupManifest) throws {
        // From a restoration that was cut off.
        try? FileManager.default.removeItem(atPath: self.stage)
        try FileManager.default.createDirectory(
            atPath: self.stage,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        for file in manifest.files {
            try StateFiles.copy(file.name, from: self.backup, to: self.stage)
            guard try StateFiles.described(file.name, in: self.stage) == file else {
                throw StoreError.badBackup(reason: "\(file.name) is not what the manifest says: it was changed or cut")
            }
        }
    }

    private func compare(with manifest: BackupManifest) throws -> [BackupManifest.Table] {
        let queue = try DatabaseQueue(path: "\(self.stage)/\(SQLiteStore.databaseName)")
        defer { try? queue.close() }
        return try queue.read { database in
            try SQLiteStore.checkIntegrity(database)
            let digests = try SQLiteStore.digests(database)
            guard digests == manifest.tables else {
                let different = Set(digests).symmetricDifference(manifest.tables).map(\.name).sorted()
                throw StoreError.badBackup(
                    reason: "these tables are not what the manifest says: \(different.joined(separator: ", "))"
                )
            }
            return digests
        }
    }

    /// Opens the copy as a command would, which also brings the schema of an older version up to date, goes through its
    /// record, and adds that it was restored.
    private func putOnRecord(_ manifest: BackupManifest) async throws -> Verification {
        let store = try SQLiteStore.open(folder: self.stage, role: .command, node: self.node, now: self.now)
        let verification = try await store.verify()
        let state = verification.isClean ? "its record is whole" : "its record is damaged"
        let attempt = Attempt(
            action: .stateRestore,
            outcome: .success,
            asked: "state restore",
            answered: "",
            done: "went back to the state of \(manifest.made) with \(manifest.records) records; \(state)"
        )
        let user = self.user
        try await store.change { _, page in
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
        }
        try store.close()
        return verification
    }

    /// Gives the old files second names in a folder of their own, so that there is a state at every moment.
    private func keepAside() async throws -> String {
        // Brings the log into the file; one that is damaged is kept with its log as it is.
        if let store = try? SQLiteStore.open(folder: self.state, role: .command, node: self.node, now: self.now) {
            _ = await store.emptyWriteAheadLog()
            try? store.close()
        }
        let time = Timestamp.text(self.now()).prefix(19).filter { $0 != ":" && $0 != "-" }
        let aside = "\(self.state)/replaced-\(time)"
        let files = FileManager.default
        try files.createDirectory(
            atPath: aside,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        let logs = ["-wal", "-shm"].map { SQLiteStore.databaseName + $0 }
        let names = try StateFiles.names(in: self.state) + [SQLiteStore.databaseName] + logs
        for name in names where files.fileExists(atPath: "\(self.state)/\(name)") {
            try files.linkItem(atPath: "\(self.state)/\(name)", toPath: "\(aside)/\(name)")
        }
        for name in logs where files.fileExists(atPath: "\(self.state)/\(name)") {
            try files.removeItem(atPath: "\(self.state)/\(name)")
        }
        try StateFiles.sync(aside)
        return aside
    }

    /// The database last: with it the restored state is in force.
    private func takePlace(_ manifest: BackupManifest) throws {
        let others = try StateFiles.names(in: self.stage)
        let restored = Set(others)
        for name in try StateFiles.names(in: self.state) where !restored.contains(name) {
            try FileManager.default.removeItem(atPath: "\(self.state)/\(name)")
        }
        for name in others + [SQLiteStore.databaseName] {
            guard rename("\(self.stage)/\(name)", "\(self.state)/\(name)") == 0 else {
                throw StoreError.unusable(path: "\(self.state)/\(name)", reason: String(cString: strerror(errno)))
            }
        }
        try StateFiles.sync(self.state)
        try FileManager.default.removeItem(atPath: self.stage)
    }
}

extension SQLiteStore {
    /// Lets go of the files; nothing may be asked of it afterwards.
    func close() throws {
        _ = try? self.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try self.pool.close()
    }
}
