import class Linux.Secret

/// Reads one line, its end taken off, as a command (RFC 1939 §3): a keyword in any case, then arguments after spaces.
///
/// Lenient where real clients need it: several spaces, trailing spaces, and arguments after STAT, NOOP, RSET, CAPA and
/// QUIT are accepted. A tab is no separator, and a line must begin with its keyword.
package enum CommandParser {
    package static func parse(_ line: [UInt8]) throws(SyntaxError) -> Command {
        guard line.contains(where: { $0 != UInt8(ascii: " ") }) else { throw .emptyLine }
        if ForeignProtocol.speaks(line) { throw .foreignProtocol }
        let keyword = line.prefix { $0 != UInt8(ascii: " ") }
        let rest = line.dropFirst(keyword.count + 1)
        let arguments = rest.split(separator: UInt8(ascii: " "))
        guard keyword.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unknownCommand }
        switch String(decoding: keyword.map(\.uppercased), as: UTF8.self) {
        case "USER":
            guard let name = UserName.normalised(rest) else { throw .badArgument }
            return .user(name: name)
        case "PASS": return .pass(try self.password(rest))
        case "AUTH": return try self.auth(arguments)
        case "STLS":
            guard arguments.isEmpty else { throw .badArgument }
            return .stls
        case "CAPA": return .capa
        case "STAT": return .stat
        case "NOOP": return .noop
        case "RSET": return .rset
        case "QUIT": return .quit
        case "LIST": return .list(try self.optionalMessageNumber(arguments))
        case "UIDL": return .uidl(try self.optionalMessageNumber(arguments))
        case "RETR": return .retr(try self.onlyMessageNumber(arguments))
        case "DELE": return .dele(try self.onlyMessageNumber(arguments))
        case "TOP": return try self.top(arguments)
        case let other where self.unsupported.contains(other): return .unsupported
        case _: throw .unknownCommand
        }
    }

    /// Commands of older RFCs, other servers and vendors that real clients try: they hear -ERR and go on.
    private static let unsupported: Set<String> = [
        "APOP", "HELP", "LANG", "LAST", "MBOX", "RPOP", "UTF8", "XAUTHLIST", "XCLIENT", "XMIT", "XOIP", "XSENDER",
        "XTND", "*ENV",
    ]

    /// RFC 1939 §7 lets the server take spaces as part of the password, so PASS takes all that follows the one
    /// separator. An empty password is handed on: whoever decides on logins refuses it with [AUTH].
    private static func password(_ rest: ArraySlice<UInt8>) throws(SyntaxError) -> Secret {
        guard Credentials.isSendable(rest) else { throw .badArgument }
        return Secret(rest)
    }

    /// `AUTH`, `AUTH mechanism` or `AUTH mechanism initial-response` (RFC 5034 §4).
    private static func auth(_ arguments: [ArraySlice<UInt8>]) throws(SyntaxError) -> Command {
        guard arguments.count <= 2 else { throw .badArgument }
        guard let name = arguments.first else { return .auth(mechanism: nil, initialResponse: nil) }
        let mechanism = name.map(\.uppercased)
        guard mechanism.count <= 20, mechanism.allSatisfy(self.isMechanismOctet) else { throw .badArgument }
        let initialResponse = arguments.dropFirst().first.map { Secret($0) }
        return .auth(mechanism: String(decoding: mechanism, as: UTF8.self), initialResponse: initialResponse)
    }

    /// Letters, digits, hyphen and underscore (RFC 5034 §7); the letters are upper-case by now.
    private static func isMechanismOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        case _: false
        }
    }

    private static func optionalMessageNumber(
        _ arguments: [ArraySlice<UInt8>]
    ) throws(SyntaxError) -> MessageNumber? {
        arguments.isEmpty ? nil : try self.onlyMessageNumber(arguments)
    }

    private static func onlyMessageNumber(_ arguments: [ArraySlice<UInt8>]) throws(SyntaxError) -> MessageNumber {
        guard let only = arguments.first, arguments.count == 1 else { throw .badArgument }
        return try self.messageNumber(only)
    }

    private static func messageNumber(_ digits: ArraySlice<UInt8>) throws(SyntaxError) -> MessageNumber {
        guard case .value(let value) = Decimal(digits), let number = MessageNumber(value) else {
            throw .badMessageNumber
        }
        return number
    }

    /// `TOP n lines` (RFC 1939 §7); both are needed. A count too large for an `Int` means the whole message.
    private static func top(_ arguments: [ArraySlice<UInt8>]) throws(SyntaxError) -> Command {
        guard arguments.count == 2, let first = arguments.first, let last = arguments.last else { throw .badArgument }
        let number = try self.messageNumber(first)
        switch Decimal(last) {
        case .value(let lines): return .top(number, lines: lines)
        case .tooLarge: return .top(number, lines: Int.max)
        case .notDecimal: throw .badArgument
        }
    }
}

/// A run of decimal digits: no sign, leading zeros accepted, never wrapped.
private enum Decimal {
    case value(Int)
    case tooLarge
    case notDecimal

    init(_ digits: ArraySlice<UInt8>) {
        let all = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !digits.isEmpty, digits.allSatisfy(all.contains) else {
            self = .notDecimal
            return
        }
        var value = 0
        for digit in digits {
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = shifted.addingReportingOverflow(Int(digit & 0x0F))
            guard !overflowed, !overflowedAgain else {
                self = .tooLarge
                return
            }
            value = sum
        }
        self = .value(value)
    }
}

/// First lines of other protocols. A browser can be made to send one here over TLS with a certificate that fits, and
/// must not have its header lines tried as commands.
private enum ForeignProtocol {
    private static let words: Set<String> = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PRI", "PROXY", "PUT", "TRACE",
    ]
    /// The first octet of a TLS handshake record.
    private static let handshake: UInt8 = 0x16

    static func speaks(_ line: [UInt8]) -> Bool {
        if line.first == self.handshake { return true }
        let start = String(decoding: line.prefix(8).map(\.uppercased), as: UTF8.self)
        return start.hasPrefix("SSH-")
            || start.split(separator: " ").first.map { self.words.contains(String($0)) } == true
    }
}
