import Gateway

import struct IMAP.UID
import struct POP3.UniqueID

/// Makes the bytes of a record, once: JSON with the names of the Elastic Common Schema where it has one. They are what is
/// hashed, so nothing in them depends on time, place or chance: keys come in a fixed order, and whatever is not printable
/// ASCII is written as `\uXXXX` (S-09).
enum RecordEncoder {
    static func encode(_ record: AuditRecord, node: String, commitment: [UInt8]? = nil) -> [UInt8] {
        let attempt = record.attempt
        var fields: [JSONValue.Member] = [
            ("@timestamp", .string(Timestamp.text(record.time))),
            (
                "event",
                .object([("action", .string(attempt.action.rawValue)), ("outcome", .string(attempt.outcome.rawValue))])
            ),
            ("host", .object([("name", .string(node))])),
        ]
        var own: [JSONValue.Member] = []
        switch record.origin {
        case .session(let origin): self.add(origin, &fields, &own)
        case .operatorCommand(let user): own.append(("operator", .string(user)))
        case .server: break
        }
        own += [
            ("asked", .string(attempt.asked)), ("answered", .string(attempt.answered)), ("done", .string(attempt.done)),
        ]
        if let message = attempt.message { own.append(("message", self.message(message))) }
        if let numbers = attempt.numbers { own.append(("rows", .string(numbers.description))) }
        if let octets = attempt.octets { own.append(("octets", .unsigned(octets))) }
        if let milliseconds = attempt.milliseconds { own.append(("milliseconds", .unsigned(milliseconds))) }
        if let reason = attempt.reason { own.append(("reason", .string(reason))) }
        if let commitment { own.append(("commitment", .string(self.hex(commitment)))) }
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
            if let name = tls.serverName { members.append(("client", .object([("server_name", .string(name))]))) }
            fields.append(("tls", .object(members)))
        }
        own += [("session", .string(arrival.session.text)), ("listener", .string(arrival.listener))]
        switch origin.speaker {
        case .device(let device, let identifier):
            let by = JSONValue.object([
                ("kind", .string(identifier.kind.rawValue)), ("value", .string(identifier.value)),
            ])
            own.append(
                (
                    "device",
                    .object([("id", .signed(device.id.value)), ("name", .string(device.name)), ("identified_by", by)])
                )
            )
        case .unidentified(let policy): own.append(("unidentified", .string(policy.rawValue)))
        case nil: break
        }
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

    private static func hex(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// JSON as it is written: members in the order given.
indirect enum JSONValue {
    typealias Member = (key: String, value: JSONValue)

    case string(String)
    case signed(Int64)
    case unsigned(UInt64)
    case array([JSONValue])
    case object([Member])

    var octets: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(768)
        self.write(to: &octets)
        return octets
    }

    private func write(to octets: inout [UInt8]) {
        switch self {
        case .string(let text): Self.write(text, to: &octets)
        case .signed(let number): octets += String(number).utf8
        case .unsigned(let number): octets += String(number).utf8
        case .array(let values):
            octets.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                value.write(to: &octets)
            }
            octets.append(UInt8(ascii: "]"))
        case .object(let members):
            octets.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &octets)
                octets.append(UInt8(ascii: ":"))
                member.value.write(to: &octets)
            }
            octets.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to octets: inout [UInt8]) {
        octets.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C: octets += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: unit)]
            case 0x20...0x7E: octets.append(UInt8(truncatingIfNeeded: unit))
            default:
                octets += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
                for shift in [12, 8, 4, 0] { octets.append(self.digits[Int(unit >> UInt16(shift)) & 15]) }
            }
        }
        octets.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
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
