import enum Gateway.IPAddress
import struct Gateway.Network

/// The text was not what the kind accepts.
struct NotAccepted: Error {}

extension ConfigurationKey.Kind {
    /// What one scalar says, by the key's own type and not by YAML's guess.
    func understand(_ text: String) -> Result<ConfigurationValue, NotAccepted> {
        switch self {
        case .name:
            return Self.keep(text, if: Self.isName(text))
        case .text, .folder, .file, .files:
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            return Self.keep(text, if: isPlain && (1...255).contains(text.utf8.count))
        case .integer(let range):
            guard let number = Self.digits(text), range.contains(number) else { return .failure(NotAccepted()) }
            return .success(.integer(number))
        case .size(let range):
            guard let octets = SizeText.octets(text), range.contains(octets) else { return .failure(NotAccepted()) }
            return .success(.integer(octets))
        case .choice(let words), .choices(let words):
            return Self.keep(text, if: words.contains(text))
        case .address:
            return Self.keep(text, if: IPAddress(text) != nil)
        case .networks:
            return Self.keep(text, if: Network(text) != nil)
        case .upstream:
            return Self.keep(text, if: UpstreamURL(text) != nil)
        case .section, .list:
            return .failure(NotAccepted())
        }
    }

    private static func keep(_ text: String, if isGood: Bool) -> Result<ConfigurationValue, NotAccepted> {
        isGood ? .success(.text(text)) : .failure(NotAccepted())
    }

    /// Plain decimal: `0o17`, `1_000` and `+5` are slips, and said to be.
    private static func digits(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) || [0x2D, 0x2E, 0x5F].contains(octet)
            }
    }
}
