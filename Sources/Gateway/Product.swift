/// What this program is, for those who ask: the command line, the record.
package enum Product {
    package static let name = "leavecopy"
    package static let version = "1"
}

/// The settings that a server runs with, told apart without a word of them: digests of the configuration file.
package struct ConfigurationDigests: Hashable, Sendable {
    /// SHA-256 of the file in force, in hexadecimal; nil for a server without one.
    package let inForce: String?
    /// Of the file that was read just now, where that is another: it was refused, or waits for the next start.
    package let read: String?

    package init(inForce: String?, read: String? = nil) {
        self.inForce = inForce
        self.read = read
    }
}
