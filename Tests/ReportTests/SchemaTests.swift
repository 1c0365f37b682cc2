import Foundation
import Gateway
import Report
import Testing

@testable import Store

/// The schemas against the code that writes; validators of others look at real output in the interop tests.
@Suite("The JSON Schemas")
struct SchemaTests {
    private static func schema(_ name: String) throws -> [String: Any] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Deploy/schema")
        let data = try Data(contentsOf: folder.appending(path: name))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func member(_ schema: [String: Any], _ path: String...) -> [String: Any] {
        path.reduce(schema) { $0[$1] as? [String: Any] ?? [:] }
    }

    private static func record() throws -> [String: Any] {
        self.member(try self.schema("record.schema.json"), "$defs", "record")
    }

    @Test("know every action and outcome, and every diagnosis and verdict")
    func words() throws {
        let event = Self.member(try Self.record(), "properties", "event", "properties")
        #expect(Self.member(event, "action")["enum"] as? [String] == Attempt.Action.allCases.map(\.rawValue))
        #expect(Self.member(event, "outcome")["enum"] as? [String] == ["success", "failure", "unknown"])
        let device = Self.member(try Self.schema("report.schema.json"), "properties", "devices", "items", "properties")
        #expect(Self.member(device, "verdict")["enum"] as? [String] == Verdict.allCases.map(\.rawValue))
        let finding = Self.member(device, "diagnoses", "items", "properties", "key")
        #expect(finding["enum"] as? [String] == Diagnosis.keys)
    }

    private static let origins: [AuditRecord.Origin] = {
        let address = IPAddress("192.0.2.44") ?? .v4(0)
        var arrival = Arrival(
            session: SessionID("k3v9x0q2m7ab"),
            remote: Endpoint(address: address, port: 50_123),
            local: Endpoint(address: address, port: 995),
            listener: "pops"
        )
        arrival.neighbour = HardwareAddress([2, 0, 0, 0, 0, 1])
        arrival.tls = TLSDescription(
            version: "TLSv1.3",
            cipher: "x",
            serverName: "frontdesk.pop.office.example",
            clientCertificate: ClientCertificate(keyDigest: String(repeating: "a", count: 64), commonName: "Front desk")
        )
        let device = Device(id: DeviceID(7), name: "frontdesk")
        let identifier = Identifier(kind: .certificate, value: "ab12", label: "Front desk")
        let speakers: [Speaker?] = [.device(device, by: identifier), .unidentified(.once), nil]
        let sessions = speakers.map { speaker in
            AuditRecord.Origin.session(SessionOrigin(arrival: arrival, account: "info@example.com", speaker: speaker))
        }
        let subject = AlertSubject(device: device, account: "a", address: address, session: arrival.session)
        return sessions + [
            .operatorCommand(user: "anna"), .reviewer(Reviewer(name: "sato", role: .operator, address: address)),
            .upstream(account: "info@example.com", session: arrival.session), .stranger(address), .server,
            .notice(subject), .notice(AlertSubject()),
        ]
    }()

    @Test("know every member that a record can have", arguments: Attempt.Action.allCases)
    func members(action: Attempt.Action) throws {
        let schema = try Self.record()
        for origin in Self.origins {
            var attempt = Attempt(
                action: action,
                outcome: .success,
                asked: "DELE 2",
                answered: "+OK",
                done: "nothing",
                numbers: NumberRanges(numbers: [2, 3, 9]),
                mailbox: MailboxID(1),
                between: Between(from: "2026-11-06T00:00:00.000000Z", until: "2026-11-07T00:00:00.000000Z"),
                octets: 1,
                milliseconds: 1,
                reason: "x",
                upstream: ["A1 NOOP"],
                counts: ["STAT": 1]
            )
            attempt.version = "1"
            attempt.configuration = ConfigurationDigests(inForce: String(repeating: "b", count: 64), read: nil)
            let record = AuditRecord(time: 1_764_000_000_000_000, origin: origin, attempt: attempt)
            let body = RecordEncoder.encode(record, sequence: 1, node: "gw", commitment: [1])
            let stored = StoredRecord(sequence: 1, body: Data(body), message: Sample.text)
            let object = try JSONSerialization.jsonObject(with: Data(RecordJSON.line(stored)))
            #expect(Self.problems(object, schema) == [])
        }
    }

    @Test("say of a damaged record that it is")
    func damaged() throws {
        let stored = StoredRecord(sequence: 7, body: Data("{\"a\":".utf8))
        let schema = Self.member(try Self.schema("record.schema.json"), "$defs", "damaged")
        #expect(Self.problems(try JSONSerialization.jsonObject(with: Data(RecordJSON.line(stored))), schema) == [])
    }

    /// Members that the schema does not know, and those that it wants and are not there.
    private static func problems(_ value: Any, _ schema: [String: Any], at path: String = "") -> [String] {
        guard let object = value as? [String: Any], let known = schema["properties"] as? [String: Any] else {
            return []
        }
        let wanted = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map {
            "\(path)/\($0) is missing"
        }
        return wanted
            + object.flatMap { key, member -> [String] in
                guard let schema = known[key] as? [String: Any] else { return ["\(path)/\(key) is unknown"] }
                return self.problems(member, schema, at: "\(path)/\(key)")
            }
    }
}
