/// What a device may be called, as a tag, as a label of a server name and as a name that an operator gives:
/// `[A-Za-z0-9._-]{1,32}`, where case tells nothing apart (DESIGN section 3).
package enum DeviceName {
    package static let maximumLength = 32

    /// The name in lower case; nil when it is none.
    package static func canonical(_ octets: some Collection<UInt8>) -> String? {
        guard (1...self.maximumLength).contains(octets.count), octets.allSatisfy(self.isAllowed) else { return nil }
        return String(decoding: octets, as: UTF8.self).lowercased()
    }

    private static func isAllowed(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case _: false
        }
    }
}
