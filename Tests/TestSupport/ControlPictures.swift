extension Sequence where Element == UInt8 {
    /// The octets as one readable line: control characters as their pictures (`␍␊`), octets from 0x80 as `‹FF›`.
    package var pictures: String {
        var text = ""
        for octet in self {
            switch octet {
            case 0x00...0x1F: text.unicodeScalars.append(Unicode.Scalar(0x2400 + UInt32(octet)) ?? "␀")
            case 0x7F: text += "␡"
            case 0x80...0xFF: text += "‹\(String(octet, radix: 16, uppercase: true))›"
            default: text.unicodeScalars.append(Unicode.Scalar(octet))
            }
        }
        return text
    }
}

extension String {
    /// What `pictures` would print for the UTF-8 of this text.
    package var pictures: String { self.utf8.pictures }
}
