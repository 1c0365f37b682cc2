package import struct NIOCore.ByteBuffer

/// What the state machine wants done, or tells.
package enum ClientAction: Hashable, Sendable {
    /// Goes through the guard to the mail server.
    case send(ByteBuffer)
    /// Put TLS in place now; nothing may have arrived behind the OK (I-04).
    case startTLS
    /// Do these sums, off the event loop, and hand in the result with `scramComputed`.
    case computeSCRAM(SCRAMComputation)
    /// Logged in and EXAMINEd: commands may follow.
    case opened(ExaminedMailbox)
    /// GETQUOTAROOT: kilobytes used and allowed.
    case quota(usedKB: UInt64, limitKB: UInt64)
    case listed([ListedMessage])
    case listingEnded
    /// All UIDs that exist, from UID SEARCH, as closed ranges in order.
    case present([ClosedRange<UInt32>])
    /// A body's literal begins; `octets` is what the server announced. Nil where the server tells the UID only behind it.
    case bodyBegan(UID?, octets: UInt64)
    /// Of the body that began last.
    case bodyPiece(ByteBuffer)
    /// The body that began last is whole, and this message's.
    case bodyEnded(UID)
    /// The server has this message's UID, and no text of it.
    case bodyGone(UID)
    /// No more bodies come; a message that was neither ended nor gone did not come.
    case fetchEnded
    /// The header block of one of the messages that were asked for.
    case header(UID, ByteBuffer)
    case headersEnded
    /// The answer to a NOOP: what has come and gone since, as counted.
    case alive(exists: UInt32?, expunged: Int)
    /// The command at hand failed; the connection may go on unless `.close` follows.
    case refused(ServerRefusal)
    /// What the server said that an operator should read once: ALERT texts, missing `[READ-ONLY]`. Never secrets.
    case notice(String)
    case close
}
