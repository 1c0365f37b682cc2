/// Finds out who is speaking: what a login and the way it came are evidence of, strongest first (DESIGN section 3). None of
/// the links asks anybody. The kind `credential` is decided before, by whoever knows the names that devices have of their
/// own.
package struct IdentityChain: Hashable, Sendable {
    /// The kinds that count, the one that decides first.
    package let kinds: [IdentifierKind]
    /// The domains whose names are devices: below `pop.office.example`, `frontdesk.pop.office.example` is `frontdesk`. In
    /// lower case.
    package let domains: [String]

    /// All but `address` are on by default.
    package static let usualKinds = IdentifierKind.allCases.filter { $0 != .address }

    package init(kinds: [IdentifierKind] = Self.usualKinds, domains: [String] = []) {
        self.kinds = kinds
        self.domains = domains.map { $0.lowercased() }
    }

    /// A login taken apart.
    package struct Resolution: Hashable, Sendable {
        /// Goes upstream, without the tag.
        package let name: LoginName
        /// In the order of `kinds`; empty when nothing tells which device it is.
        package let identifiers: [Identifier]

        package init(name: LoginName, identifiers: [Identifier]) {
            self.name = name
            self.identifiers = identifiers
        }
    }

    /// `accounts` decides where a name ends that has a `#` of its own.
    package func resolve(login: [UInt8], arrival: Arrival, accounts: AccountList) -> Resolution {
        let (name, tag) = self.kinds.contains(.tag) ? Self.cut(login, accounts) : (LoginName(login), nil)
        let identifiers = self.kinds.compactMap { kind -> Identifier? in
            switch kind {
            case .credential: nil
            case .certificate:
                arrival.tls?.clientCertificate.map {
                    Identifier(kind: .certificate, value: $0.keyDigest, label: $0.commonName)
                }
            case .name: self.name(of: arrival).map { Identifier(kind: .name, value: $0) }
            case .tag: tag.map { Identifier(kind: .tag, value: $0) }
            case .neighbour: arrival.neighbour.map { Identifier(kind: .neighbour, value: $0.description) }
            case .address: Identifier(kind: .address, value: arrival.source.address.description)
            }
        }
        return Resolution(name: name, identifiers: identifiers)
    }

    /// The device a listener was given to; else the one label that stands before one of the domains in what the PC dialled.
    /// More than one label is no device: the wildcard of our certificate would not cover it.
    private func name(of arrival: Arrival) -> String? {
        if let given = arrival.givenDevice { return DeviceName.canonical(given.utf8) }
        guard let dialled = arrival.tls?.serverName?.lowercased(), let dot = dialled.firstIndex(of: ".") else {
            return nil
        }
        guard self.domains.contains(String(dialled[dialled.index(after: dot)...])) else { return nil }
        return DeviceName.canonical(dialled[..<dot].utf8)
    }

    /// `info@example.com#frontdesk` at its last `#`. Not cut when the whole is the name of an account that is served here,
    /// when what follows the `#` is no tag, or when nothing would be left of the name: then the `#` belongs to the name. Where
    /// no accounts are listed, an account whose name ends like a tag is told by a tag behind it: `info#1#pc1` is `info#1`.
    private static func cut(_ login: [UInt8], _ accounts: AccountList) -> (name: LoginName, tag: String?) {
        let whole = LoginName(login)
        // Devices pad their fields with blanks; a tag has none.
        let end = login.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? 0
        guard let mark = login[..<end].lastIndex(of: UInt8(ascii: "#")), mark > login.startIndex,
            let tag = DeviceName.canonical(login[..<end].dropFirst(mark + 1)), !accounts.lists(whole)
        else { return (whole, nil) }
        return (LoginName(Array(login[..<mark])), tag)
    }
}
