/// The addresses in a From field, for finding one person's messages: what stands in angle brackets, or the words with an
/// `@` where there are none. Lower case; display names and comments are left out (RFC 5322 §3.4).
enum HeaderAddress {
    static func addresses(in field: [UInt8]) -> [String] {
        var scanner = Scanner()
        for octet in field { scanner.take(octet) }
        return scanner.finish()
    }

    /// Octets outside a quoted string, a comment and a quoted pair mean what they are.
    private struct Scanner {
        private var found: [String] = []
        private var bare: [UInt8] = []
        /// What stands in angle brackets so far.
        private var bracketed: [UInt8]?
        /// Whether this entry of the list had brackets.
        private var hadBrackets = false
        private var isQuoted = false
        private var isEscaped = false
        private var comments = 0

        mutating func take(_ octet: UInt8) {
            if self.isEscaped {
                self.isEscaped = false
                if self.comments == 0 { self.keep(octet) }
                return
            }
            switch octet {
            case UInt8(ascii: "\\") where self.isQuoted || self.comments > 0: self.isEscaped = true
            case UInt8(ascii: "\"") where self.comments == 0: self.isQuoted.toggle()
            case _ where self.isQuoted: self.keep(octet)
            case UInt8(ascii: "("): self.comments += 1
            case UInt8(ascii: ")") where self.comments > 0: self.comments -= 1
            case _ where self.comments > 0: break
            case UInt8(ascii: "<"): self.bracketed = []
            case UInt8(ascii: ">"): self.closeBracket()
            case UInt8(ascii: ","), UInt8(ascii: ";"): self.endEntry()
            case _: self.keep(octet)
            }
        }

        mutating func finish() -> [String] {
            self.closeBracket()
            self.endEntry()
            return self.found
        }

        private mutating func keep(_ octet: UInt8) {
            if self.bracketed != nil { self.bracketed?.append(octet) } else { self.bare.append(octet) }
        }

        private mutating func closeBracket() {
            guard let octets = self.bracketed else { return }
            self.bracketed = nil
            self.hadBrackets = true
            self.add(octets)
        }

        private mutating func endEntry() {
            self.closeBracket()
            if !self.hadBrackets {
                for word in self.bare.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) where word.contains(0x40) {
                    self.add(Array(word))
                }
            }
            self.hadBrackets = false
            self.bare = []
        }

        private mutating func add(_ octets: [UInt8]) {
            let octets = octets.filter { $0 != 0x20 && $0 != 0x09 }
            guard octets.contains(0x40) else { return }
            self.found.append(HeaderAddress.normalised(String(decoding: octets, as: UTF8.self)))
        }
    }

    /// The local part is compared without case too: two people who differ in case alone do not exist.
    static func normalised(_ address: String) -> String { address.lowercased() }
}
