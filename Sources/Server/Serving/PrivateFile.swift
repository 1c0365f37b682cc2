import Foundation

/// Small files of a state folder: written whole or not at all.
enum PrivateFile {
    /// Octets that any of them may have.
    private static let maximumOctets = 1 << 20

    /// Nil when it does not exist or cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.maximumOctets else {
            return nil
        }
        return [UInt8](data)
    }

    /// The content appears under its name only when it is complete and on the disk.
    static func write(_ octets: [UInt8], to path: String, mode: Int) throws {
        let temporary = "\(path).new"
        let manager = FileManager.default
        try? manager.removeItem(atPath: temporary)
        guard manager.createFile(atPath: temporary, contents: Data(), attributes: [.posixPermissions: mode]),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw CocoaError(.fileWriteNoPermission) }
        try handle.write(contentsOf: Data(octets))
        try handle.synchronize()
        try handle.close()
        guard rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
