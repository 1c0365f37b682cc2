/// A command line that may leave, as the guard understands it (M-20, M-21): exactly the forms that the product writes.
enum GuardedCommand: Hashable {
    /// Nothing secret in it; the line as text.
    case plain(String)
    /// AUTHENTICATE, with or without its first response.
    case authenticate(tag: [UInt8], GuardedSASL)
    /// LOGIN, its arguments not yet read.
    case login(LoginLine)

    /// Nil when `line`, without CRLF and all printable, is anything else.
    init?(_ line: [UInt8]) {
        let words = line.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, let tag = words.first, Self.isTag(tag) else { return nil }
        let verb = String(decoding: words[1], as: UTF8.self)
        let rest = words.count > 2 ? String(decoding: words[2], as: UTF8.self) : nil
        let allowed: Bool
        switch (verb, rest) {
        case ("CAPABILITY", nil), ("NOOP", nil), ("LOGOUT", nil), ("STARTTLS", nil): allowed = true
        case ("AUTHENTICATE", let rest?):
            guard let sasl = GuardedSASL(rest) else { return nil }
            self = .authenticate(tag: Array(tag), sasl)
            return
        case ("LOGIN", _?):
            self = .login(LoginLine(tag: Array(tag), arguments: Array(words[2])))
            return
        case ("ID", let rest?): allowed = Self.isID(rest)
        case ("EXAMINE", let rest?), ("GETQUOTAROOT", let rest?): allowed = Self.isOneString(rest)
        case ("UID", let rest?): allowed = Self.isFetch(rest) || Self.isSearch(rest)
        case (_, _): allowed = false
        }
        guard allowed else { return nil }
        self = .plain(String(decoding: line, as: UTF8.self))
    }

    private static func isTag(_ tag: some Collection<UInt8>) -> Bool {
        (1...32).contains(tag.count)
            && String(decoding: tag, as: UTF8.self).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// `("name" "value" …)`
    private static func isID(_ text: String) -> Bool {
        guard text.hasPrefix("("), text.hasSuffix(")"), text.count > 2 else { return text == "NIL" }
        var rest = Array(text.utf8.dropFirst().dropLast())[...]
        while true {
            guard LoginLine.quoted(&rest) else { return false }
            guard let next = rest.popFirst() else { return true }
            guard next == 32 else { return false }
        }
    }

    private static func isOneString(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "\"") { return LoginLine.quoted(&rest) && rest.isEmpty }
        return !text.isEmpty && !text.contains { " (){}\"\\%*".contains($0) }
    }

    private static func isSet(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 1000 && text.allSatisfy { $0.isASCII && ($0.isNumber || ":,*".contains($0)) }
    }

    private static func isFetch(_ text: String) -> Bool {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "FETCH", Self.isSet(words[1]) else { return false }
        guard words[2].hasPrefix("("), words[2].hasSuffix(")") else { return false }
        if Self.headerItems.contains(words[2]) { return true }
        let items = words[2].dropFirst().dropLast().split(separator: " ", omittingEmptySubsequences: false)
        return items.allSatisfy { item in
            switch item {
            case "UID", "RFC822.SIZE", "INTERNALDATE", "FLAGS", "EMAILID", "X-GM-MSGID", "BODY.PEEK[]": true
            default: Self.isPartial(item)
            }
        }
    }

    /// The whole header, and the four fields of it that the record names a message by: exactly these, and PEEK.
    private static let headerItems: Set<Substring> = [
        "(UID BODY.PEEK[HEADER])", "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])",
    ]

    /// `BODY.PEEK[]<offset.length>`
    private static func isPartial(_ item: Substring) -> Bool {
        guard item.hasPrefix("BODY.PEEK[]<"), item.hasSuffix(">") else { return false }
        let numbers = item.dropFirst(12).dropLast().split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { UInt32($0) != nil && $0.first != "+" }
    }

    private static func isSearch(_ text: String) -> Bool {
        guard text.hasPrefix("SEARCH ") else { return false }
        let criteria = text.dropFirst(7)
        if criteria == "ALL" || criteria == "RETURN (ALL) ALL" { return true }
        return criteria.hasPrefix("UID ") && Self.isSet(criteria.dropFirst(4))
    }
}

/// How far a LOGIN has been read: two strings, each quoted or a literal (RFC 3501 §6.2.3).
struct LoginLine: Hashable {
    enum Step: Hashable {
        case whole
        case literal(length: Int, waits: Bool)
        case malformed
    }

    let tag: [UInt8]
    /// What stands in the first line, behind LOGIN.
    private let arguments: [UInt8]
    private var strings = 0
    private var literal = 0

    init(tag: [UInt8], arguments: [UInt8]) {
        self.tag = tag
        self.arguments = arguments
    }

    /// Reads the first line (nil), or a literal with what follows it up to the CRLF.
    mutating func goOn(with line: [UInt8]?) -> Step {
        var rest = self.arguments[...]
        if let line {
            guard line.count >= self.literal else { return .malformed }
            rest = line.dropFirst(self.literal)
            self.strings += 1
            if rest.isEmpty { return self.strings == 2 ? .whole : .malformed }
            guard self.strings < 2, rest.popFirst() == 32 else { return .malformed }
        }
        guard rest.allSatisfy({ (0x20...0x7E).contains($0) }) else { return .malformed }
        while self.strings < 2 {
            if let literal = Self.literal(rest) {
                self.literal = literal.length
                return .literal(length: literal.length, waits: literal.waits)
            }
            guard Self.quoted(&rest) else { return .malformed }
            self.strings += 1
            if self.strings < 2 { guard rest.popFirst() == 32 else { return .malformed } }
        }
        return rest.isEmpty ? .whole : .malformed
    }

    /// Takes one quoted string from the front.
    static func quoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.popFirst() == UInt8(ascii: "\"") else { return false }
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "\"") { return true }
            if octet == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\\") || escaped == UInt8(ascii: "\"")
                else {
                    return false
                }
            }
        }
        return false
    }

    /// `{n}` or `{n+}`, and nothing behind it.
    private static func literal(_ rest: ArraySlice<UInt8>) -> (length: Int, waits: Bool)? {
        guard rest.first == UInt8(ascii: "{"), rest.last == UInt8(ascii: "}") else { return nil }
        var digits = rest.dropFirst().dropLast()
        let waits = digits.last != UInt8(ascii: "+")
        if !waits { digits = digits.dropLast() }
        guard (1...6).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self)).map { ($0, waits) }
    }
}
