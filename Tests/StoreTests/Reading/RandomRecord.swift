import Gateway
import IMAP
import POP3
import TestSupport

/// Records of all kinds with everything a record can say, by chance.
struct RandomRecord {
    var random: SeededGenerator

    init(seed: UInt64) { self.random = SeededGenerator(seed: seed) }

    private static let letters = Array("ab \"\\\u{1B}\r\n\u{202E}é漢😀\u{0}\u{7F}/<>=,:{}[]".unicodeScalars)

    mutating func text(_ length: Int = 12) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...length, using: &self.random) {
            if let letter = Self.letters.randomElement(using: &self.random) { text.append(letter) }
        }
        return String(text)
    }

    private mutating func maybe<Value>(_ value: (inout RandomRecord) -> Value?) -> Value? {
        Bool.random(using: &self.random) ? value(&self) : nil
    }

    mutating func next() -> AuditRecord {
        AuditRecord(
            time: Int64.random(in: 0...4_000_000_000_000_000, using: &self.random),
            origin: self.origin(),
            attempt: self.attempt()
        )
    }

    private mutating func address() -> IPAddress {
        Bool.random(using: &self.random)
            ? .v4(UInt32.random(in: 0...UInt32.max, using: &self.random))
            : .v6(high: self.random.next(), low: self.random.next())
    }

    private mutating func origin() -> AuditRecord.Origin {
        switch Int.random(in: 0..<8, using: &self.random) {
        case 0: .operatorCommand(user: self.text())
        case 1: .server
        case 2:
            .reviewer(
                Reviewer(
                    name: self.text(),
                    role: Reviewer.Role.allCases.randomElement(using: &self.random) ?? .reader,
                    address: self.address()
                )
            )
        case 3: .upstream(account: self.text(), session: self.maybe { SessionID($0.text()) })
        case _: .session(self.session())
        }
    }

    private mutating func session() -> SessionOrigin {
        let remote = Endpoint(address: self.address(), port: UInt16.random(in: 0...UInt16.max, using: &self.random))
        var arrival = Arrival(session: SessionID(self.text()), remote: remote, local: remote, listener: self.text())
        arrival.neighbour = self.maybe { HardwareAddress($0.random.octets(count: 6)) }
        arrival.tls = self.maybe { chance in
            TLSDescription(
                version: chance.text(),
                cipher: chance.text(),
                serverName: chance.maybe { $0.text() },
                clientCertificate: chance.maybe { ClientCertificate(keyDigest: $0.text(), commonName: "a") }
            )
        }
        let speaker = self.maybe { chance -> Speaker? in
            guard Bool.random(using: &chance.random) else { return .unidentified(.once) }
            let identifier = Identifier(
                kind: IdentifierKind.allCases.randomElement(using: &chance.random) ?? .tag,
                value: chance.text(),
                label: chance.maybe { $0.text() }
            )
            return .device(Device(id: DeviceID(Int64(chance.random.next() >> 1)), name: chance.text()), by: identifier)
        }
        return SessionOrigin(arrival: arrival, account: self.maybe { $0.text() }, speaker: speaker)
    }

    private mutating func attempt() -> Attempt {
        var attempt = Attempt(
            action: Attempt.Action.allCases.randomElement(using: &self.random) ?? .dele,
            outcome: [.success, .failure, .unknown].randomElement(using: &self.random) ?? .unknown,
            asked: self.text(40),
            answered: self.text(),
            done: self.text(),
            message: self.maybe { $0.message() },
            numbers: self.maybe { NumberRanges(numbers: $0.random.octets(count: 5).map { UInt32($0) }) },
            mailbox: self.maybe { MailboxID(Int64.random(in: -5...5, using: &$0.random)) },
            octets: self.maybe { $0.random.next() },
            milliseconds: self.maybe { $0.random.next() >> 40 },
            reason: self.maybe { $0.text() }
        )
        attempt.upstream = (0..<Int.random(in: 0...3, using: &self.random)).map { _ in self.text() }
        attempt.counts = Dictionary(
            (0..<Int.random(in: 0...3, using: &self.random)).map { _ in (self.text(), Int(self.random.next() >> 1)) }
        ) { first, _ in first }
        attempt.between = self.maybe { Between(from: $0.maybe { $0.text() }, until: $0.text()) }
        return attempt
    }

    private mutating func message() -> MessageReference? {
        guard let uid = UID(UInt32.random(in: 1...UInt32.max, using: &self.random)), let uniqueID = UniqueID("abc")
        else { return nil }
        return MessageReference(
            messageNumber: Int(self.random.next() >> 1),
            mailbox: MailboxID(Int64(self.random.next() >> 1)),
            message: Message(
                number: UInt32.random(in: 0...UInt32.max, using: &self.random),
                uid: uid,
                size: UInt32.random(in: 1...UInt32.max, using: &self.random),
                uniqueID: uniqueID
            ),
            validity: UInt32.random(in: 0...UInt32.max, using: &self.random)
        )
    }
}
