import Foundation

/// What a backup holds: each file and each table with its digest, and the record's newest checkpoint.
package struct BackupManifest: Codable, Hashable, Sendable {
    package struct File: Codable, Hashable, Sendable {
        package let name: String
        package let octets: UInt64
        package let sha256: String
    }

    package struct Table: Codable, Hashable, Sendable {
        package let name: String
        package let rows: Int
        package let sha256: String
    }

    static let fileName = "manifest.json"
    static let format = 1

    package let format: Int
    /// UTC.
    package let made: String
    package let node: String
    /// The number of the newest record.
    package let records: Int64
    /// A signed note; empty where no record was there.
    package let checkpoint: String
    package let files: [File]
    package let tables: [Table]

    func encoded() throws -> Data { try JSONText.data(of: self) }

    /// Of a folder that a backup was written to.
    static func read(_ folder: String) throws(StoreError) -> BackupManifest {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(self.fileName)"),
            let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data)
        else { throw .badBackup(reason: "there is no \(self.fileName) that can be read") }
        guard manifest.format == self.format else {
            throw .badBackup(reason: "it was made by another version of leavecopy")
        }
        let names = manifest.files.map(\.name)
        guard names.allSatisfy(StateFiles.isName), Set(names).count == names.count,
            names.contains(SQLiteStore.databaseName), names.contains(CheckpointKey.fileName)
        else { throw .badBackup(reason: "its manifest does not name the files of a state") }
        return manifest
    }
}
