import Foundation
import LibCrypto

/// The files of a state folder, as backup and restore see them.
enum StateFiles {
    /// What belongs to the running of a server and not to its state, or is copied in another way.
    private static let left: Set<String> = [
        "lock", Reserve.fileName, BackupManifest.fileName, SQLiteStore.databaseName,
        "\(SQLiteStore.databaseName)-wal", "\(SQLiteStore.databaseName)-shm", "\(SQLiteStore.databaseName)-journal",
    ]

    /// Names of all files beside the database: keys and certificates. Folders, links and half-written files are none.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { name in
            guard !self.left.contains(name), !name.hasSuffix(".new"), self.isName(name) else { return false }
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return attributes[.type] as? FileAttributeType == .typeRegular
        }
    }

    /// A name that cannot lead out of its folder.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    /// Copies a file for its owner alone, and has it on the disk.
    static func copy(_ name: String, from: String, to: String) throws {
        let target = "\(to)/\(name)"
        try FileManager.default.copyItem(atPath: "\(from)/\(name)", toPath: target)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        try self.sync(target)
    }

    /// A file, or a folder: then the names in it.
    static func sync(_ path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileReadNoPermission) }
        try file.synchronize()
        try file.close()
    }

    private static let piece = 1 << 20

    static func described(_ name: String, in folder: String) throws -> BackupManifest.File {
        guard let file = FileHandle(forReadingAtPath: "\(folder)/\(name)") else {
            throw StoreError.badBackup(reason: "\(name) cannot be read")
        }
        let hasher = SHA256()
        var octets: UInt64 = 0
        while let data = try file.read(upToCount: self.piece), !data.isEmpty {
            octets += UInt64(data.count)
            hasher.update([UInt8](data))
        }
        try file.close()
        return BackupManifest.File(name: name, octets: octets, sha256: hasher.finalize().hexadecimal)
    }
}
