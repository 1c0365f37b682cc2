import Foundation
import Gateway
import Report
import Store
import Synchronization
import Testing

@testable import Server

@Suite("How an operator is called")
struct AlertCallerTests {
    private let world: StreamWorld

    init() throws { self.world = try StreamWorld() }

    /// Keeps what commands were given.
    private final class Phone: CommandRunner {
        struct Call: Hashable {
            let arguments: [String]
            let input: String
            let variables: [String: String]
        }

        private let state = Mutex((calls: [Call](), running: 0, most: 0))
        private let outcome: CommandOutcome

        init(_ outcome: CommandOutcome = .prints("")) { self.outcome = outcome }

        var calls: [Call] { self.state.withLock { $0.calls } }
        var most: Int { self.state.withLock { $0.most } }

        func run(_ arguments: [String], input: [UInt8], variables: [String: String]) async -> CommandOutcome {
            self.state.withLock { state in
                state.running += 1
                state.most = max(state.most, state.running)
            }
            for _ in 0..<20 { await Task.yield() }
            let call = Call(arguments: arguments, input: String(decoding: input, as: UTF8.self), variables: variables)
            self.state.withLock { state in
                state.running -= 1
                state.calls.append(call)
            }
            return self.outcome
        }
    }

    private func caller(
        _ phone: Phone,
        command: [String]? = ["/usr/bin/call", "office"],
        _ language: Language = .english
    )
        -> AlertCaller
    {
        AlertCaller(
            command: command,
            runner: phone,
            store: self.world.store,
            language: language,
            now: { StreamWorld.now },
            logger: self.world.log.logger
        )
    }

    private func run(_ caller: AlertCaller) async {
        let outlets = self.world.outlets()
        outlets.start([{ await caller.run($0) }])
        await outlets.finish(within: .seconds(30))
    }

    private static let subject = AlertSubject(
        device: Device(id: DeviceID(1), name: "sales"),
        account: "info@example.com",
        address: .v4(0xC000_0207),
        session: SessionID("s1")
    )

    private static func alert(_ kind: AlertKind = .massDeletion, _ minutes: Int64 = 0) -> AuditRecord {
        let time = StreamWorld.now + minutes * AlertEngine.minute
        return .alert(kind, about: self.subject, sentence: "it happened", counts: ["deletions": 7], at: time)
    }

    @Test("an alert on record is a line in the log and one run of the command, with the record on its standard input")
    func calls() async throws {
        let phone = Phone()
        try await self.world.put([.sample(at: 1), Self.alert(), .sample(at: 2)])
        let caller = self.caller(phone)
        await self.run(caller)
        let call = try #require(phone.calls.first)
        #expect(phone.calls.count == 1)
        #expect(call.arguments == ["/usr/bin/call", "office"])
        let record = try #require(try await self.world.store.record(2))
        #expect(Array(call.input.utf8) == record.json + [0x0A])
        #expect(call.variables["LEAVECOPY_ALERT"] == "mass deletion")
        #expect(call.variables["LEAVECOPY_DEVICE"] == "sales")
        #expect(call.variables["LEAVECOPY_ACCOUNT"] == "info@example.com")
        #expect(call.variables["LEAVECOPY_ADDRESS"] == "192.0.2.7")
        #expect(call.variables["LEAVECOPY_SEQUENCE"] == "2")
        #expect(call.variables["LEAVECOPY_TEXT"]?.contains("leavecopy device restore sales --all") == true)
        #expect(self.world.log.lines == ["warning: alert alert=mass deletion what=it happened"])
        // The next start does not call again, and the one after that neither.
        for _ in 0..<2 { await self.run(self.caller(phone)) }
        #expect(phone.calls.count == 1)
    }

    @Test("an alert that was written just before a kill is told after the next start")
    func afterKill() async throws {
        await self.run(self.caller(Phone()))
        try await self.world.put([Self.alert()])
        let phone = Phone()
        await self.run(self.caller(phone))
        #expect(phone.calls.count == 1)
    }

    @Test("two PCs on one name are told once a day, however often sessions say it")
    func sharedName() async throws {
        let phone = Phone()
        try await self.world.put([Self.alert(.sharedName), Self.alert(.sharedName, 60)])
        await self.run(self.caller(phone))
        #expect(phone.calls.count == 1)
        try await self.world.put([Self.alert(.sharedName, 1_439), Self.alert(.sharedName, 1_441)])
        await self.run(self.caller(phone))
        #expect(phone.calls.count == 2)
    }

    @Test("a command that fails is a line in the log, and not tried again")
    func failure() async throws {
        let phone = Phone(.failed("exit status 3"))
        try await self.world.put([Self.alert()])
        await self.run(self.caller(phone))
        await self.run(self.caller(phone))
        #expect(phone.calls.count == 1)
        #expect(
            self.world.log.lines.last
                == "error: the command of on-alert failed alert=mass deletion command=/usr/bin/call reason=failed: exit status 3"
        )
    }

    @Test("no more than four run at a time")
    func bound() async throws {
        let phone = Phone()
        try await self.world.put((0..<30).map { Self.alert(.repeatedFailures, $0) })
        await self.run(self.caller(phone))
        #expect(phone.calls.count == 30)
        #expect((1...4).contains(phone.most))
    }

    @Test("without a command the log tells it")
    func noCommand() async throws {
        try await self.world.put([Self.alert()])
        await self.run(self.caller(Phone(), command: nil))
        #expect(self.world.log.lines.count == 1)
    }

    @Test("what could not be recorded is told at once and once, and not again when it comes on record")
    func unrecorded() async throws {
        let phone = Phone()
        let caller = self.caller(phone)
        let key = AlertKey(.diskFull, "disk")
        await caller.callUnrecorded(Self.alert(.diskFull), key)
        await caller.callUnrecorded(Self.alert(.diskFull, 60), key)
        #expect(phone.calls.count == 1)
        #expect(phone.calls.first?.input.contains("\"sequence\":0") == true)
        try await self.world.put([Self.alert(.diskFull, 60)])
        await self.run(caller)
        #expect(phone.calls.count == 1)
    }

    @Test("each kind has its advice in both languages", arguments: AlertKind.allCases)
    func advice(kind: AlertKind) {
        let alert = self.world.store.draft(Self.alert(kind))
        let advice = AlertText.advice(on: alert)
        #expect(advice.english.contains("it happened"))
        #expect(advice.japanese != advice.english)
        #expect(!advice.japanese.contains("it happened"))
    }
}
