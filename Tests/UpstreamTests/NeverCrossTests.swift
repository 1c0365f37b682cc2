import Foundation
import Gateway
import IMAP
import Linux
import TestSupport
import Testing
import Upstream

/// Many accounts, each shared by many devices, with right, wrong and changed passwords, mail that comes and goes, and
/// everything that is shared switched on: no session ever sees what is not its account's (S-18).
@Suite("Sessions never mix", .timeLimit(.minutes(10)))
struct NeverCrossTests {
    private static let accounts = 50
    private static let devices = 20
    /// Of each account, one after the other; what a step does is drawn. LEAVECOPY_STEPS says how many of all accounts.
    private static let steps =
        (ProcessInfo.processInfo.environment["LEAVECOPY_STEPS"].flatMap { Int($0) } ?? 10_000) / accounts

    private static func name(_ account: Int) -> String { "a\(account)@example.com" }

    /// A message that says whose it is.
    private static func mark(_ account: Int, _ number: Int) -> [UInt8] {
        Array("Subject: of \(account), \(number)\r\n\r\nonly for account \(account).\r\n".utf8)
    }

    @Test("50 accounts, 20 devices each, thousands of steps")
    func manySteps() async throws {
        var settings = ScriptedMailServer.Settings()
        settings.capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR ESEARCH"
        settings.passwords = [:]
        settings.mailboxes = [:]
        for account in 0..<Self.accounts {
            settings.passwords[Self.name(account)] = "p0"
            settings.mailboxes[Self.name(account)] = ScriptedMailbox(
                mails: (1...8).map { .init(uid: UInt32($0), octets: Self.mark(account, $0)) }
            )
        }
        let fixture = try await Fixture(settings) { configuration in
            configuration.loginCacheSeconds = 300
            configuration.failedLoginsAnHour = 1_000
            configuration.cache.memory = 1_048_576
        }
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            for account in 0..<Self.accounts {
                group.addTask { try await Self.play(account, fixture) }
            }
            return try await group.reduce(0, +)
        }
        #expect(taken >= Self.accounts * Self.steps)
        await fixture.mailboxes.quiesce()
        try await fixture.stop()
    }

    private struct World {
        var generator: SeededGenerator
        var password = "p0"
        var version = 0
        var next = 9
        var leases: [Int: any MailboxLease] = [:]
    }

    /// Gives how many steps were taken.
    private static func play(_ account: Int, _ fixture: Fixture) async throws -> Int {
        var world = World(generator: SeededGenerator(seed: UInt64(account + 1)))
        for _ in 0..<Self.steps {
            switch Int.random(in: 0..<100, using: &world.generator) {
            case 0..<20: try await Self.logIn(account, &world, fixture)
            case 20..<24: await Self.logInWrongly(account, &world, fixture)
            case 24..<85: try await Self.retrieve(account, &world)
            case 85..<92:
                let device = Int.random(in: 0..<Self.devices, using: &world.generator)
                world.leases.removeValue(forKey: device)?.release()
            case 92..<96: Self.deliver(account, &world, fixture)
            case 96..<98: Self.expunge(account, &world, fixture)
            default: Self.changePassword(account, &world, fixture)
            }
        }
        for lease in world.leases.values { lease.release() }
        return Self.steps
    }

    private static func logIn(_ account: Int, _ world: inout World, _ fixture: Fixture) async throws {
        let device = Int.random(in: 0..<Self.devices, using: &world.generator)
        world.leases.removeValue(forKey: device)?.release()
        let lease = try await fixture.open(Self.name(account), world.password).get().lease
        let listed = try await lease.snapshot().get()
        #expect(listed.snapshot.count <= 8 + world.next)
        world.leases[device] = lease
    }

    /// Passwords that this account never had.
    private static func logInWrongly(_ account: Int, _ world: inout World, _ fixture: Fixture) async {
        let wrong = ["nonsense", "p\(world.version + 1_000)", "q\(account)"].randomElement(using: &world.generator)
        guard case .failure(.credentials) = await fixture.open(Self.name(account), wrong ?? "") else {
            Issue.record("a wrong password opened \(account)")
            return
        }
    }

    private static func retrieve(_ account: Int, _ world: inout World) async throws {
        guard let (_, lease) = world.leases.sorted(by: { $0.key < $1.key }).randomElement(using: &world.generator),
            case .success(let listed) = await lease.snapshot(), listed.snapshot.count > 0
        else { return }
        let position = Int.random(in: 0..<listed.snapshot.count, using: &world.generator)
        guard let uid = listed.snapshot.uid(at: position) else { return }
        let ahead = (position + 1..<min(position + 5, listed.snapshot.count)).compactMap { listed.snapshot.uid(at: $0) }
        let fetched = try await lease.fetch(BodyRequest(uid: uid, section: .whole, ahead: ahead))
        guard fetched.failure == nil else {
            // A connection that had to be made again meets a password that was changed.
            #expect([.messageGone, .credentials(answeredLocally: false)].contains(fetched.failure))
            return
        }
        #expect(fetched.octets == Self.mark(account, Int(uid.value)))
    }

    private static func deliver(_ account: Int, _ world: inout World, _ fixture: Fixture) {
        let number = world.next
        world.next += 1
        fixture.server.change { $0.mailboxes[Self.name(account)]?.deliver(Self.mark(account, number)) }
    }

    private static func expunge(_ account: Int, _ world: inout World, _ fixture: Fixture) {
        let place = Int.random(in: 0..<4, using: &world.generator)
        fixture.server.change { settings in
            guard let count = settings.mailboxes[Self.name(account)]?.mails.count, count > 4 else { return }
            settings.mailboxes[Self.name(account)]?.mails.remove(at: place)
        }
    }

    private static func changePassword(_ account: Int, _ world: inout World, _ fixture: Fixture) {
        world.version += 1
        world.password = "p\(world.version)"
        let password = world.password
        fixture.server.change { $0.passwords[Self.name(account)] = password }
    }
}
