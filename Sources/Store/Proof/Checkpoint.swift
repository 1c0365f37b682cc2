import LibCrypto

/// The size and root of the record at one moment: the three lines that are signed as a note.
struct Checkpoint: Hashable {
    /// What names the log, and the signer in the note.
    let origin: String
    let size: UInt64
    let root: [UInt8]

    init(origin: String, size: UInt64, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Nil when the note's text is no checkpoint.
    init?(_ note: SignedNote) {
        let lines = note.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard lines.count == 4, lines[3].isEmpty, !lines[0].isEmpty, let size = UInt64(lines[1]),
            String(size) == lines[1], let root = Base64.decode(lines[2].utf8), root.count == SHA256.length
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    private var text: String { "\(self.origin)\n\(self.size)\n\(Base64.encode(self.root))\n" }

    func signed(by key: SigningKey) throws -> String {
        try SignedNote.sign(self.text, name: self.origin, key: key)
    }

    /// What a note says, and whether `key` signed it. Nil when it is no checkpoint.
    static func read(_ note: String, key: VerifyingKey) -> (checkpoint: Checkpoint, isSigned: Bool)? {
        guard let note = SignedNote(note), let checkpoint = Checkpoint(note) else { return nil }
        return (checkpoint, note.isSigned(by: key, name: checkpoint.origin))
    }
}
