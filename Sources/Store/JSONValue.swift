/// JSON as the record and what stands beside it write it: members in the order given, and whatever is not printable ASCII
/// as `\uXXXX` (S-09).
package indirect enum JSONValue: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    case string(String)
    case flag(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case array([JSONValue])
    case object([Member])

    package var octets: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(768)
        self.write(to: &octets)
        return octets
    }

    private func write(to octets: inout [UInt8]) {
        switch self {
        case .string(let text): Self.write(text, to: &octets)
        case .flag(let isTrue): octets += (isTrue ? "true" : "false").utf8
        case .signed(let number): octets += String(number).utf8
        case .unsigned(let number): octets += String(number).utf8
        case .array(let values):
            octets.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                value.write(to: &octets)
            }
            octets.append(UInt8(ascii: "]"))
        case .object(let members):
            octets.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &octets)
                octets.append(UInt8(ascii: ":"))
                member.value.write(to: &octets)
            }
            octets.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to octets: inout [UInt8]) {
        octets.append(UInt8(ascii: "\""))
        // Most texts go as they are.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            octets += text.utf8
            octets.append(UInt8(ascii: "\""))
            return
        }
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C: octets += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: unit)]
            case 0x20...0x7E: octets.append(UInt8(truncatingIfNeeded: unit))
            default:
                octets += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
                for shift in [12, 8, 4, 0] { octets.append(self.digits[Int(unit >> UInt16(shift)) & 15]) }
            }
        }
        octets.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
