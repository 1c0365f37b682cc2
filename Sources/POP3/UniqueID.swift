/// A unique-id (RFC 1939 §7): 1 to 70 octets of 0x21 to 0x7E, the lasting name of a message.
package struct UniqueID: Hashable, Sendable {
    package let text: String

    /// Nil unless `text` is what RFC 1939 §7 allows.
    package init?(_ text: String) {
        guard (1...70).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
    }
}
