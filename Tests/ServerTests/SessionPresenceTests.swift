import Gateway
import NIOCore
import NIOEmbedded
import Server
import Synchronization
import TestSupport
import Testing

@Suite("Sessions of one device beside each other", .timeLimit(.minutes(2)))
struct SessionPresenceTests {
    private static let single = DevicePolicies(standard: DeviceSettings(isSingleSession: true))

    enum End: CaseIterable { case quit, hangUp, timeout, foreign }

    @Test(
        "where one is the rule the second hears [IN-USE], until the first has ended, however",
        arguments: End.allCases
    )
    func single(end: End) async throws {
        let office = Office(policies: Self.single)
        let first = try await SessionRig(office: office)
        try await first.logIn()
        let second = try await SessionRig(office: office)
        try await second.send(SessionRig.login)
        try await second.until("refused") { second.recorder.count(.refusal) == 1 }
        await second.loop.advanceTime(by: .seconds(1))
        try await second.untilLines(3)
        #expect(second.seen.lines.last == "-ERR [IN-USE] this PC has another session open, please wait")
        #expect(second.mailboxes.releases == [1])
        switch end {
        case .quit: try await first.send("QUIT\r\n")
        case .hangUp: try await first.hangUp()
        case .timeout: await first.loop.advanceTime(by: .seconds(601))
        case .foreign: try await first.send("GET / HTTP/1.1\r\n")
        }
        if end == .foreign { try await first.hangUp() }
        try await first.untilEnd()
        #expect(office.presence.count.present == 0)
        try await second.logIn()
    }

    @Test("a place is given back when the PC had gone before its login was answered")
    func goneMeanwhile() async throws {
        let office = Office(policies: Self.single)
        let rig = try await SessionRig(office: office) { $0.mailboxes.state.withLock { $0.holdsLogins = true } }
        try await rig.send(SessionRig.login)
        try await rig.until("asked") { rig.mailboxes.state.withLock { !$0.waiting.isEmpty } }
        try await rig.hangUp()
        try await rig.untilEnd()
        rig.mailboxes.letGo()
        try await rig.until("given back") { rig.mailboxes.releases == [1] && office.presence.count.present == 0 }
    }

    @Test("two PCs at once on one name are put on record once, with both addresses")
    func alert() async throws {
        let office = Office()
        let first = try await SessionRig(messages: ["a\r\n"], office: office)
        let other = (IPAddress.v4(0xC000_0209), HardwareAddress([2, 0, 0, 0, 0, 9]))
        let second = try await SessionRig(messages: ["a\r\n"], office: office, from: other)
        try await first.logIn()
        try await second.logIn()
        try await first.send("DELE 1\r\nRSET\r\nQUIT\r\n")
        try await first.untilEnd()
        let alerts = first.recorder.attempts.filter { $0.action == .alert }
        #expect(
            alerts.map(\.done) == ["pc1 is used from 192.0.2.7 and from 192.0.2.9 (02:00:00:00:00:09) at once"]
        )
        #expect(alerts.map(\.reason) == ["two PCs on one name"])
        try await second.send("QUIT\r\n")
        try await second.untilEnd()
        #expect(second.recorder.count(.alert) == 0)
    }

    @Test("a PC that deletes what it fetches and one that leaves a copy are told apart by what they keep at QUIT")
    func behaviours() async throws {
        let office = Office()
        let sessions: [(UInt32, String, Int)] = [
            // Deletes what it did not fetch, as mail programs do after some days; and fetches without an end.
            (1, "RETR 1\r\nDELE 2\r\nQUIT\r\n", 0), (2, "RETR 1\r\nDELE 1\r\n", 0),
            (3, "RETR 1\r\nDELE 1\r\nRSET\r\nQUIT\r\n", 0),
            (4, "TOP 1 1\r\nDELE 1\r\nQUIT\r\n", 0), (5, "RETR 1\r\nDELE 1\r\nQUIT\r\n", 1),
            (6, "RETR 1\r\nDELE 1\r\nQUIT\r\n", 0),
        ]
        let messages = ["a: b\r\n\r\n1\r\n2\r\n3\r\n", "b\r\n"]
        for (address, commands, alerts) in sessions {
            let rig = try await SessionRig(messages: messages, office: office, from: (.v4(address), nil))
            try await rig.logIn()
            try await rig.send(commands)
            if !commands.hasSuffix("QUIT\r\n") {
                try await rig.until("served") { rig.recorder.count(.dele) == 1 }
                try await rig.hangUp()
            }
            try await rig.untilEnd()
            #expect(rig.recorder.count(.alert) == alerts, "\(address)")
        }
    }
}
