package import struct NIOCore.ByteBuffer

/// The IMAP side of one connection, from greeting to LOGOUT; decides what is sent, never sends. (Contract: to be filled.)
///
/// One command at a time: `list`, `findPresent`, `fetch` and `noop` are called only after `opened`, and after the answer
/// to the one before (`isIdle`).
package struct ClientStateMachine: Hashable, Sendable {
    package init(configuration: ClientConfiguration, credentials: Credentials) {}

    /// EXAMINEd, and no command is under way.
    package var isIdle: Bool { false }

    package mutating func connected() -> [ClientAction] { [] }
    package mutating func tlsEstablished() -> [ClientAction] { [] }
    /// Octets from the mail server, in any cut. Consumes all of `octets`.
    package mutating func received(_ octets: ByteBuffer) -> [ClientAction] { [] }
    /// The connection ended: cleanly (close_notify, EOF in clear) or cut.
    package mutating func disconnected() -> [ClientAction] { [] }
    /// Lists UIDs above `after` (all when nil) with size and date (I-30). Answers `listed`…, `listingEnded`, or `refused`.
    package mutating func list(after: UID?, in mailbox: ExaminedMailbox) -> [ClientAction] { [] }
    /// Asks which UIDs exist (I-31). Answers `present`, or `refused`.
    package mutating func findPresent(in mailbox: ExaminedMailbox) -> [ClientAction] { [] }
    /// Answers `bodyBegan`, `bodyPiece`…, `bodyEnded`, or `refused`.
    package mutating func fetch(_ uid: UID, _ section: Section, in mailbox: ExaminedMailbox) -> [ClientAction] { [] }
    /// Answers `alive`.
    package mutating func noop() -> [ClientAction] { [] }
    package mutating func logout() -> [ClientAction] { [] }
}
