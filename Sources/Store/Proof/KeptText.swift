import Foundation
import LibCrypto

/// A file as text in which a note may stand: as it is, and with what mail, JSON, syslog and HTML do to text undone. What is
/// no such thing gives lines without a note.
enum KeptText {
    static func readings(of octets: [UInt8]) -> [[Substring]] {
        let text = String(decoding: octets, as: UTF8.self)
        var readings = [text, Self.unescaped(text), Self.withoutSoftBreaks(octets)]
        readings += Self.base64Blocks(text)
        return readings.map(Self.lines)
    }

    /// Without what quotes or frames a line.
    private static func lines(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
            var line = line
            while let tag = line.first == "<" ? line.firstIndex(of: ">") : nil {
                line = line[line.index(after: tag)...]
            }
            while let first = line.first, first == ">" || first == " " || first == "\t" { line = line.dropFirst() }
            if let tag = line.firstIndex(of: "<") { line = line[..<tag] }
            while let last = line.last, last == " " || last == "\t" || last == "\r" { line = line.dropLast() }
            return line
        }
    }

    /// Line ends and dashes as JSON and as syslog daemons write them.
    private static func unescaped(_ text: String) -> String {
        var text = text
        for (escape, meant) in [
            ("\\n", "\n"), ("\\/", "/"), ("\\u2014", "\u{2014}"), ("#012", "\n"), ("#342#200#224", "\u{2014}"),
            ("\"", "\n"),
        ] {
            text = text.replacingOccurrences(of: escape, with: meant)
        }
        return text
    }

    /// Quoted-printable, as mail has it.
    private static func withoutSoftBreaks(_ octets: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count)
        var rest = octets[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "=") else {
                result.append(octet)
                continue
            }
            if rest.starts(with: [0x0D, 0x0A]) {
                rest = rest.dropFirst(2)
            } else if rest.first == 0x0A {
                rest = rest.dropFirst()
            } else if rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(octet)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Bodies of mail in base64: what decodes of lines that follow one another.
    private static func base64Blocks(_ text: String) -> [String] {
        var blocks: [String] = []
        var block = ""
        func close() {
            if block.utf8.count > 76, let octets = Base64.decode(block) {
                blocks.append(String(decoding: octets, as: UTF8.self))
            }
            block = ""
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if !line.isEmpty, line.utf8.allSatisfy(KeptKey.isBase64) { block += line } else { close() }
        }
        close()
        return blocks
    }
}
