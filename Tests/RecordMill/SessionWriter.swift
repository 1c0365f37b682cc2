import Gateway
import IMAP
import TestSupport

/// The records of one session, in the gateway's own words, and the changes that belong to them.
struct SessionWriter {
    private(set) var entry = RecordEntry(records: [])
    private var origin: SessionOrigin
    private var time: Int64
    private var random: SeededGenerator
    private var commands = ["UIDL": 1]
    private var marked: [UInt32] = []
    private var tag = 1

    init(_ machine: Machine, account: String?, at time: Int64, from address: IPAddress, _ random: SeededGenerator) {
        var random = random
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let name = String((0..<12).compactMap { _ in letters.randomElement(using: &random) })
        let isTLS = machine.tls != nil
        var arrival = Arrival(
            session: SessionID(name),
            remote: Endpoint(address: address, port: UInt16.random(in: 32_768...60_999, using: &random)),
            local: Endpoint(address: .v4(0xC0A8_0101), port: isTLS ? 995 : 110),
            listener: isTLS ? "pops" : "pop"
        )
        arrival.tls = machine.tls
        arrival.neighbour = machine.neighbour
        self.origin = SessionOrigin(arrival: arrival, account: account, speaker: machine.speaker)
        self.time = time
        self.random = random
    }

    private var policy: DeletionPolicy { DeletionPolicy(speaker: self.origin.speaker, hidesDeleted: true) }

    private mutating func add(_ attempt: Attempt) {
        self.time += Int64.random(in: 500...200_000, using: &self.random)
        self.entry.records.append(AuditRecord(time: self.time, origin: .session(self.origin), attempt: attempt))
    }

    private mutating func sent(_ command: String) -> String {
        self.tag += 1
        return "a\(self.tag) \(command)"
    }

    mutating func login(shown: Int) {
        let lines = ["LOGIN \"\(self.origin.account ?? "")\" •••", "EXAMINE \"INBOX\"", "NOOP"].map { self.sent($0) }
        self.add(
            Attempt(
                action: .login,
                outcome: .success,
                asked: "PASS",
                answered: "+OK Logged in",
                done: "opened read-only, \(shown) messages shown",
                upstream: lines
            )
        )
    }

    mutating func refuse(_ reason: String, closes: Bool = false) {
        let attempt = Attempt(
            action: closes ? .connectionRefused : .refusal,
            outcome: .failure,
            asked: closes ? "" : "PASS",
            answered: closes ? "" : "-ERR [AUTH] login failed",
            done: "nothing",
            reason: reason
        )
        self.add(attempt)
        self.end(reason)
    }

    mutating func retrieve(_ message: MessageReference, details: MessageDetails?) {
        let size = UInt64(message.message.size)
        let asked = "RETR \(message.messageNumber)"
        self.commands["RETR", default: 0] += 1
        func attempt(_ outcome: Attempt.Outcome, _ done: String, _ octets: UInt64?, _ lines: [String]) -> Attempt {
            Attempt(
                action: .retr,
                outcome: outcome,
                asked: asked,
                answered: "+OK \(size) octets",
                done: done,
                message: message,
                octets: octets,
                upstream: lines
            )
        }
        self.add(attempt(.unknown, "begun", nil, []))
        // Now and then a line breaks.
        if Int.random(in: 0..<500, using: &self.random) == 0 {
            self.add(attempt(.failure, "cut after \(size / 2) octets, no final dot", size / 2, []))
            return
        }
        let line = self.sent("UID FETCH \(message.message.uid.value) (UID BODY.PEEK[])")
        self.add(attempt(.success, "served \(size) octets, whole", size, [line]))
        guard let details else { return }
        self.entry.changes.append(.details(message.mailbox, number: message.message.number, details))
    }

    mutating func withhold(_ message: MessageReference) {
        self.add(
            Attempt(
                action: .retr,
                outcome: .failure,
                asked: "RETR \(message.messageNumber)",
                answered:
                    "-ERR [SYS/PERM] this PC deletes mail it has downloaded: add #pc1 to the login name, or leave a copy",
                done: "nothing",
                message: message,
                octets: 0,
                reason: Attempt.withheld
            )
        )
    }

    mutating func delete(_ message: MessageReference) {
        self.commands["DELE", default: 0] += 1
        self.marked.append(message.message.number)
        self.add(
            Attempt(
                action: .dele,
                outcome: .success,
                asked: "DELE \(message.messageNumber)",
                answered: "+OK message \(message.messageNumber) deleted",
                done: self.policy.doneAtDELE(isConfirmed: false),
                message: message
            )
        )
    }

    mutating func quit(_ mailbox: MailboxID) {
        let rows = NumberRanges(numbers: self.marked)
        if let change = self.policy.change(rows, of: mailbox, from: self.origin.arrival.source.address) {
            self.entry.changes.append(change)
        }
        self.add(
            Attempt(
                action: .quit,
                outcome: .success,
                asked: "QUIT",
                answered: "+OK bye",
                done: self.policy.doneAtQUIT(rows.count),
                numbers: rows.isEmpty ? nil : rows,
                mailbox: rows.isEmpty ? nil : mailbox
            )
        )
        self.end("quit", .success)
    }

    mutating func end(_ reason: String, _ outcome: Attempt.Outcome = .failure) {
        self.add(
            Attempt(
                action: .sessionEnd,
                outcome: outcome,
                asked: "",
                answered: "",
                done: "nothing",
                reason: reason,
                counts: self.commands
            )
        )
    }
}
