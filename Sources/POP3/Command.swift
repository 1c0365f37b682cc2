package import class Linux.Secret

/// A message-number (RFC 1939 §5): 1, 2, 3 … in this session. There is no message 0.
package struct MessageNumber: Hashable, Comparable, Sendable {
    package let value: Int

    /// Nil unless `value` is at least 1.
    package init?(_ value: Int) {
        guard value >= 1 else { return nil }
        self.value = value
    }

    package static func < (left: MessageNumber, right: MessageNumber) -> Bool { left.value < right.value }
}

/// What a device can ask for. Commands that old clients try and we refuse are `.unsupported`.
package enum Command: Hashable, Sendable {
    case user(name: [UInt8])
    case pass(Secret)
    /// `AUTH` alone lists the mechanisms; with a mechanism it begins a SASL dialogue (RFC 5034 §4).
    /// `initialResponse` is still base64; an empty one was sent as `=`.
    case auth(mechanism: String?, initialResponse: Secret?)
    case stls
    case capa
    case stat
    case list(MessageNumber?)
    case uidl(MessageNumber?)
    case retr(MessageNumber)
    case top(MessageNumber, lines: Int)
    case dele(MessageNumber)
    case rset
    case noop
    case quit
    /// LAST, APOP, XTND and the like: -ERR, and the first five are not counted as bad (P-70, P-71).
    case unsupported
}

/// A line that is no command. Its reply is fixed text: nothing a device sent is ever echoed.
package enum SyntaxError: Error, Hashable, Sendable, CaseIterable {
    case unknownCommand
    case badArgument
    case badMessageNumber
    case lineTooLong
    case emptyLine
    /// A browser or another protocol speaks to us (ALPACA, S-14): the connection is closed.
    case foreignProtocol
}
