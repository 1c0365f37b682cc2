import Gateway
import LibCrypto
import Linux
import NIOCore
import NIOEmbedded
import Server
import Synchronization
import TestSupport
import Testing

@Suite("Who is let in, as whom", .timeLimit(.minutes(2)))
struct ReceptionTests {
    private struct Secrets: AccountSecrets {
        func secret(for login: String) async throws(SecretFailure) -> LoginSecret? {
            switch login {
            case "info@example.com": .password(Secret(Array("the account's".utf8)))
            case "broken": throw SecretFailure()
            case _: nil
            }
        }

        func refused(_ secret: LoginSecret, for login: String) {}
    }

    private static let listed = AccountList([
        AccountList.Entry(login: "Info@example.com", aliases: ["info", "Info@"]), AccountList.Entry(login: "a#1"),
    ])

    private func login(_ rig: SessionRig, _ name: String, password: String = "secret") async throws {
        try await rig.send("USER \(name)\r\nPASS \(password)\r\n")
        try await rig.until("decided") { rig.recorder.count(.login) + rig.recorder.count(.refusal) > 0 }
        await rig.loop.advanceTime(by: .seconds(1))
        try await rig.untilLines(3)
    }

    private static func sessions(_ rig: SessionRig) -> [SessionOrigin] {
        rig.recorder.jobs.flatMap(\.records).compactMap { record in
            if case .session(let origin) = record.origin { origin } else { nil }
        }
    }

    @Test(
        "whatever alias was typed, the account's own login goes upstream and stands in the record",
        arguments: [
            ("info@example.com#pc1", "Info@example.com"), ("INFO#pc1", "Info@example.com"),
            ("  info@ #pc1", "Info@example.com"), ("a#1#pc1", "a#1"),
        ]
    )
    func aliases(typed: String, login: String) async throws {
        let rig = try await SessionRig(office: Office(accounts: Self.listed))
        try await self.login(rig, typed)
        #expect(rig.mailboxes.state.withLock { $0.logins.map(\.name) } == [Array(login.utf8)])
        let origin = try #require(Self.sessions(rig).last)
        #expect(origin.account == login)
        guard case .device(let device, let identifier)? = origin.speaker else {
            Issue.record("\(String(describing: origin.speaker))")
            return
        }
        #expect(device.name == "pc1" && identifier == Identifier(kind: .tag, value: "pc1"))
    }

    @Test("an account that is not listed is refused with a clear text, and the mail server is not asked")
    func unlisted() async throws {
        let rig = try await SessionRig(office: Office(accounts: Self.listed))
        try await self.login(rig, "boss@example.com#pc1")
        #expect(rig.seen.lines.last == "-ERR [SYS/PERM] this account is not served here, contact the administrator")
        #expect(rig.mailboxes.state.withLock { $0.logins.isEmpty })
        #expect(rig.recorder.attempts.last?.reason == "account not served")
    }

    @Test("where registration is closed, a known word is let in and a new one is not", arguments: [true, false])
    func closed(isKnown: Bool) async throws {
        var office = Office(policies: DevicePolicies(standard: DeviceSettings(registration: .closed)))
        office.givenDevice = "scanner"
        let identifier = Identifier(kind: .name, value: isKnown ? "scanner" : "other")
        _ = try await office.store.device(AccountID(1), identifier: identifier, mayMake: true)
        let rig = try await SessionRig(office: office)
        try await self.login(rig, "info@example.com")
        let refusal = "-ERR [SYS/PERM] this PC is not registered here, contact the administrator"
        #expect(rig.seen.lines.last == (isKnown ? "+OK Logged in" : refusal))
        #expect(rig.mailboxes.releases == [isKnown ? 0 : 1])
    }

    @Test("where registration is closed, a MAC that nobody knows tells nothing: the PC is nobody in particular")
    func unknownMachine() async throws {
        let office = Office(policies: DevicePolicies(standard: DeviceSettings(registration: .closed)))
        let hardware = try #require(HardwareAddress([2, 0, 0, 0xAA, 0xBB, 0xCC]))
        let rig = try await SessionRig(office: office, from: (.v4(0xC000_0207), hardware))
        try await self.login(rig, "info@example.com")
        #expect(rig.seen.lines.last == "+OK Logged in")
        #expect(try #require(Self.sessions(rig).last).speaker == .unidentified(.once))
    }

    @Test("without anything that tells which device it is, `reject` lets nobody in")
    func rejected() async throws {
        let rig = try await SessionRig(office: Office(unidentified: .reject))
        try await self.login(rig, "info@example.com")
        #expect(rig.seen.lines.last?.hasPrefix("-ERR [SYS/PERM] this PC needs a name here") == true)
        #expect(rig.mailboxes.state.withLock { $0.logins.isEmpty })
    }

    @Test(
        "a device with a password of its own logs in with the account's, and its own never goes upstream",
        arguments: [
            ("info@example.com", "Own", "own", "+OK Logged in"),
            ("info@example.com", "own", "wrong", "-ERR [AUTH] authentication failed"),
            ("elsewhere", "own", "own", "-ERR [SYS/TEMP] Service temporarily unavailable, please wait and try again"),
            ("broken", "own", "own", "-ERR [SYS/TEMP] Service temporarily unavailable, please wait and try again"),
        ]
    )
    func credential(account: String, name: String, password: String, answer: String) async throws {
        let office = Office(secrets: Secrets())
        let salt: [UInt8] = [1, 2, 3]
        let credential = DeviceCredential(
            device: Device(id: DeviceID(9), name: "scanner"),
            account: AccountID(1),
            login: account,
            salt: salt,
            hash: SHA256.digest(of: (salt + Array("own".utf8)).span)
        )
        office.store.set(credential, named: "own")
        let rig = try await SessionRig(office: office)
        try await self.login(rig, name, password: password)
        #expect(rig.seen.lines.last == answer)
        let logins = rig.mailboxes.state.withLock { $0.logins }
        guard answer.hasPrefix("+OK") else {
            #expect(logins.isEmpty)
            return
        }
        #expect(logins.map(\.name) == [Array(account.utf8)])
        #expect(logins.map(\.secret) == [.password(Secret(Array("the account's".utf8)))])
        let by = Identifier(kind: .credential, value: "own")
        #expect(Self.sessions(rig).last?.speaker == .device(credential.device, by: by))
        #expect(Self.sessions(rig).last?.account == account)
    }

    @Test("a device of an account that is no longer listed is not let in by its own password either")
    func unlistedCredential() async throws {
        let office = Office(accounts: Self.listed, secrets: Secrets())
        let credential = DeviceCredential(
            device: Device(id: DeviceID(9), name: "scanner"),
            account: AccountID(1),
            login: "boss",
            salt: [],
            hash: SHA256.digest(of: Array("own".utf8).span)
        )
        office.store.set(credential, named: "own")
        let rig = try await SessionRig(office: office)
        try await self.login(rig, "own", password: "own")
        #expect(rig.recorder.attempts.last?.reason == "account not served")
    }
}
