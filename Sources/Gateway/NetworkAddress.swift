/// An IPv4 or IPv6 address as a value. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// From 4 or 16 octets in network order; nil for any other count.
    package init?(octets: some Collection<UInt8>) {
        switch octets.count {
        case 4: self = .v4(octets.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            let high = octets.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            let low = octets.dropFirst(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            if high == 0, low >> 32 == 0xFFFF {
                self = .v4(UInt32(truncatingIfNeeded: low))
            } else {
                self = .v6(high: high, low: low)
            }
        default: return nil
        }
    }

    /// In network order: 4 or 16.
    package var octets: [UInt8] {
        switch self {
        case .v4(let value): (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        case .v6(let high, let low):
            [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        }
    }

    package var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or RFC 5952 §4 form.
    package var description: String {
        switch self {
        case .v4: return self.octets.map(String.init).joined(separator: ".")
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in
                (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * $0)) }
            }
            let zeros = Self.longestZeros(groups)
            let texts = groups.map { String($0, radix: 16) }
            guard zeros.count > 1 else { return texts.joined(separator: ":") }
            return texts[..<zeros.lowerBound].joined(separator: ":") + "::"
                + texts[zeros.upperBound...].joined(separator: ":")
        }
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest
    }

    /// Nil unless `text` is an address in one of the usual forms; brackets and zones are not part of it.
    package init?(_ text: String) {
        if let octets = Self.dotted(text[...]) {
            self.init(octets: octets)
            return
        }
        guard text.utf8.contains(UInt8(ascii: ":")), text.utf8.count <= 45 else { return nil }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let front = Self.groups(halves[0]) else { return nil }
        guard halves.count == 2 else {
            guard front.count == 16 else { return nil }
            self.init(octets: front)
            return
        }
        guard let back = Self.groups(halves[1]), front.count + back.count <= 14 else { return nil }
        self.init(octets: front + [UInt8](repeating: 0, count: 16 - front.count - back.count) + back)
    }

    /// Octets of `1:2:3`, the last group perhaps in dotted decimal; empty for the empty text.
    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var octets: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let four = Self.dotted(part) {
                octets += four
            } else if (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let group = UInt16(part, radix: 16)
            {
                octets += [UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group)]
            } else {
                return nil
            }
        }
        return octets.count <= 16 ? octets : nil
    }

    private static func dotted(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let octets = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.utf8.count <= 3 ? UInt8(part) : nil
        }
        return octets.count == 4 ? octets : nil
    }
}

/// A network as `192.168.0.0/24`; an address alone is a network of one.
package struct Network: Hashable, Sendable {
    private let octets: [UInt8]
    private let length: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        let octets = address.octets
        guard parts.count == 2 else {
            self.octets = octets
            self.length = octets.count * 8
            return
        }
        guard let length = Int(parts[1]), (0...octets.count * 8).contains(length) else { return nil }
        self.octets = octets
        self.length = length
    }

    package func contains(_ address: IPAddress) -> Bool {
        let other = address.octets
        guard other.count == self.octets.count else { return false }
        for index in other.indices {
            let bits = max(0, min(8, self.length - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if other[index] & mask != self.octets[index] & mask { return false }
        }
        return true
    }
}

/// An address and a TCP port.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    package var description: String {
        switch self.address {
        case .v4: "\(self.address):\(self.port)"
        case .v6: "[\(self.address)]:\(self.port)"
        }
    }
}

/// A MAC address, printed as `aa:bb:cc:dd:ee:ff`.
package struct HardwareAddress: Hashable, Sendable, CustomStringConvertible {
    package let octets: [UInt8]

    /// Nil unless there are six octets that are not all zero.
    package init?(_ octets: [UInt8]) {
        guard octets.count == 6, octets.contains(where: { $0 != 0 }) else { return nil }
        self.octets = octets
    }

    package var description: String {
        self.octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
