import Foundation
import Gateway
import Report
import Store
import Testing
import Upstream

@testable import Server

@Suite("Alerts on record")
struct AlertWatchTests {
    private let world: StreamWorld
    private let runner = FakeRunner(.prints(""))

    init() throws { self.world = try StreamWorld() }

    private func rules(_ change: (inout Configuration.Alerts) -> Void) -> Configuration.Alerts {
        var rules = Configuration.Alerts()
        rules.command = ["/usr/bin/call"]
        rules.freeOctets = 0
        change(&rules)
        return rules
    }

    /// Runs watch and caller until `isDone`.
    private func run(
        _ rules: Configuration.Alerts,
        _ body: (AlertWatch) async throws -> Void = { _ in },
        until isDone: () async throws -> Bool
    ) async throws {
        let caller = AlertCaller(
            command: rules.command,
            runner: self.runner,
            store: self.world.store,
            language: .english,
            now: { StreamWorld.now },
            logger: self.world.log.logger
        )
        let watch = AlertWatch(
            rules: rules,
            store: self.world.store,
            caller: caller,
            now: { StreamWorld.now },
            logger: self.world.log.logger
        )
        let outlets = self.world.outlets()
        outlets.start([{ await watch.run($0) }, { await caller.run($0) }])
        try await body(watch)
        try await StreamWorld.eventually("it is done", isDone)
        await outlets.finish(within: .seconds(30))
    }

    private func alerts() async throws -> [StoredRecord] {
        var filter = RecordFilter()
        filter.action = "alert"
        return try await self.world.store.page(filter, limit: 100).records
    }

    @Test("a mass deletion is a record that names the device, and one call")
    func massDeletion() async throws {
        let rules = self.rules { $0.deletions = 3 }
        let runner = self.runner
        let world = self.world
        try await self.run(rules) { _ in
            try await world.put((0..<3).map { _ in AlertEngineTests.record(.dele) })
        } until: {
            runner.runs.count == 1
        }
        let alert = try #require(try await self.alerts().first)
        #expect(try await self.alerts().count == 1)
        #expect(alert.reason == "mass deletion")
        #expect(alert.device == "sales")
        #expect(alert.deviceID == DeviceID(1))
        #expect(alert.account == "info@example.com")
        #expect(alert.address == "192.0.2.7")
        // Its own record is no reason for another.
        try await self.run(rules) { _ in
            try await world.put((0..<3).map { _ in AlertEngineTests.record(.dele) })
        } until: {
            try await world.store.position(of: "alerts") == 7
        }
        #expect(try await self.alerts().count == 1)
        #expect(self.runner.runs.count == 1)
    }

    @Test("a disk with less room than wanted is told once a day")
    func disk() async throws {
        let runner = self.runner
        let rules = self.rules { $0.freeOctets = .max }
        try await self.run(rules, until: { runner.runs.count == 1 })
        try await self.run(rules, until: { true })
        #expect(try await self.alerts().map(\.reason) == ["disk nearly full"])
        #expect(try await self.alerts().first?.done.hasSuffix("MiB are free on the disk of the state folder") == true)
    }

    @Test("a mailbox that fills up is told with its account")
    func mailbox() async throws {
        let runner = self.runner
        try await self.run(self.rules { _ in }) { watch in
            watch.hear(.mailboxIsFull(account: "info@example.com", percent: 93))
            watch.hear(.mailboxIsFull(account: "info@example.com", percent: 94))
        } until: {
            runner.runs.count == 1
        }
        let alert = try #require(try await self.alerts().first)
        #expect(try await self.alerts().count == 1)
        #expect(alert.reason == "mailbox nearly full")
        #expect(alert.account == "info@example.com")
        #expect(alert.done == "the mailbox of info@example.com is 93% full")
    }
}
