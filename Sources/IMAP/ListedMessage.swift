/// One message as the listing shows it. `size` is nil where the server's number made no sense (I-36).
package struct ListedMessage: Hashable, Sendable {
    package let uid: UID
    package let size: UInt32?
    /// Seconds since 1970, UTC, of INTERNALDATE (RFC 3501 §2.3.3).
    package let internalDate: Int64?
    /// Nil unless the flags were asked for and told; as text, with `?` for what is not printable.
    package let flags: [String]?
    /// The name that the mail server itself gives the message, where it has one.
    package let serverID: ServerMessageID?

    package init(
        uid: UID,
        size: UInt32?,
        internalDate: Int64?,
        flags: [String]? = nil,
        serverID: ServerMessageID? = nil
    ) {
        self.serverID = serverID
        self.uid = uid
        self.size = size
        self.internalDate = internalDate
        self.flags = flags
    }
}
