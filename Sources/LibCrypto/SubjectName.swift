internal import Glibc

/// A name a certificate is for: a host name or an IP address, checked so strictly that it can stand in libcrypto's
/// string for extensions, where a comma begins another name.
package struct SubjectName: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case dns
        case address
    }

    package let kind: Kind
    /// In lower case; an address in its usual spelling.
    package let text: String

    /// Nil for anything but an IPv4 or IPv6 address without a scope, or a host name (RFC 1123 §2.1) of at most 253
    /// octets, whose first label may be `*`.
    package init?(_ text: String) {
        if let address = Self.address(text) {
            self.kind = .address
            self.text = address
            return
        }
        let name = text.utf8.map { $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) }
        let wildcard = Array("*.".utf8)
        let host = name.starts(with: wildcard) ? name.dropFirst(2) : name[...]
        guard !host.isEmpty, name.count <= 253 else { return nil }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel) else { return nil }
        self.kind = .dns
        self.text = String(decoding: name, as: UTF8.self)
    }

    package var description: String { self.text }

    /// As X509V3_EXT_nconf_nid reads it.
    var extensionText: String {
        switch self.kind {
        case .dns: "DNS:\(self.text)"
        case .address: "IP:\(self.text)"
        }
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    private static func address(_ text: String) -> String? {
        guard !text.utf8.contains(0) else { return nil }
        for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: length)
            if unsafe inet_pton(family, text, &octets) == 1 { return Self.address(octets) }
        }
        return nil
    }

    /// The usual spelling of 4 or 16 octets; nil for any other number of them.
    static func address(_ octets: [UInt8]) -> String? {
        guard octets.count == 4 || octets.count == 16 else { return nil }
        var spelling = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = octets.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, octets, &spelling, socklen_t(spelling.count)) != nil else { return nil }
        return String(decoding: spelling.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
