import Foundation
import GRDB
import Gateway
import Testing

@testable import Store

@Suite("What was done, as a class")
struct RecordedEffectTests {
    private struct Said: CustomTestStringConvertible, Sendable {
        let action: Attempt.Action
        let done: String
        let effect: RecordedEffect
        var testDescription: String { "\(self.action): \(self.done)" }

        init(_ action: Attempt.Action, _ done: String, _ effect: RecordedEffect) {
            self.action = action
            self.done = done
            self.effect = effect
        }

        var record: AuditRecord {
            let attempt = Attempt(action: self.action, outcome: .success, asked: "", answered: "", done: self.done)
            return AuditRecord(time: 0, origin: .server, attempt: attempt)
        }
    }

    private static let device = DeletionPolicy.hide(Device(id: DeviceID(1), name: "nothing"))

    /// What the gateway says, by its own functions where it has them.
    private static let all: [Said] =
        [
            Said(.login, "opened read-only, 3 messages shown", .other), Said(.refusal, "nothing", .nothing),
            Said(.connectionRefused, "nothing", .nothing), Said(.retr, "begun", .unfinished),
            Said(.retr, "served 1204 octets, whole", .served), Said(.top, "served 12 octets", .served),
            Said(.top, "served 12 octets, whole", .served),
            Said(.retr, "cut after 7 octets, no final dot", .unfinished),
            Said(.retr, "nothing", .nothing), Said(.rset, "2 marks taken away", .other),
            Said(.deviceAdd, "hidden from pc1: 2 messages that session x asked to delete", .hidden),
            Said(.deviceAdd, "made hidden of info@example.com, known by tag hidden", .other),
            Said(.deviceRename, "hidden of info@example.com is called marked", .other),
            Said(.vanished, "nothing was done by us: 1 message is no longer on the mail server", .nothing),
            Said(.deviceRestore, "shown again to hidden: 2 messages", .other),
            Said(.alert, "served is used from 192.0.2.1 and from 192.0.2.2 at once", .other),
            Said(.details, "kept what the header of message 1 of mailbox 1 says", .other),
            Said(.dele, Self.device.doneAtDELE(isConfirmed: false), .marked),
            Said(.dele, Self.device.doneAtDELE(isConfirmed: true), .marked),
            Said(.sessionEnd, Self.device.doneWhenLost(2, dropped: 0), .hidden),
            Said(.sessionEnd, Self.device.doneWhenLost(2, dropped: 1), .hidden),
            Said(.sessionEnd, Self.device.doneWhenLost(0, dropped: 1), .nothing),
            Said(.sessionEnd, Self.device.doneWhenLost(0, dropped: 0), .nothing),
            Said(.quit, Self.device.doneAtQUIT(2), .hidden), Said(.quit, Self.device.doneAtQUIT(0), .nothing),
        ]
        + [DeletionPolicy.withhold, .keep].flatMap { policy in
            [
                Said(.dele, policy.doneAtDELE(isConfirmed: false), .nothing),
                Said(.quit, policy.doneAtQUIT(2), .nothing),
                Said(.sessionEnd, policy.doneWhenLost(0, dropped: 2), .nothing),
            ]
        }

    @Test("follows from action and sentence, for the reader and for the index alike")
    func effects() async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: Self.all.map(\.record)))
        let columns = try await world.store.pool.read {
            try String.fetchAll($0, sql: "SELECT effect FROM record ORDER BY sequence")
        }
        for (index, record) in try await world.store.records().enumerated() {
            let said = Self.all[index]
            #expect(record.effect == said.effect, "\(said.testDescription)")
            #expect(RecordedEffect(stored: columns[index]) == said.effect, "\(said.testDescription)")
            #expect((columns[index] == "whole") == said.done.hasSuffix(", whole"))
        }
    }

    @Test("may be searched, each of them", arguments: RecordedEffect.allCases)
    func searched(effect: RecordedEffect) async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: Self.all.map(\.record)))
        let found = try await world.store.records(RecordFilter(done: effect)).map(\.done)
        #expect(!found.isEmpty && found == Self.all.filter { $0.effect == effect }.map(\.done))
    }
}
