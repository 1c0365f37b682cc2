/// Proof that the server answered EXAMINE with OK, and did not say `[READ-WRITE]` (RFC 3501 §6.3.2). Only the client
/// state machine of this module can make one, and every FETCH and SEARCH needs it.
package struct ExaminedMailbox: Hashable, Sendable {
    package let validity: UIDValidity
    package let exists: UInt32
    package let uidNext: UID?
    /// The answer said `[READ-ONLY]`; some servers say nothing.
    package let saysReadOnly: Bool

    init(validity: UIDValidity, exists: UInt32, uidNext: UID?, saysReadOnly: Bool = true) {
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
        self.saysReadOnly = saysReadOnly
    }
}
