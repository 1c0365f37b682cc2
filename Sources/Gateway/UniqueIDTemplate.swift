/// A format of unique-ids in the notation of Dovecot's `pop3_uidl_format` (2.3 and before), with Dovecot's meaning, so that
/// a provider's setting can be copied: `%u` the UID and `%v` the UIDVALIDITY in decimal, `%Xu` in hexadecimal digits of
/// lower case, `%UXu` of upper case, `%08Xu` filled with zeros to 8 digits, `%%` a per cent sign. Everything else stands for
/// itself.
package struct UniqueIDTemplate: Hashable, Sendable {
    /// As it was given.
    package let text: String
    private let parts: [Part]

    /// The longest unique-id that a template may make: the 70 octets of RFC 1939 §7, less what makes two that are alike
    /// distinct, and what a restore adds.
    package static let maximumLength = 58

    private enum Part: Hashable, Sendable {
        case literal(UInt8)
        case number(Number)
    }

    private struct Number: Hashable, Sendable {
        enum Digits: Hashable, Sendable { case decimal, lowerHexadecimal, upperHexadecimal }

        let isUID: Bool
        let digits: Digits
        /// Filled up to it with zeros; never cut.
        let width: Int

        var maximumLength: Int { max(self.width, self.digits == .decimal ? 10 : 8) }

        func text(uid: UInt32, validity: UInt32) -> String {
            let value = self.isUID ? uid : validity
            let digits: String =
                switch self.digits {
                case .decimal: String(value)
                case .lowerHexadecimal: String(value, radix: 16)
                case .upperHexadecimal: String(value, radix: 16, uppercase: true)
                }
            return UniqueIDTemplate.padded(digits, to: self.width)
        }
    }

    /// Nil unless each `%` begins what is described above, the UID is in it, all is 0x21 to 0x7E (RFC 1939 §7), and what
    /// it makes is never longer than `maximumLength`.
    package init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var parts: [Part] = []
        while let octet = rest.popFirst() {
            guard (0x21...0x7E).contains(octet) else { return nil }
            if octet != UInt8(ascii: "%") {
                parts.append(.literal(octet))
            } else if rest.first == octet {
                rest.removeFirst()
                parts.append(.literal(octet))
            } else {
                guard let number = Self.number(&rest) else { return nil }
                parts.append(.number(number))
            }
        }
        self.text = text
        self.parts = parts
        guard self.holdsUID, self.longest <= Self.maximumLength else { return nil }
    }

    func filled(uid: UInt32, validity: UInt32) -> String {
        var text = ""
        for part in self.parts {
            switch part {
            case .literal(let octet): text.unicodeScalars.append(Unicode.Scalar(octet))
            case .number(let number): text += number.text(uid: uid, validity: validity)
            }
        }
        return text
    }

    static func padded(_ digits: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Then no two messages of a UIDVALIDITY get the same: the more digits, the longer the text.
    private var holdsUID: Bool {
        self.parts.contains { part in
            if case .number(let number) = part { number.isUID } else { false }
        }
    }

    private var longest: Int {
        self.parts.reduce(0) { sum, part in
            switch part {
            case .literal: sum + 1
            case .number(let number): sum + number.maximumLength
            }
        }
    }

    /// What follows a `%`: `u`, `08Xv`. A width without a zero before it would cut the number in Dovecot, and is refused.
    private static func number(_ rest: inout ArraySlice<UInt8>) -> Number? {
        var width = 0
        if rest.first == UInt8(ascii: "0") {
            while let digit = rest.first, (0x30...0x39).contains(digit) {
                rest.removeFirst()
                width = width * 10 + Int(digit - 0x30)
                guard width <= Self.maximumLength else { return nil }
            }
        }
        var digits = Number.Digits.decimal
        switch rest.first {
        case UInt8(ascii: "X"), UInt8(ascii: "x"):
            rest.removeFirst()
            digits = .lowerHexadecimal
        case UInt8(ascii: "U"):
            guard rest.dropFirst().first == UInt8(ascii: "X") else { return nil }
            rest.removeFirst(2)
            digits = .upperHexadecimal
        case _: break
        }
        switch rest.popFirst() {
        case UInt8(ascii: "u"): return Number(isUID: true, digits: digits, width: width)
        case UInt8(ascii: "v"): return Number(isUID: false, digits: digits, width: width)
        case _: return nil
        }
    }
}
