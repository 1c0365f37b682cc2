package import struct NIOCore.ByteBuffer

/// What the state machine wants done, or tells.
package enum ClientAction: Hashable, Sendable {
    /// Goes through the guard to the mail server.
    case send(ByteBuffer)
    /// Put TLS in place now; nothing may have arrived behind the OK (I-04).
    case startTLS
    /// Logged in and EXAMINEd: commands may follow.
    case opened(ExaminedMailbox)
    /// GETQUOTAROOT: kilobytes used and allowed.
    case quota(usedKB: UInt64, limitKB: UInt64)
    case listed([ListedMessage])
    case listingEnded
    /// All UIDs that exist, from UID SEARCH, as closed ranges in order.
    case present([ClosedRange<UInt32>])
    /// A body's literal begins; `octets` is what the server announced.
    case bodyBegan(octets: UInt64)
    case bodyPiece(ByteBuffer)
    case bodyEnded
    /// The answer to a NOOP: what has come and gone since, as counted.
    case alive(exists: UInt32?, expunged: Int)
    /// The command at hand failed; the connection may go on unless `.close` follows.
    case refused(ServerRefusal)
    /// What the server said that an operator should read once: ALERT texts, missing `[READ-ONLY]`. Never secrets.
    case notice(String)
    case close
}
