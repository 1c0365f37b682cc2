import Foundation
import Gateway
import IMAP
import POP3
import TestSupport

@testable import Store

/// A record of a few hundred entries by chance, from few words, so that searches meet; and the same as plain values, to
/// search them the plain way.
struct RandomLog {
    /// One entry, as it was handed in, and what is known of its message at the end.
    struct Entry {
        let sequence: Int64
        let time: String
        var device = ""
        var account = ""
        let action: String
        let outcome: String
        let effect: RecordedEffect
        var address = ""
        var session = ""
        var identifiedBy = ""
        var message: MessageKey?
        var texts: [String] = []
    }

    static let days = ["2026-11-01", "2026-11-02", "2026-11-03"]
    static let subjects = ["見積書の件", "請求書", "Invoice 12", "ｶﾞ ＡＢＣ", "50% \"off\" NEAR*", "Zoë's list_1"]
    static let senders = ["山田 <a@x.example>", "Bob <bob@example.com>"]

    private(set) var entries: [Entry] = []
    let world: StoreWorld
    let mailboxes: [StoredListing]
    private let devices: [Device]
    private var random: SeededGenerator
    private var known: [MessageKey: [String]] = [:]

    init(seed: UInt64, count: Int) async throws {
        self.random = SeededGenerator(seed: seed)
        let world = try StoreWorld()
        self.world = world
        self.mailboxes = [try await world.mailbox(6), try await world.mailbox(4, login: "sales@example.com")]
        var devices: [Device] = []
        for name in ["pc1", "pc2", "Front-Desk"] {
            let account = try await world.store.account(upstream: "main", login: "info@example.com")
            devices.append(try await world.store.device(account, identifier: Identifier(kind: .tag, value: name)))
        }
        self.devices = devices
        while self.entries.count < count { try await self.add() }
        for index in self.entries.indices {
            self.entries[index].texts = self.entries[index].message.flatMap { self.known[$0] } ?? []
        }
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self.random)]
    }

    private mutating func add() async throws {
        let place = Int.random(in: 0..<2, using: &self.random)
        let listing = self.mailboxes[place]
        let row = Int.random(in: 0..<listing.snapshot.count, using: &self.random)
        guard let message = listing.snapshot[row] else { return }
        let names: Bool = self.pick([true, true, false])
        let reference = MessageReference(
            messageNumber: row + 1,
            mailbox: listing.mailbox,
            message: message,
            validity: 7
        )
        let (action, done, effect) = self.pick(Self.deeds)
        let outcome: Attempt.Outcome = self.pick([.success, .success, .failure, .unknown])
        var attempt = Attempt(action: action, outcome: outcome, asked: "", answered: "", done: done)
        attempt.message = names ? reference : nil
        // Mostly in order; but a clock may be set back.
        let shift = self.pick([0, 0, 0, 0, 0, 86_400])
        let seconds = 1_793_491_200 + (self.entries.count * 1_000 + shift) % 259_200
        let time = Int64(seconds) * 1_000_000 + Int64(self.entries.count)
        let (origin, entry) = self.origin(place, time: time, attempt, effect)
        var changes: [Change] = []
        let key = MessageKey(listing.mailbox, message.number)
        if names, self.known[key] == nil, self.pick([true, false]) {
            let (subject, from) = (self.pick(Self.subjects), self.pick(Self.senders))
            self.known[key] = [subject, from, "<\(row)@mx>"]
            let details = MessageDetails(
                messageID: Array("<\(row)@mx>".utf8),
                from: Array(from.utf8),
                subject: Array(subject.utf8),
                date: []
            )
            changes = [.details(listing.mailbox, number: message.number, details)]
        }
        try await self.world.write(
            RecordEntry(records: [AuditRecord(time: time, origin: origin, attempt: attempt)], changes: changes)
        )
        self.entries.append(entry(names ? key : nil))
        guard !changes.isEmpty else { return }
        var made = Entry(
            sequence: Int64(self.entries.count + 1),
            time: Timestamp.text(1_764_000_000_000_000),
            action: "details",
            outcome: "success",
            effect: .other
        )
        made.message = key
        self.entries.append(made)
    }

    private static let deeds: [(Attempt.Action, String, RecordedEffect)] = [
        (.retr, "begun", .unfinished), (.retr, "served 12 octets, whole", .served), (.top, "served 3 octets", .served),
        (.dele, "marked: hidden from x at QUIT", .marked), (.dele, "nothing", .nothing),
        (.refusal, "nothing", .nothing),
        (.quit, "hidden from x: 1 message", .hidden), (.login, "opened read-only", .other),
    ]

    private mutating func origin(
        _ place: Int,
        time: Int64,
        _ attempt: Attempt,
        _ effect: RecordedEffect
    ) -> (AuditRecord.Origin, (MessageKey?) -> Entry) {
        var entry = Entry(
            sequence: Int64(self.entries.count + 1),
            time: Timestamp.text(time),
            action: attempt.action.rawValue,
            outcome: attempt.outcome.rawValue,
            effect: effect
        )
        func filled(_ entry: Entry) -> (MessageKey?) -> Entry {
            { key in
                var entry = entry
                entry.message = key
                return entry
            }
        }
        guard self.pick([true, true, true, false]) else { return (.server, filled(entry)) }
        entry.account = place == 0 ? self.pick(["info@example.com", "Info@Example.com"]) : "sales@example.com"
        entry.session = self.pick(["s1", "s2", "s3"])
        let address = self.pick([IPAddress.v4(0xC000_0201), .v4(0xC000_0202), .v6(high: 0x2001_0DB8 << 32, low: 1)])
        entry.address = address.description
        let end = Endpoint(address: address, port: 4_000)
        let arrival = Arrival(session: SessionID(entry.session), remote: end, local: end, listener: "pops")
        var speaker: Speaker?
        switch Int.random(in: 0..<3, using: &self.random) {
        case 0:
            entry.identifiedBy = "nobody"
            speaker = .unidentified(.once)
        case 1:
            let device = self.pick(self.devices)
            let kind: IdentifierKind = self.pick([.tag, .name])
            entry.device = device.name
            entry.identifiedBy = kind.rawValue
            speaker = .device(device, by: Identifier(kind: kind, value: device.name))
        case _: break
        }
        let origin = SessionOrigin(arrival: arrival, account: entry.account, speaker: speaker)
        return (.session(origin), filled(entry))
    }
}

extension RandomLog.Entry {
    /// The plain way.
    func fits(_ filter: RecordFilter) -> Bool {
        func isAlike(_ asked: String?, _ text: String) -> Bool {
            asked.map { $0.lowercased() == text.lowercased() } ?? true
        }
        func isSame<Value: Equatable>(_ asked: Value?, _ value: Value?) -> Bool { asked == nil || asked == value }
        guard isAlike(filter.device, self.device), isAlike(filter.account, self.account) else { return false }
        guard isSame(filter.action, self.action), isSame(filter.outcome, self.outcome) else { return false }
        guard isSame(filter.done, self.effect), isSame(filter.session, self.session) else { return false }
        guard isSame(filter.address?.lowercased(), self.address) else { return false }
        guard isSame(filter.identifiedBy, self.identifiedBy), isSame(filter.message, self.message) else { return false }
        if filter.leavesOutOwnWork, filter.action == nil, self.action == "details" { return false }
        guard filter.since ?? "" <= self.time, self.time < filter.until ?? "~" else { return false }
        guard let text = filter.text, !text.isEmpty else { return true }
        return self.texts.contains { $0.folding(text) }
    }
}

extension String {
    /// Whether `text` stands in it, in any case and width.
    fileprivate func folding(_ text: String) -> Bool {
        let (mine, other) = (
            self.precomposedStringWithCompatibilityMapping, text.precomposedStringWithCompatibilityMapping
        )
        return other.isEmpty || mine.lowercased().contains(other.lowercased())
    }
}
