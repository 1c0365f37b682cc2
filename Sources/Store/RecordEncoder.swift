import Gateway
import LibCrypto

import struct IMAP.UID
import struct POP3.UniqueID

/// Makes the bytes of a record, once: JSON with the names of the Elastic Common Schema where it has one. They are what is
/// hashed, so nothing in them depends on time, place or chance: keys come in a fixed order, and whatever is not printable
/// ASCII is written as `\uXXXX` (S-09).
enum RecordEncoder {
    static func encode(
        _ record: AuditRecord,
        sequence: Int64,
        node: String,
        commitment: [UInt8]? = nil
    ) -> [UInt8] {
        let attempt = record.attempt
        // The number stands in what is hashed, so that a record that was moved still says where it belongs.
        let event: [JSONValue.Member] = [
            ("sequence", .signed(sequence)), ("action", .string(attempt.action.rawValue)),
            ("outcome", .string(attempt.outcome.rawValue)),
        ]
        var fields: [JSONValue.Member] = [
            ("@timestamp", .string(Timestamp.text(record.time))), ("event", .object(event)),
            ("host", .object([("name", .string(node))])),
        ]
        var own: [JSONValue.Member] = []
        switch record.origin {
        case .session(let origin): self.add(origin, &fields, &own)
        case .operatorCommand(let user): own.append(("operator", .string(user)))
        case .reviewer(let reviewer):
            fields.append(("client", .object([("ip", .string(reviewer.address.description))])))
            let members = [("name", JSONValue.string(reviewer.name)), ("role", .string(reviewer.role.rawValue))]
            own.append(("reviewer", .object(members)))
        case .upstream(let account, let session):
            fields.append(("user", .object([("name", .string(account))])))
            if let session { own.append(("session", .string(session.text))) }
        case .stranger(let address): fields.append(("client", .object([("ip", .string(address.description))])))
        case .server: break
        case .notice(let subject): self.add(subject, &fields, &own)
        }
        if let version = attempt.version {
            fields.append(("service", .object([("name", .string(Product.name)), ("version", .string(version))])))
        }
        own += [
            ("asked", .string(attempt.asked)), ("answered", .string(attempt.answered)), ("done", .string(attempt.done)),
        ]
        if let message = attempt.message { own.append(("message", self.message(message))) }
        if let numbers = attempt.numbers { own.append(("rows", .string(numbers.description))) }
        if let mailbox = attempt.mailbox { own.append(("mailbox", .signed(mailbox.value))) }
        if let between = attempt.between { own.append(("between", self.between(between))) }
        if let octets = attempt.octets { own.append(("octets", .unsigned(octets))) }
        if let milliseconds = attempt.milliseconds { own.append(("milliseconds", .unsigned(milliseconds))) }
        if let reason = attempt.reason { own.append(("reason", .string(reason))) }
        if let configuration = attempt.configuration { own.append(("configuration", self.digests(configuration))) }
        if let commitment { own.append(("commitment", .string(commitment.hexadecimal))) }
        own.append(("upstream", .array(attempt.upstream.map { .string($0) })))
        if !attempt.counts.isEmpty {
            let counts = attempt.counts.sorted { $0.key < $1.key }
            own.append(("counts", .object(counts.map { ($0.key, .unsigned(UInt64(clamping: $0.value))) })))
        }
        fields.append(("leavecopy", .object(own)))
        return JSONValue.object(fields).octets
    }

    private static func add(
        _ origin: SessionOrigin,
        _ fields: inout [JSONValue.Member],
        _ own: inout [JSONValue.Member]
    ) {
        let arrival = origin.arrival
        var client: [JSONValue.Member] = [
            ("ip", .string(arrival.source.address.description)), ("port", .unsigned(UInt64(arrival.source.port))),
        ]
        if let neighbour = arrival.neighbour { client.append(("mac", .string(neighbour.description))) }
        fields.append(("client", .object(client)))
        if let account = origin.account { fields.append(("user", .object([("name", .string(account))]))) }
        if let tls = arrival.tls {
            var members: [JSONValue.Member] = [("version", .string(tls.version)), ("cipher", .string(tls.cipher))]
            let client = self.client(tls)
            if !client.isEmpty { members.append(("client", .object(client))) }
            fields.append(("tls", .object(members)))
        }
        own += [("session", .string(arrival.session.text)), ("listener", .string(arrival.listener))]
        switch origin.speaker {
        case .device(let device, let identifier):
            var by: [JSONValue.Member] = [
                ("kind", .string(identifier.kind.rawValue)), ("value", .string(identifier.value)),
            ]
            if let label = identifier.label { by.append(("label", .string(label))) }
            own.append(
                (
                    "device",
                    .object([
                        ("id", .signed(device.id.value)), ("name", .string(device.name)),
                        ("identified_by", .object(by)),
                    ])
                )
            )
        case .unidentified(let policy): own.append(("unidentified", .string(policy.rawValue)))
        case nil: break
        }
    }

    private static func add(
        _ subject: AlertSubject,
        _ fields: inout [JSONValue.Member],
        _ own: inout [JSONValue.Member]
    ) {
        if let address = subject.address { fields.append(("client", .object([("ip", .string(address.description))]))) }
        if let account = subject.account { fields.append(("user", .object([("name", .string(account))]))) }
        if let session = subject.session { own.append(("session", .string(session.text))) }
        guard let device = subject.device else { return }
        own.append(("device", .object([("id", .signed(device.id.value)), ("name", .string(device.name))])))
    }

    private static func digests(_ digests: ConfigurationDigests) -> JSONValue {
        var members: [JSONValue.Member] = []
        if let digest = digests.inForce { members.append(("sha256", .string(digest))) }
        if let digest = digests.read { members.append(("read", .object([("sha256", .string(digest))]))) }
        return .object(members)
    }

    /// What the device said of itself in the handshake; a certificate also where another kind of evidence decided.
    private static func client(_ tls: TLSDescription) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if let name = tls.serverName { members.append(("server_name", .string(name))) }
        guard let certificate = tls.clientCertificate else { return members }
        var x509: [JSONValue.Member] = [("public_key_hash", .object([("sha256", .string(certificate.keyDigest))]))]
        if let name = certificate.commonName { x509.append(("subject", .object([("common_name", .string(name))]))) }
        return members + [("x509", .object(x509))]
    }

    private static func message(_ reference: MessageReference) -> JSONValue {
        .object([
            ("number", .signed(Int64(clamping: reference.messageNumber))),
            ("mailbox", .signed(reference.mailbox.value)),
            ("row", .unsigned(UInt64(reference.message.number))),
            ("uidvalidity", .unsigned(UInt64(reference.validity))),
            ("uid", .unsigned(UInt64(reference.message.uid.value))),
            ("uidl", .string(reference.message.uniqueID.text)),
            ("size", .unsigned(UInt64(reference.message.size))),
        ])
    }

    private static func between(_ between: Between) -> JSONValue {
        let from = between.from.map { [JSONValue.Member(key: "from", value: .string($0))] } ?? []
        return .object(from + [(key: "until", value: .string(between.until))])
    }
}

/// A time as the record writes it: UTC, with microseconds.
enum Timestamp {
    /// `2026-11-24T20:14:37.000001Z`, of microseconds since 1970.
    static func text(_ microseconds: Int64) -> String {
        let (second, fraction) = self.divide(microseconds, 1_000_000)
        let (day, rest) = self.divide(second, 86_400)
        // Days since 1 March of year 0, in eras of 400 years (Hinnant's civil_from_days).
        let (era, dayOfEra) = self.divide(day &+ 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date =
            "\(self.digits(year, 4))-\(self.digits(month, 2))-\(self.digits(dayOfYear - (153 * shifted + 2) / 5 + 1, 2))"
        let time = "\(self.digits(rest / 3_600, 2)):\(self.digits(rest / 60 % 60, 2)):\(self.digits(rest % 60, 2))"
        return "\(date)T\(time).\(self.digits(fraction, 6))Z"
    }

    private static func divide(_ number: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
