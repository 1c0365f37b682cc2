import Gateway
import IMAP
import Store
import Synchronization
import TestSupport

/// Writes a record of 400 days. How much of it is written is how far the time has come, and how much mail.
struct Mill {
    private static let begins: Int64 = 1_764_000_000_000_000
    private static let lasts: Int64 = 400 * 86_400_000_000
    /// Sessions that share a commit.
    private static let sessionsOfCommit = 400
    private static let fetchedAtOnce = 25
    private static let switchedOver = 2_000

    private let store: SQLiteStore
    private let clock: Clock
    private let total: Int
    private var office: Office
    private var random: SeededGenerator
    private var written = 0
    private var waiting: [RecordEntry] = []
    private let turns: [Int]

    /// What time it is in the mill.
    private final class Clock: Sendable {
        private let microseconds = Atomic<Int64>(Mill.begins)

        var now: Int64 {
            get { self.microseconds.load(ordering: .relaxed) }
            set { self.microseconds.store(newValue, ordering: .relaxed) }
        }
    }

    init(folder: String, records: Int, seed: UInt64) async throws {
        let clock = Clock()
        self.clock = clock
        self.store = try SQLiteStore.open(folder: folder, role: .server, origin: "mill", node: "mill") { clock.now }
        self.total = records
        self.random = SeededGenerator(seed: seed)
        self.office = try await Office(self.store)
        self.turns = self.office.machines.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.weight) }
    }

    private var progress: Double { min(1, Double(self.written) / Double(self.total)) }

    mutating func run() async throws {
        var listings = 0
        while self.written < self.total {
            if self.progress * 25 >= Double(listings) {
                try await self.commit()
                listings += 1
                try await self.list(Double(listings) / 25)
            }
            let turn = self.turns.randomElement(using: &self.random) ?? 0
            self.add(self.session(of: turn))
            if Int.random(in: 0..<3_000, using: &self.random) == 0 { self.add(self.operatorsRecord()) }
            if self.waiting.count >= Self.sessionsOfCommit { try await self.commit() }
        }
        try await self.commit()
    }

    private mutating func add(_ entry: RecordEntry) {
        var entry = entry
        // Each detail is a record too. The last session is cut where the record is full.
        let room = self.total - self.written
        entry.records = Array(entry.records.prefix(room))
        entry.changes = Array(entry.changes.prefix(room - entry.records.count))
        let details = entry.changes.count { if case .details = $0 { true } else { false } }
        self.written += entry.records.count + details
        self.waiting.append(entry)
    }

    /// All that waits, in one commit.
    private mutating func commit() async throws {
        guard let last = self.waiting.popLast() else { return }
        self.clock.now = self.now
        for entry in self.waiting { self.store.write(entry, .written) { _ in } }
        self.waiting = []
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            self.store.write(last, .written) { done.resume(with: $0.mapError { $0 }) }
        }
    }

    private var now: Int64 { Self.begins + Int64(self.progress * Double(Self.lasts)) }

    /// The mail that has come until `progress`.
    private mutating func list(_ progress: Double) async throws {
        let whole = self.total / 5 / self.office.mailboxes.count
        for index in self.office.mailboxes.indices {
            let mailbox = self.office.mailboxes[index]
            let first = mailbox.snapshot.count + 1
            let last = min(whole, Int(Double(whole) * progress))
            guard let validity = UIDValidity(mailbox.validity), first <= last else { continue }
            let update = ListingUpdate(
                validity: validity,
                exists: UInt32(last),
                uidNext: nil,
                added: (first...last).compactMap { number in
                    UID(UInt32(number * 3)).map { uid in
                        let share = Double(number) / Double(whole)
                        return ListedMessage(
                            uid: uid,
                            size: UInt32.random(in: 2_000...400_000, using: &self.random),
                            internalDate: (Self.begins + Int64(share * Double(Self.lasts))) / 1_000_000
                        )
                    }
                },
                present: nil
            )
            self.office.mailboxes[index].snapshot =
                try await self.store.update(mailbox.mailbox, with: update).snapshot
        }
    }

    /// How many messages a mailbox has by now.
    private func arrived(_ mailbox: SharedMailbox) -> Int {
        let whole = self.total / 5 / self.office.mailboxes.count
        return min(mailbox.snapshot.count, Int(Double(whole) * self.progress))
    }

    private mutating func session(of turn: Int) -> RecordEntry {
        var machine = self.office.machines[turn]
        defer { self.office.machines[turn] = machine }
        let mailbox = self.office.mailboxes[machine.mailbox]
        let count = self.arrived(mailbox)
        var writer = self.writer(of: machine, account: mailbox.login)
        switch machine.habit {
        case .stalePassword: writer.refuse("wrong user or password")
        case .stranger: writer.refuse("foreign protocol", closes: Bool.random(using: &self.random))
        case .unknown:
            writer.login(shown: count)
            let newest = max(0, count - 3)..<count
            for row in newest {
                guard let message = self.reference(row, machine.mailbox) else { continue }
                if row < machine.deleted { writer.withhold(message) } else { self.retrieve(message, machine, &writer) }
                writer.delete(message)
            }
            machine.deleted = max(machine.deleted, count)
            writer.quit(mailbox.mailbox)
        case .leavesCopy, .deletesAtOnce, .deletesAfter, .switchedOver:
            writer.login(shown: count)
            self.fetch(&machine, upTo: count, &writer)
            for row in machine.deleted..<max(machine.deleted, self.deletedUntil(machine, count)) {
                if let message = self.reference(row, machine.mailbox) { writer.delete(message) }
                machine.deleted = row + 1
            }
            writer.quit(mailbox.mailbox)
        }
        return writer.entry
    }

    private mutating func writer(of machine: Machine, account: String) -> SessionWriter {
        self.random = SeededGenerator(seed: self.random.next())
        guard case .stranger = machine.habit else {
            return SessionWriter(machine, account: account, at: self.now, from: machine.address, self.random)
        }
        let address = IPAddress.v4(UInt32.random(in: 0x0100_0000...0xDFFF_FFFF, using: &self.random))
        let guess = "user\(Int.random(in: 0..<2_000, using: &self.random))"
        return SessionWriter(machine, account: guess, at: self.now, from: address, self.random)
    }

    private mutating func fetch(_ machine: inout Machine, upTo count: Int, _ writer: inout SessionWriter) {
        if case .switchedOver = machine.habit { return }
        let end = min(count, machine.fetched + Self.fetchedAtOnce)
        for row in machine.fetched..<max(machine.fetched, end) {
            if let message = self.reference(row, machine.mailbox) { self.retrieve(message, machine, &writer) }
        }
        machine.fetched = max(machine.fetched, end)
    }

    /// Whoever fetches a message first makes its header known.
    private mutating func retrieve(_ message: MessageReference, _ machine: Machine, _ writer: inout SessionWriter) {
        var details: MessageDetails?
        let number = message.message.number
        if number > self.office.mailboxes[machine.mailbox].detailed {
            details = Headers.details(of: number, in: machine.mailbox, &self.random)
            self.office.mailboxes[machine.mailbox].detailed = Int(number)
        }
        writer.retrieve(message, details: details)
    }

    private func deletedUntil(_ machine: Machine, _ count: Int) -> Int {
        switch machine.habit {
        case .leavesCopy, .unknown, .stalePassword, .stranger: 0
        case .deletesAtOnce: machine.fetched
        case .deletesAfter(let newer): machine.fetched - newer
        case .switchedOver(let day): self.progress < day ? 0 : min(count, Self.switchedOver)
        }
    }

    private func reference(_ row: Int, _ index: Int) -> MessageReference? {
        let mailbox = self.office.mailboxes[index]
        return mailbox.snapshot[row].map {
            MessageReference(
                messageNumber: row + 1,
                mailbox: mailbox.mailbox,
                message: $0,
                validity: mailbox.validity
            )
        }
    }

    private mutating func operatorsRecord() -> RecordEntry {
        let attempt = Attempt(
            action: .deviceRename,
            outcome: .success,
            asked: "device rename pc1 desk",
            answered: "",
            done: "pc1 of info@example.com is called desk"
        )
        return RecordEntry(records: [
            AuditRecord(time: self.now, origin: .operatorCommand(user: "anna"), attempt: attempt)
        ])
    }
}
