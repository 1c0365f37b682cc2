import Gateway
import Store
import TestSupport

/// A mailbox that people share, with all messages that will ever come.
struct SharedMailbox {
    let login: String
    let account: AccountID
    let mailbox: MailboxID
    let validity: UInt32
    /// In their order; filled in while they come.
    var snapshot: MailboxSnapshot
    /// Messages whose header is known.
    var detailed = 0
}

/// A PC or another machine, and how it is set.
struct Machine {
    enum Habit {
        case leavesCopy
        case deletesAtOnce
        /// Deletes what it fetched when so many newer ones have come.
        case deletesAfter(Int)
        /// Fetches nothing, but deletes all when it is switched over.
        case switchedOver(at: Double)
        /// Nobody knows it: what it deletes comes again, and is withheld.
        case unknown
        case stalePassword
        /// From anywhere, and never gets in.
        case stranger
    }

    let mailbox: Int
    let speaker: Speaker?
    let address: IPAddress
    let habit: Habit
    /// How often it comes, against the others.
    let weight: Int
    let tls: TLSDescription?
    let neighbour: HardwareAddress?
    /// Messages that it has fetched, from the first on, and deleted.
    var fetched = 0
    var deleted = 0
}

/// Eight shared mailboxes; most have one PC that fetches everything, two have two; and all the others around them.
struct Office {
    static let logins = ["info", "sales", "support", "orders", "scan", "hr", "press", "tokyo"].map {
        "\($0)@example.com"
    }

    private static let modern = TLSDescription(
        version: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        serverName: "pop.example.com"
    )
    private static let old = TLSDescription(
        version: "TLSv1.2",
        cipher: "ECDHE-RSA-AES128-GCM-SHA256",
        serverName: nil
    )

    var mailboxes: [SharedMailbox] = []
    var machines: [Machine] = []

    init(_ store: SQLiteStore) async throws {
        for login in Self.logins {
            let account = try await store.account(upstream: "main", login: login)
            let listing = try await store.listing(account, mailbox: "INBOX")
            self.mailboxes.append(
                SharedMailbox(
                    login: login,
                    account: account,
                    mailbox: listing.mailbox,
                    validity: 1_700_000_000,
                    snapshot: listing.snapshot
                )
            )
        }
        for index in self.mailboxes.indices { try await self.addMain(index, store) }
        for number in 1...40 { try await self.addOther(number, store) }
        for index in [0, 1, 5] { self.addUnknown(index) }
        self.addRefused(.stalePassword, weight: 4)
        self.addRefused(.stranger, weight: 8)
    }

    private mutating func addMain(_ index: Int, _ store: SQLiteStore) async throws {
        let habits: [Machine.Habit] = [
            .leavesCopy, .deletesAtOnce, .deletesAfter(400), .leavesCopy, .deletesAtOnce, .leavesCopy, .leavesCopy,
            .deletesAfter(2_000),
        ]
        try await self.add("pc\(index + 1)", .tag, index, habits[index], weight: 40, store)
        if index < 2 { try await self.add("frontdesk", .name, index, .leavesCopy, weight: 30, store) }
    }

    /// Those that come now and then: they poll, and the last of each mailbox is switched over one day.
    private mutating func addOther(_ number: Int, _ store: SQLiteStore) async throws {
        let index = number % self.mailboxes.count
        let isLast = number > 32
        let day = Double(number % 8) / 10 + 0.15
        let kind: IdentifierKind = number % 3 == 0 ? .neighbour : .tag
        let name = kind == .neighbour ? "02:00:00:00:00:\(number < 10 ? "0" : "")\(number)" : "other\(number)"
        try await self.add(name, kind, index, .switchedOver(at: isLast ? day : 2), weight: number % 4 + 1, store)
    }

    private mutating func add(
        _ value: String,
        _ kind: IdentifierKind,
        _ index: Int,
        _ habit: Machine.Habit,
        weight: Int,
        _ store: SQLiteStore
    ) async throws {
        let identifier = Identifier(kind: kind, value: value)
        let device = try await store.device(self.mailboxes[index].account, identifier: identifier)
        _ = try await store.view(device.id, of: self.mailboxes[index].mailbox)
        let number = UInt8(clamping: self.machines.count + 10)
        self.machines.append(
            Machine(
                mailbox: index,
                speaker: .device(device, by: identifier),
                address: .v4(0xC0A8_0100 + UInt32(number)),
                habit: habit,
                weight: weight,
                tls: self.machines.count % 5 == 4 ? nil : self.machines.count % 3 == 0 ? Self.old : Self.modern,
                neighbour: HardwareAddress([2, 0, 0, 0, 0, number])
            )
        )
    }

    private mutating func addUnknown(_ index: Int) {
        self.machines.append(
            Machine(
                mailbox: index,
                speaker: .unidentified(.once),
                address: .v4(0xC0A8_02C8 + UInt32(index)),
                habit: .unknown,
                weight: 3,
                tls: Self.modern,
                neighbour: nil
            )
        )
    }

    private mutating func addRefused(_ habit: Machine.Habit, weight: Int) {
        self.machines.append(
            Machine(
                mailbox: 3,
                speaker: nil,
                address: .v4(0xC633_6407),
                habit: habit,
                weight: weight,
                tls: Self.old,
                neighbour: nil
            )
        )
    }
}
