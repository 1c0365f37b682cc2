package import struct NIOCore.ByteBuffer

/// What `ClientStateMachine` wants done.
package enum ClientAction: Hashable, Sendable {
    case send(ByteBuffer)
    /// Put TLS in place, and say `tlsEstablished`.
    case startTLS
    /// Logged in, and all is listed: headers may be asked for. Comes once.
    case listed(ServiceListing)
    /// The header block of a message; nil when the service does not give it, or it is too long. In the order asked for.
    case header(MessageNumber, [UInt8]?)
    /// All that were asked for have been told.
    case headersEnded
    /// It is over for this reason. Comes once, before `close`.
    case failed(ServiceFailure)
    case close
}

/// The maildrop of a POP3 service, as it lists it.
package struct ServiceListing: Hashable, Sendable {
    package let messages: [ListedUniqueID]
    /// Messages without a unique-id that could be used.
    package let unnamed: Int
    package let capabilities: ServiceCapabilities

    package init(messages: [ListedUniqueID], unnamed: Int, capabilities: ServiceCapabilities) {
        self.messages = messages
        self.unnamed = unnamed
        self.capabilities = capabilities
    }
}

package struct ListedUniqueID: Hashable, Sendable {
    package let number: MessageNumber
    package let size: UInt64
    /// 1 to 255 octets of 0x21 to 0x7E. One longer than 70 is no unique-id, but may be one of a service that gives it.
    package let text: String

    package init(number: MessageNumber, size: UInt64, text: String) {
        self.number = number
        self.size = size
        self.text = text
    }
}

/// Why the unique-ids could not be had. Never a service's own words.
package enum ServiceFailure: Error, Hashable, Sendable {
    /// Refused name or password.
    case credentials
    /// A temporary refusal: in use, a login too soon, or trouble of its own (RFC 2449 §8.1, RFC 3206 §4).
    case busy
    /// STLS is not offered, or refused: no password is sent.
    case noTLS
    /// `EXPIRE 0`: the service may delete what is read, so nothing is.
    case deletesWhatIsRead
    case noUniqueIDs
    /// A name or password that cannot be sent in a line.
    case unsendable
    /// It answered what no POP3 service answers.
    case misbehaved(String)
    case unavailable(String)
    case disconnected
}
