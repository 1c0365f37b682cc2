/// Finds out who is speaking: what a login and the way it came are evidence of, strongest first (DESIGN section 3). The
/// links are made here as far as a gateway without certificates and names of its own can; none of them asks anybody.
package struct IdentityChain: Hashable, Sendable {
    /// The kinds that count. All but `address` are on by default.
    package let kinds: Set<IdentifierKind>

    package init(kinds: Set<IdentifierKind> = Set(IdentifierKind.allCases).subtracting([.address])) {
        self.kinds = kinds
    }

    /// A login taken apart.
    package struct Resolution: Hashable, Sendable {
        /// Goes upstream, without the tag.
        package let name: LoginName
        /// Strongest first; empty when nothing tells which device it is.
        package let identifiers: [Identifier]

        package init(name: LoginName, identifiers: [Identifier]) {
            self.name = name
            self.identifiers = identifiers
        }
    }

    package func resolve(login: [UInt8], arrival: Arrival) -> Resolution {
        var identifiers: [Identifier] = []
        var name = LoginName(login)
        if self.kinds.contains(.tag), let (bare, tag) = Self.cut(login) {
            name = LoginName(bare)
            identifiers.append(Identifier(kind: .tag, value: tag))
        }
        if self.kinds.contains(.neighbour), let neighbour = arrival.neighbour {
            identifiers.append(Identifier(kind: .neighbour, value: neighbour.description))
        }
        if self.kinds.contains(.address) {
            identifiers.append(Identifier(kind: .address, value: arrival.source.address.description))
        }
        return Resolution(name: name, identifiers: identifiers)
    }

    /// `info@example.com#frontdesk` at its last `#`. Nil when what follows is no tag, or nothing would be left of the
    /// name: then the `#` belongs to the name.
    private static func cut(_ login: [UInt8]) -> (name: [UInt8], tag: String)? {
        // Devices pad their fields with blanks; a tag has none.
        let end = login.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? 0
        guard let mark = login[..<end].lastIndex(of: UInt8(ascii: "#")), mark > login.startIndex else { return nil }
        let tag = login[..<end].dropFirst(mark + 1)
        guard (1...32).contains(tag.count), tag.allSatisfy(Self.isTagOctet) else { return nil }
        return (Array(login[..<mark]), String(decoding: tag, as: UTF8.self).lowercased())
    }

    private static func isTagOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case _: false
        }
    }
}
