/// Which part of a message is fetched, always by BODY.PEEK (I-40, I-41).
package enum Section: Hashable, Sendable {
    case whole
    /// `BODY.PEEK[]<offset.length>`
    case octets(offset: UInt32, length: UInt32)
}
