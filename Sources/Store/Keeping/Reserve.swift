import Linux

/// Room that is kept on the disk for commands: a file that a command removes when the disk is full, so that an operator can
/// still restore, erase and read. The server never uses that room, and makes the file again when there is enough.
package struct Reserve: Sendable {
    /// What a server keeps.
    package static let usual: UInt64 = 64 << 20
    /// What must be free beside the reserve before the store is tried again: less would be full at once.
    package static let margin: UInt64 = 4 << 20

    static let fileName = "reserve"

    let octets: UInt64
    private let folder: String

    init(folder: String, octets: UInt64) {
        self.folder = folder
        self.octets = octets
    }

    private var path: String { "\(self.folder)/\(Self.fileName)" }

    var isHeld: Bool { ReservedFile.exists(at: self.path) }

    /// What is free on the disk, the reserve not counted. Nil where the system does not say.
    var freeOctets: UInt64? { try? FreeSpace.octets(at: self.folder) }

    /// Whether there is room for the reserve, where it is missing, and a margin beside it.
    var hasRoom: Bool {
        guard let free = self.freeOctets else { return true }
        return free >= Self.margin &+ (self.isHeld ? 0 : self.octets)
    }

    func take() throws(SystemError) { try ReservedFile.make(at: self.path, octets: self.octets) }

    func release() throws(SystemError) { try ReservedFile.remove(at: self.path) }
}
