import Gateway
import Testing

@Suite("Who is speaking, by the identity chain")
struct IdentityChainTests {
    private let every = AccountList(nil)

    private static func identifier(_ kind: IdentifierKind, _ value: String, label: String? = nil) -> Identifier {
        Identifier(kind: kind, value: value, label: label)
    }

    /// An arrival that every kind but a tag and a credential can be told from.
    private static func arrival(serverName: String? = "FrontDesk.pop.office.example") -> Arrival {
        var arrival = Samples.arrival()
        arrival.neighbour = HardwareAddress([0x02, 0, 0, 0, 0, 0x1F])
        arrival.tls = TLSDescription(
            version: "TLSv1.3",
            cipher: "x",
            serverName: serverName,
            clientCertificate: ClientCertificate(keyDigest: "ab12", commonName: "Front desk")
        )
        return arrival
    }

    @Test(
        "is told by a tag at the last #, when it is one",
        arguments: [
            ("info@example.com#frontdesk", "info@example.com", "frontdesk"),
            ("info@example.com#FrontDesk", "info@example.com", "frontdesk"),
            ("in#fo#pc-1", "in#fo", "pc-1"), ("info#a.b_c-9  ", "info", "a.b_c-9"),
            ("info#" + String(repeating: "x", count: 32), "info", String(repeating: "x", count: 32)),
            ("info#" + String(repeating: "x", count: 33), "info#" + String(repeating: "x", count: 33), nil),
            ("info#", "info#", nil), ("#pc1", "#pc1", nil), ("info#pc 1", "info#pc 1", nil),
            ("info#pc/1", "info#pc/1", nil),
            ("info", "info", nil), ("", "", nil), ("#", "#", nil), ("info#é", "info#é", nil),
        ] as [(String, String, String?)]
    )
    func tag(login: String, name: String, tag: String?) {
        let resolution = IdentityChain().resolve(
            login: Array(login.utf8),
            arrival: Samples.arrival(),
            accounts: AccountList(nil)
        )
        #expect(resolution.name == LoginName(name))
        #expect(resolution.identifiers == (tag.map { [Identifier(kind: .tag, value: $0)] } ?? []))
    }

    @Test(
        "is told by a tag only behind a name that is not itself an account's, however it is written",
        arguments: [
            ("info#1", "info#1", nil), (" INFO#1 ", " INFO#1 ", nil), ("info#1#pc1", "info#1", "pc1"),
            ("team#2", "team#2", nil), ("sales#1", "sales", "1"), ("sales", "sales", nil), ("other#1", "other", "1"),
        ] as [(String, String, String?)]
    )
    func accounts(login: String, name: String, tag: String?) {
        let accounts = AccountList([
            AccountList.Entry(login: "info#1", aliases: ["Team#2"]), AccountList.Entry(login: "sales"),
        ])
        let resolution = IdentityChain(kinds: [.tag])
            .resolve(login: Array(login.utf8), arrival: Samples.arrival(), accounts: accounts)
        #expect(resolution.name == LoginName(name))
        #expect(resolution.identifiers == (tag.map { [Self.identifier(.tag, $0)] } ?? []))
    }

    @Test("is told in the order of the kinds, whatever it is")
    func order() {
        let values: [IdentifierKind: Identifier] = [
            .certificate: Self.identifier(.certificate, "ab12", label: "Front desk"),
            .name: Self.identifier(.name, "frontdesk"), .tag: Self.identifier(.tag, "pc1"),
            .neighbour: Self.identifier(.neighbour, "02:00:00:00:00:1f"),
            .address: Self.identifier(.address, "192.0.2.7"),
        ]
        let usual = IdentityChain.usualKinds
        for kinds in [
            IdentifierKind.allCases, IdentifierKind.allCases.reversed(), usual, [.address], [.credential], [],
        ] {
            let chain = IdentityChain(kinds: kinds, domains: ["pop.office.example"])
            let resolution = chain.resolve(
                login: Array("info#pc1".utf8),
                arrival: Self.arrival(),
                accounts: self.every
            )
            #expect(resolution.identifiers == kinds.compactMap { values[$0] })
            #expect(resolution.name == LoginName(Array((kinds.contains(.tag) ? "info" : "info#pc1").utf8)))
        }
    }

    @Test(
        "is told by the one label before a domain of ours",
        arguments: [
            ("frontdesk.pop.office.example", "frontdesk"), ("PC_1.Second.example", "pc_1"),
            ("pop.office.example", nil), ("a.b.pop.office.example", nil), ("frontdesk.office.example", nil),
            ("xpop.office.example", nil), (".pop.office.example", nil), ("frontdesk", nil), ("", nil),
            ("192.0.2.1", nil),
            (String(repeating: "x", count: 32) + ".second.example", String(repeating: "x", count: 32)),
            (String(repeating: "x", count: 33) + ".second.example", nil), (nil, nil),
        ] as [(String?, String?)]
    )
    func serverNames(serverName: String?, expected: String?) {
        let chain = IdentityChain(kinds: [.name], domains: ["POP.office.example", "second.example"])
        let arrival = Self.arrival(serverName: serverName)
        let identifiers = chain.resolve(login: [0x61], arrival: arrival, accounts: self.every).identifiers
        #expect(identifiers == (expected.map { [Self.identifier(.name, $0)] } ?? []))
        #expect(
            IdentityChain(kinds: [.name]).resolve(login: [0x61], arrival: arrival, accounts: self.every)
                .identifiers.isEmpty
        )
    }

    @Test("is told by the listener that was given to it before what it dialled")
    func givenListener() {
        let chain = IdentityChain(domains: ["pop.office.example"])
        var arrival = Self.arrival()
        arrival.givenDevice = "Scanner"
        let login = Array("info".utf8)
        let given = chain.resolve(login: login, arrival: arrival, accounts: self.every).identifiers
        #expect(given.dropFirst().first == Self.identifier(.name, "scanner"))
        let plain = Samples.arrival()
        #expect(chain.resolve(login: login, arrival: plain, accounts: self.every).identifiers.isEmpty)
    }

    @Test(
        "logs in to an account under its login and aliases, and to no other",
        arguments: [
            ("info@example.com", "Info@Example.com"), ("INFO@EXAMPLE.COM", "Info@Example.com"),
            ("info", "Info@Example.com"), (" Info ", "Info@Example.com"), ("info@", "Info@Example.com"),
            ("sales", "sales"), ("boss", nil), ("", nil),
        ] as [(String, String?)]
    )
    func aliases(typed: String, login: String?) {
        let accounts = AccountList([
            AccountList.Entry(login: "Info@Example.com", aliases: ["info", "Info@"]),
            // What two claim belongs to the first.
            AccountList.Entry(login: "sales", aliases: ["INFO"]),
        ])
        let name = LoginName(typed)
        #expect(accounts.login(for: name) == login.map { LoginName($0) })
        #expect(accounts.lists(name) == (login != nil))
        #expect(self.every.login(for: name) == name)
        #expect(!self.every.lists(name))
    }
}
