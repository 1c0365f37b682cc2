import enum POP3.Base64

/// A header field taken apart into what stands there as it is and what is encoded (RFC 2047 §2). What a charset means is
/// not known here: each run says which one its octets are in.
///
/// It never fails. A word that is broken stays text, so that nothing is lost to the person who reads it.
package enum EncodedWords {
    package struct Run: Hashable, Sendable {
        /// In lower case, without a language (RFC 2231 §5); nil for text that was not encoded.
        package let charset: String?
        package let octets: [UInt8]

        package init(charset: String?, octets: [UInt8]) {
            self.charset = charset
            self.octets = octets
        }
    }

    /// Neighbouring words of one charset become one run: mail programs cut letters in two between them.
    package static func runs(of field: [UInt8]) -> [Run] {
        var runs: [Run] = []
        var text: [UInt8] = []
        var rest = field[...]
        while let first = rest.first {
            guard let (word, end) = self.word(at: rest) else {
                text.append(first)
                rest = rest.dropFirst()
                continue
            }
            // Blanks between two words are only there to keep them apart (RFC 2047 §6.2).
            let isBetween = runs.last?.charset != nil && text.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if !isBetween, !text.isEmpty { runs.append(Run(charset: nil, octets: text)) }
            text = []
            if let last = runs.last, last.charset == word.charset {
                runs[runs.count - 1] = Run(charset: last.charset, octets: last.octets + word.octets)
            } else {
                runs.append(word)
            }
            rest = field[end...]
        }
        if !text.isEmpty { runs.append(Run(charset: nil, octets: text)) }
        return runs
    }

    /// `=?charset?B?text?=` at the beginning of `octets`, and where it ends.
    private static func word(at octets: ArraySlice<UInt8>) -> (word: Run, end: Int)? {
        guard octets.starts(with: [0x3D, 0x3F]) else { return nil }
        let charsetStart = octets.startIndex + 2
        guard let charsetEnd = octets[charsetStart...].firstIndex(of: Self.mark), charsetEnd > charsetStart else {
            return nil
        }
        let charset = octets[charsetStart..<charsetEnd].prefix { $0 != UInt8(ascii: "*") }
        guard charset.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let encoding = octets[(charsetEnd + 1)...].prefix(2)
        guard encoding.count == 2, encoding.last == Self.mark, let letter = encoding.first else { return nil }
        let textStart = charsetEnd + 3
        guard let end = self.end(of: octets[textStart...]) else { return nil }
        guard let decoded = self.decode(octets[textStart..<end], letter) else { return nil }
        return (Run(charset: String(decoding: charset, as: UTF8.self).lowercased(), octets: decoded), end + 2)
    }

    private static let mark = UInt8(ascii: "?")

    /// Where `?=` stands.
    private static func end(of text: ArraySlice<UInt8>) -> Int? {
        var place = text.startIndex
        while let next = text[place...].firstIndex(of: self.mark) {
            if text[next...].starts(with: [self.mark, UInt8(ascii: "=")]) { return next }
            place = next + 1
        }
        return nil
    }

    private static func decode(_ text: ArraySlice<UInt8>, _ encoding: UInt8) -> [UInt8]? {
        switch encoding | 0x20 {
        case UInt8(ascii: "b"):
            // Programs leave the padding out, or cut a long text by the octet.
            var whole = text.filter { $0 != UInt8(ascii: "=") && $0 != 0x20 }
            while !whole.count.isMultiple(of: 4) { whole.append(UInt8(ascii: "=")) }
            return Base64.decode(whole.span)
        case UInt8(ascii: "q"): return self.decodeQ(text)
        case _: return nil
        }
    }

    /// RFC 2047 §4.2: `_` is a blank, `=E9` an octet. An `=` with no octet behind it is kept.
    private static func decodeQ(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text
        while let first = rest.popFirst() {
            let digits = rest.prefix(2)
            if first == UInt8(ascii: "_") {
                octets.append(0x20)
            } else if first == UInt8(ascii: "="), digits.count == 2,
                let octet = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                octets.append(octet)
                rest = rest.dropFirst(2)
            } else {
                octets.append(first)
            }
        }
        return octets
    }
}
