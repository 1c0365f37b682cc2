import Foundation
import Gateway
import Linux

/// A header field as a person reads it: encoded words decoded (RFC 2047), charsets by Foundation.
package enum HeaderText {
    /// What cannot be decoded stands as `\xE9`, octet by octet, and never drives a terminal: who prints it makes control
    /// characters visible.
    package static func decoded(_ field: [UInt8]) -> String {
        EncodedWords.runs(of: field).map { run in
            guard let charset = run.charset else { return Self.plain(run.octets) }
            return Self.text(run.octets, charset) ?? Self.escaped(run.octets)
        }.joined()
    }

    /// Fields that were never encoded are UTF-8 today, and were ISO-2022-JP in old Japanese mail.
    private static func plain(_ octets: [UInt8]) -> String {
        if octets.contains(0x1B), let text = self.text(octets, "iso-2022-jp") { return text }
        return self.text(octets, "utf-8") ?? self.escaped(octets)
    }

    private static func text(_ octets: [UInt8], _ charset: String) -> String? {
        if let encoding = self.encodings[charset] {
            let octets = encoding == .iso2022JP ? self.withoutIdleEscapes(octets) : octets
            if let text = String(bytes: octets, encoding: encoding) { return text }
        }
        // The library knows EUC-JP without the letters of NEC's row 13, which Japanese mail is full of.
        guard charset == "euc-jp" else { return nil }
        return CharacterConversion.utf8(octets, from: "EUC-JP-MS").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Without each escape sequence that another follows at once: they come where two encoded words meet, and the library
    /// takes them for an attack.
    private static func withoutIdleEscapes(_ octets: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        for octet in octets {
            let end = kept.suffix(3)
            if octet == 0x1B, end.count == 3, end.first == 0x1B { kept.removeLast(3) }
            kept.append(octet)
        }
        return kept
    }

    private static func escaped(_ octets: [UInt8]) -> String {
        octets.map { octet in
            (0x20...0x7E).contains(octet)
                ? String(Unicode.Scalar(octet))
                : "\\x" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
        }.joined()
    }

    /// By the names that mail uses (IANA), in lower case. The numbers are those of Foundation's own list.
    private static let encodings: [String: String.Encoding] = [
        "us-ascii": .utf8, "ascii": .utf8, "utf-8": .utf8, "utf8": .utf8,
        "utf-16": .utf16, "utf-16be": .utf16BigEndian, "utf-16le": .utf16LittleEndian,
        "iso-2022-jp": .iso2022JP, "iso-2022-jp-ms": .iso2022JP, "cp50220": .iso2022JP, "cp50221": .iso2022JP,
        "shift_jis": .shiftJIS, "shift-jis": .shiftJIS, "sjis": .shiftJIS, "x-sjis": .shiftJIS, "cp932": .shiftJIS,
        "windows-31j": .shiftJIS, "euc-jp": .japaneseEUC,
        "iso-8859-1": .isoLatin1, "latin1": .isoLatin1, "iso-8859-2": .isoLatin2,
        "windows-1250": .windowsCP1250, "windows-1251": .windowsCP1251, "windows-1252": .windowsCP1252,
        "cp1252": .windowsCP1252, "windows-1253": .windowsCP1253, "windows-1254": .windowsCP1254,
        "iso-8859-5": Self.numbered(0x205), "iso-8859-7": Self.numbered(0x207), "iso-8859-9": Self.numbered(0x209),
        "iso-8859-15": Self.numbered(0x20F), "koi8-r": Self.numbered(0xA02), "koi8-u": Self.numbered(0xA08),
        "gb2312": Self.numbered(0x632), "gbk": Self.numbered(0x632), "gb18030": Self.numbered(0x632),
        "big5": Self.numbered(0xA03), "euc-kr": Self.numbered(0x940), "ks_c_5601-1987": Self.numbered(0x940),
    ]

    private static func numbered(_ number: UInt) -> String.Encoding {
        String.Encoding(rawValue: 0x8000_0000 | number)
    }
}
