/// Proof that the server answered EXAMINE with OK, and did not say `[READ-WRITE]` (RFC 3501 §6.3.2). Only the client
/// state machine of this module can make one, and every FETCH and SEARCH needs it.
package struct ExaminedMailbox: Hashable, Sendable {
    package let validity: UIDValidity
    package let exists: UInt32
    package let uidNext: UID?

    init(validity: UIDValidity, exists: UInt32, uidNext: UID?) {
        self.validity = validity
        self.exists = exists
        self.uidNext = uidNext
    }
}
