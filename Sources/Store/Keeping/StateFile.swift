import Foundation

/// Small files of the state folder that nobody else may read.
enum StateFile {
    /// Written beside, synced and renamed, so that half of it is never found.
    static func keep(_ data: Data, at path: String) throws {
        let files = FileManager.default
        let mask = umask(0o077)
        defer { umask(mask) }
        guard files.createFile(atPath: "\(path).new", contents: data, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: "\(path).new")
        else { throw StoreError.unusable(path: path, reason: "it cannot be written") }
        try file.synchronize()
        try file.close()
        try files.moveItem(atPath: "\(path).new", toPath: path)
    }
}
