import Foundation
import Gateway
import Store
import Testing

@testable import Server

@Suite("What calls an operator")
struct AlertEngineTests {
    private static let start = StreamWorld.now
    private static let minute = AlertEngine.minute

    private static func rules(_ change: (inout Configuration.Alerts) -> Void = { _ in }) -> Configuration.Alerts {
        var rules = Configuration.Alerts()
        rules.deletions = 5
        rules.failuresAnHour = 3
        change(&rules)
        return rules
    }

    /// What an engine makes of records that come one portion after the other.
    private struct Play {
        var engine = AlertEngine(rules: AlertEngineTests.rules(), memory: AlertMemory())
        let store: SQLiteStore
        private let folder: TemporaryFolder

        init() throws {
            self.folder = try TemporaryFolder()
            self.store = try StreamWorld.open(self.folder)
        }

        /// The alerts of one portion.
        mutating func take(_ records: [AuditRecord]) -> [AuditRecord] {
            for record in records { self.engine.take(self.store.draft(record)) }
            return self.engine.finish(position: 1).alerts
        }
    }

    static func record(
        _ action: Attempt.Action,
        _ outcome: Attempt.Outcome = .success,
        answered: String = "+OK",
        device: Device? = Device(id: DeviceID(1), name: "sales"),
        address: IPAddress = .v4(0xC000_0207),
        hardware: [UInt8] = [],
        reason: String? = nil,
        counts: [String: Int] = [:],
        after microseconds: Int64 = 0
    ) -> AuditRecord {
        var arrival = Arrival(
            session: SessionID("s1"),
            remote: Endpoint(address: address, port: 4_000),
            local: Endpoint(address: address, port: 995),
            listener: "pops"
        )
        arrival.neighbour = HardwareAddress(hardware)
        let speaker: Speaker? =
            if let device {
                .device(device, by: Identifier(kind: .tag, value: device.name))
            } else {
                action == .refusal ? nil : .unidentified(.once)
            }
        let attempt = Attempt(
            action: action,
            outcome: outcome,
            asked: "",
            answered: answered,
            done: "nothing",
            reason: reason,
            counts: counts
        )
        let origin = SessionOrigin(arrival: arrival, account: "info@example.com", speaker: speaker)
        return AuditRecord(time: self.start + microseconds, origin: .session(origin), attempt: attempt)
    }

    private static func deletions(
        _ count: Int,
        after microseconds: Int64 = 0,
        device: Device? = Device(id: DeviceID(1), name: "sales")
    )
        -> [AuditRecord]
    {
        (0..<count).map { _ in self.record(.dele, device: device, after: microseconds) }
    }

    private static func refusal(
        _ answer: String = "-ERR [AUTH] authentication failed",
        from address: IPAddress = .v4(0xC000_0207),
        counts: [String: Int] = [:],
        after microseconds: Int64 = 0
    ) -> AuditRecord {
        self.record(
            .refusal,
            .failure,
            answered: answer,
            device: nil,
            address: address,
            reason: "wrong credentials",
            counts: counts,
            after: microseconds
        )
    }

    // MARK: - Mass deletions

    @Test("a device that asks to delete many messages within the time is spoken of once a day")
    func massDeletion() throws {
        var play = try Play()
        #expect(play.take(Self.deletions(4)).isEmpty)
        let alerts = play.take(Self.deletions(4, after: Self.minute))
        let alert = try #require(alerts.first)
        #expect(alerts.count == 1)
        #expect(alert.attempt.reason == "mass deletion")
        #expect(alert.attempt.done.hasPrefix("sales asked to delete 8 messages within 10 minutes; nothing was deleted"))
        #expect(alert.attempt.counts == ["deletions": 8])
        #expect(
            alert.origin
                == .notice(
                    AlertSubject(
                        device: Device(id: DeviceID(1), name: "sales"),
                        account: "info@example.com",
                        address: .v4(0xC000_0207),
                        session: SessionID("s1")
                    )
                )
        )
        #expect(play.take(Self.deletions(50, after: 2 * Self.minute)).isEmpty)
        #expect(play.take(Self.deletions(50, after: AlertEngine.day - 1)).isEmpty)
        #expect(play.take(Self.deletions(50, after: AlertEngine.day + 2 * Self.minute)).count == 1)
    }

    @Test("deletions that are spread over a longer time, that failed, or that others asked for, do not add up")
    func slowDeletions() throws {
        var play = try Play()
        for number in 0..<20 {
            #expect(play.take(Self.deletions(1, after: Int64(number) * 3 * Self.minute)).isEmpty)
        }
        for number in 2..<12 {
            #expect(
                play.take(Self.deletions(4, device: Device(id: DeviceID(Int64(number)), name: "d\(number)"))).isEmpty
            )
        }
        let failed = (0..<20).map { _ in Self.record(.dele, .failure, answered: "-ERR") }
        #expect(play.take(failed).isEmpty)
    }

    @Test("a burst is found also when it is read late, together with the quiet hours behind it")
    func readLate() throws {
        var play = try Play()
        let later = Self.deletions(1, after: 300 * Self.minute)
        #expect(play.take(Self.deletions(9) + later).map(\.attempt.counts) == [["deletions": 9]])
    }

    @Test("a PC without a name is told from another by its address")
    func unnamedDeletion() throws {
        var play = try Play()
        let alerts = play.take(Self.deletions(6, device: nil))
        #expect(
            alerts.map(\.attempt.done).first?.hasPrefix("a PC without a name at 192.0.2.7 asked to delete 6") == true
        )
    }

    // MARK: - Failures

    @Test("refusals for good from one address within an hour are counted, those of a flood with their number")
    func failures() throws {
        var play = try Play()
        #expect(play.take([Self.refusal(), Self.refusal(after: 59 * Self.minute)]).isEmpty)
        #expect(play.take([Self.refusal(after: 62 * Self.minute)]).isEmpty)
        let alerts = play.take([Self.refusal("-ERR [SYS/PERM] not served", after: 63 * Self.minute)])
        #expect(
            alerts.map(\.attempt.done) == [
                "3 logins from 192.0.2.7 were refused within an hour, the last for info@example.com: wrong credentials"
            ]
        )
        let flood = play.take([Self.refusal(from: .v4(9), counts: ["refusals": 300])])
        #expect(flood.map(\.attempt.counts) == [["refusals": 300]])
    }

    @Test("a stale password that is tried every five minutes is found")
    func stalePassword() throws {
        var play = try Play()
        var alerts: [AuditRecord] = []
        for number in 0..<288 { alerts += play.take([Self.refusal(after: Int64(number) * 5 * Self.minute)]) }
        #expect(alerts.count == 1)
    }

    @Test(
        "a mail server that is away, or a mailbox in use, is no failure of the PC's",
        arguments: ["-ERR [SYS/TEMP] please wait", "-ERR [IN-USE] please wait", ""]
    )
    func temporary(answer: String) throws {
        var play = try Play()
        #expect(play.take((0..<20).map { _ in Self.refusal(answer) }).isEmpty)
    }

    @Test("one machine's many IPv6 addresses are one")
    func prefix() throws {
        var play = try Play()
        let records = (0..<3).map { Self.refusal(from: .v6(high: 0x2001_0db8_0000_0001, low: $0)) }
        #expect(play.take(records).count == 1)
    }

    @Test("strangers from everywhere do not fill the record with alerts")
    func storm() throws {
        var play = try Play()
        var alerts: [AuditRecord] = []
        for address in 1..<200 as Range<UInt32> {
            alerts += play.take((0..<3).map { _ in Self.refusal(from: .v4(address)) })
        }
        #expect(alerts.count == AlertEngine.maximumOfKind)
        #expect(alerts.last?.attempt.done.hasSuffix("50 of this kind in a day: no more are told") == true)
        #expect(play.take(Self.deletions(9)).count == 1)
    }

    // MARK: - Devices without a name

    @Test("an address that never logged in without a name is spoken of, once for good")
    func unidentified() throws {
        var play = try Play()
        let alerts = play.take([Self.record(.login, device: nil), Self.record(.login, device: nil)])
        #expect(
            alerts.map(\.attempt.done) == ["a PC without a name logged in to info@example.com from 192.0.2.7"]
        )
        #expect(play.take([Self.record(.login, device: nil, after: 3 * AlertEngine.day)]).isEmpty)
        #expect(play.take([Self.record(.login)]).isEmpty)
        #expect(play.take([Self.record(.login, device: nil, address: .v4(1))]).count == 1)
    }

    @Test("a machine whose MAC is known is the same under every address")
    func hardware() throws {
        var play = try Play()
        let mac: [UInt8] = [2, 0, 0, 0, 0, 1]
        #expect(play.take([Self.record(.login, device: nil, hardware: mac)]).count == 1)
        #expect(play.take([Self.record(.login, device: nil, address: .v4(7), hardware: mac)]).isEmpty)
    }

    // MARK: - Memory

    @Test("what was counted and told outlives a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let store = try StreamWorld.open(folder)
        func engine() async throws -> AlertEngine {
            let memory = try await store.alertMemory(minutesFrom: 0, toldFrom: 0, daysFrom: 0)
            return AlertEngine(rules: Self.rules(), memory: memory)
        }
        func play(_ records: [AuditRecord], position: Int64) async throws -> Int {
            var engine = try await engine()
            for record in records { engine.take(store.draft(record)) }
            let step = engine.finish(position: position)
            try await store.keep(step)
            return step.alerts.count
        }
        #expect(try await play(Self.deletions(3), position: 3) == 0)
        #expect(try await engine().position == 3)
        #expect(try await play(Self.deletions(3, after: Self.minute), position: 6) == 1)
        #expect(try await play(Self.deletions(3, after: Self.minute), position: 9) == 0)
        #expect(try await play([Self.record(.login, device: nil)], position: 10) == 1)
        #expect(try await play([Self.record(.login, device: nil)], position: 11) == 0)
        var filter = RecordFilter()
        filter.action = "alert"
        #expect(
            try await store.page(filter, limit: 10).records.map(\.reason) == [
                "new unidentified device", "mass deletion",
            ]
        )
        #expect(try await store.page(filter, limit: 10).records.last?.deviceID == DeviceID(1))
    }

    @Test("minutes that are over are forgotten on the way, here and in the store")
    func minutes() async throws {
        let folder = try TemporaryFolder()
        let store = try StreamWorld.open(folder)
        var engine = AlertEngine(rules: Self.rules(), memory: AlertMemory())
        for number in 0..<200 {
            for record in Self.deletions(1, after: Int64(number) * Self.minute) { engine.take(store.draft(record)) }
            try await store.keep(engine.finish(position: Int64(number)))
        }
        let memory = try await store.alertMemory(minutesFrom: 0, toldFrom: 0, daysFrom: 0)
        #expect(memory.counts.values.map(\.count) == [10])
    }

    @Test("what is old is forgotten")
    func forgets() async throws {
        let folder = try TemporaryFolder()
        let store = try StreamWorld.open(folder)
        var engine = AlertEngine(rules: Self.rules(), memory: AlertMemory())
        for record in Self.deletions(9) + [Self.record(.login, device: nil)] { engine.take(store.draft(record)) }
        try await store.keep(engine.finish(position: 4))
        let memory = try await store.alertMemory(minutesFrom: .max, toldFrom: .max, daysFrom: .max)
        #expect(memory.counts.isEmpty)
        #expect(memory.told.isEmpty)
        #expect(memory.unnamed.isEmpty)
        #expect(memory.position == 4)
    }
}
