import Foundation
import Gateway
import Store
import TestSupport
import Testing

@testable import Server

@Suite("Syslog and the journal")
struct DatagramTargetTests {
    private let world: StreamWorld

    init() throws { self.world = try StreamWorld() }

    private var socket: String { "\(self.world.folder.path)/socket" }

    private func records(_ attempts: Attempt...) async throws -> [StoredRecord] {
        let device = Device(id: DeviceID(7), name: "frontdesk")
        for (index, attempt) in attempts.enumerated() {
            let subject = AlertSubject(device: device, account: "info@example.com", address: .v4(0xC000_0201))
            try await self.world.put([
                AuditRecord(time: StreamWorld.now + Int64(index), origin: .notice(subject), attempt: attempt)
            ])
        }
        return try await self.world.store.page(RecordFilter(), limit: 100).records.reversed()
    }

    private static func attempt(_ action: Attempt.Action, _ outcome: Attempt.Outcome = .success) -> Attempt {
        Attempt(action: action, outcome: outcome, asked: "", answered: "", done: "nothing")
    }

    @Test("the local syslog hears each record in the form of syslog(3), with the exact line")
    func syslog() async throws {
        let receiver = try DatagramReceiver(self.socket)
        let records = try await self.records(
            Self.attempt(.dele),
            Self.attempt(.refusal, .failure),
            Self.attempt(.alert)
        )
        #expect(SyslogTarget(socket: self.socket).write(records) == StreamOutcome(taken: 3))
        for (record, priority) in zip(records, [22, 21, 20]) {
            let message = try #require(receiver.next())
            let head = /<([0-9]+)>[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:00:00 leavecopy\[([0-9]+)\]: (.*)/
            let match = try #require(message.wholeMatch(of: head))
            #expect(Int(match.1) == priority)
            #expect(Int32(match.2) == getpid())
            #expect(Array(match.3.utf8) == record.json)
        }
    }

    @Test("a syslog server hears RFC 5424: time, machine, kind and number of the record, and the exact line")
    func whole() async throws {
        let records = try await self.records(Self.attempt(.refusal, .failure))
        let record = try #require(records.first)
        let message = String(decoding: SyslogMessage.whole(record, record.line), as: UTF8.self)
        let head = "<21>1 2025-11-24T16:00:00.000000Z node leavecopy \(getpid()) refusal [meta sequenceId=\"1\"] "
        #expect(message == head + String(decoding: record.json, as: UTF8.self))
    }

    @Test("the journal gets fields to ask for beside the line, and no value can add a field")
    func journal() async throws {
        let receiver = try DatagramReceiver(self.socket)
        let records = try await self.records(Self.attempt(.dele))
        #expect(JournalTarget(socket: self.socket).write(records) == StreamOutcome(taken: 1))
        let fields = try #require(receiver.next()).split(separator: "\n")
        #expect(
            fields.dropLast() == [
                "PRIORITY=6", "SYSLOG_IDENTIFIER=leavecopy", "LEAVECOPY_SEQUENCE=1", "LEAVECOPY_ACTION=dele",
                "LEAVECOPY_OUTCOME=success", "LEAVECOPY_DEVICE=frontdesk", "LEAVECOPY_ACCOUNT=info@example.com",
                "LEAVECOPY_ADDRESS=192.0.2.1",
            ]
        )
        #expect(fields.last?.hasPrefix("MESSAGE={\"@timestamp\":") == true)
    }

    @Test("a value with a line end is written with its length")
    func lineEnd() async throws {
        let subject = AlertSubject(account: "a\nPRIORITY=0")
        try await self.world.put([.alert(.massDeletion, about: subject, sentence: "", at: StreamWorld.now)])
        let record = try #require(try await self.world.store.record(1))
        let datagram = JournalTarget.datagram(record, record.line)
        let field = Array("LEAVECOPY_ACCOUNT\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0] + Array("a\nPRIORITY=0\n".utf8)
        #expect(datagram.indices.contains { datagram[$0...].starts(with: field) })
    }

    @Test("what nobody listens to is tried again, from the record that failed on")
    func nobody() async throws {
        let records = try await self.records(Self.attempt(.dele))
        let outcome = JournalTarget(socket: self.socket).write(records)
        #expect(outcome.taken == 0)
        #expect(outcome.trouble?.contains("No such file") == true)
    }

    @Test("a record that is longer than a datagram may be is told of by its number and its size")
    func tooLong() async throws {
        let receiver = try DatagramReceiver(self.socket)
        let text = String(repeating: "x", count: 20 << 20)
        let long = Attempt(action: .dele, outcome: .success, asked: text, answered: "", done: "nothing")
        let records = try await self.records(long)
        #expect(SyslogTarget(socket: self.socket).write(records) == StreamOutcome(taken: 1))
        let message = try #require(receiver.next())
        #expect(message.hasSuffix("\"leavecopy\":{\"omitted\":\(try #require(records.first).json.count)}}"))
        #expect(message.contains("\"event\":{\"sequence\":1,\"action\":\"dele\""))
    }
}
