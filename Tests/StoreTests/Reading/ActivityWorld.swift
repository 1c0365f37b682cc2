import Gateway
import IMAP
import POP3
import TestSupport

@testable import Store

/// A store with a mailbox and devices, in which sessions are told day by day.
struct ActivityWorld {
    /// 2026-11-24.
    static let begins: Int64 = 1_795_478_400

    let world: StoreWorld
    let mailbox: StoredListing
    let address = IPAddress.v4(0xC000_0207)

    init() async throws {
        self.world = try StoreWorld()
        self.mailbox = try await self.world.mailbox(9)
    }

    var store: SQLiteStore { self.world.store }

    func device(_ name: String) async throws -> Speaker {
        let account = try await self.store.account(upstream: "main", login: "info@example.com")
        let identifier = Identifier(kind: .tag, value: name)
        let device = try await self.store.device(account, identifier: identifier)
        _ = try await self.store.view(device.id, of: self.mailbox.mailbox)
        return .device(device, by: identifier)
    }

    func reference(_ row: UInt32) -> MessageReference? {
        self.mailbox.snapshot[Int(row) - 1].map {
            MessageReference(messageNumber: Int(row), mailbox: self.mailbox.mailbox, message: $0, validity: 7)
        }
    }

    func key(_ row: UInt32) -> MessageKey { MessageKey(self.mailbox.mailbox, row) }

    /// A session of `speaker` on a day, with its login and its end.
    func session(
        _ id: String,
        _ speaker: Speaker?,
        day: Int64,
        tls: String? = "TLSv1.3",
        retr: [UInt32] = [],
        dele: [UInt32] = [],
        others: [Attempt] = []
    ) async throws {
        var arrival = Arrival(
            session: SessionID(id),
            remote: Endpoint(address: self.address, port: 4_000),
            local: Endpoint(address: self.address, port: 995),
            listener: "pops"
        )
        arrival.tls = tls.map { TLSDescription(version: $0, cipher: "X", serverName: nil) }
        let origin = SessionOrigin(arrival: arrival, account: "info@example.com", speaker: speaker)
        let policy = DeletionPolicy(speaker: speaker, hidesDeleted: true)
        var attempts = [Self.attempt(.login, "PASS", "opened read-only, 9 messages shown")]
        for row in retr {
            attempts.append(Self.attempt(.retr, "RETR \(row)", "begun", self.reference(row), .unknown))
            attempts.append(Self.attempt(.retr, "RETR \(row)", "served 10 octets, whole", self.reference(row)))
        }
        for row in dele {
            let done = policy.doneAtDELE(isConfirmed: false)
            attempts.append(Self.attempt(.dele, "DELE \(row)", done, self.reference(row)))
        }
        let rows = NumberRanges(numbers: dele)
        var quit = Self.attempt(.quit, "QUIT", policy.doneAtQUIT(rows.count))
        if !rows.isEmpty {
            quit.numbers = rows
            quit.mailbox = self.mailbox.mailbox
        }
        attempts += others + [quit, Self.attempt(.sessionEnd, "", "nothing")]
        let records = attempts.enumerated().map { index, attempt in
            let seconds = Self.begins + day * 86_400 + Int64(index)
            return AuditRecord(time: seconds * 1_000_000, origin: .session(origin), attempt: attempt)
        }
        let change = policy.change(rows, of: self.mailbox.mailbox, from: self.address)
        try await self.world.write(RecordEntry(records: records, changes: change.map { [$0] } ?? []))
    }

    static func attempt(
        _ action: Attempt.Action,
        _ asked: String,
        _ done: String,
        _ message: MessageReference? = nil,
        _ outcome: Attempt.Outcome = .success,
        reason: String? = nil
    ) -> Attempt {
        var attempt = Attempt(action: action, outcome: outcome, asked: asked, answered: "", done: done)
        attempt.message = message
        attempt.reason = reason
        attempt.octets = done.hasPrefix("served") ? 10 : nil
        return attempt
    }

    /// Records of who never got in.
    func refusals(_ count: Int, every seconds: Int64, day: Int64, counts: [String: Int] = [:]) async throws {
        let end = Endpoint(address: self.address, port: 4_000)
        for number in 0..<Int64(count) {
            let arrival = Arrival(session: SessionID("r\(number)"), remote: end, local: end, listener: "pop")
            let origin = SessionOrigin(arrival: arrival, account: "info@example.com", speaker: nil)
            var attempt = Self.attempt(.refusal, "PASS", "nothing", nil, .failure)
            attempt.counts = counts
            let time = (Self.begins + day * 86_400 + number * seconds) * 1_000_000
            let record = AuditRecord(time: time, origin: .session(origin), attempt: attempt)
            try await self.world.write(RecordEntry(records: [record]))
        }
    }
}
